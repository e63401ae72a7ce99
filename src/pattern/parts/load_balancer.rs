//! Load balancing of what goes out: each message to the next pipe that has room.
//!
//! Pipes that may have room stand at the front of the list; a full one goes behind the border until it is writable again.
//! All parts of a message go to the same pipe. If that pipe's peer leaves in the middle, the rest of the message is
//! dropped: parts of it went with the peer, so nobody could make sense of the rest. Called by PUSH, DEALER and REQ.

use super::places::Places;
use crate::error::{Error, Result};
use crate::msg::Msg;
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct LoadBalancer {
    pipes: Places,
    /// Pipes before this place may have room.
    active: usize,
    /// Whose turn it is; less than `active`, or 0.
    current: usize,
    /// The current pipe has got the first parts of a message.
    more: bool,
    /// The rest of the message is dropped.
    dropping: bool,
}

impl LoadBalancer {
    /// Takes a pipe in.
    pub fn attach(&mut self, id: PipeId) {
        self.pipes.push(id);
        self.activate(id);
    }

    /// Forgets a pipe.
    pub fn detach(&mut self, id: PipeId) {
        let Some(mut place) = self.pipes.of(id) else { return };
        if place < self.active {
            self.deactivate(place);
            place = self.active;
        }
        self.pipes.swap(place, self.pipes.len() - 1);
        self.pipes.pop();
    }

    /// The pipe may have room again.
    pub fn activate(&mut self, id: PipeId) {
        if let Some(place) = self.pipes.of(id).filter(|&place| place >= self.active) {
            self.pipes.swap(place, self.active);
            self.active += 1;
        }
    }

    fn deactivate(&mut self, place: usize) {
        if self.more && place == self.current {
            (self.more, self.dropping) = (false, true);
        }
        self.active -= 1;
        self.pipes.swap(place, self.active);
        if self.current == self.active {
            self.current = if place == self.active { 0 } else { place };
        }
    }

    /// Sends a part; the pipe that got it, or None if it belongs to a message that is dropped. EAGAIN: no pipe has room.
    #[inline(always)]
    pub fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<Option<PipeId>> {
        while !self.dropping {
            let id = self.pipes.get(self.current).filter(|_| self.active > 0).ok_or(Error::EAGAIN)?;
            let Some(pipe) = pipes.get(id) else { return Err(Error::EAGAIN) };
            if !self.more && !pipe.can_write() {
                self.deactivate(self.current);
                continue;
            }
            let more = msg.more();
            if !pipe.write_from(msg) {
                // The peer is gone.
                self.deactivate(self.current);
                continue;
            }
            self.more = more;
            if !more {
                pipe.flush();
                self.pass_turn();
            }
            return Ok(Some(id));
        }
        self.dropping = msg.take().more();
        Ok(None)
    }

    /// The pipe for the next part.
    fn next(&mut self, pipes: &mut Pipes) -> Option<PipeId> {
        while self.active > 0 {
            let id = self.pipes.get(self.current)?;
            if self.more || pipes.can_write(id) {
                return Some(id);
            }
            self.deactivate(self.current);
        }
        None
    }

    fn pass_turn(&mut self) {
        self.current += 1;
        if self.current >= self.active {
            self.current = 0;
        }
    }

    /// Whether a part would be taken.
    pub fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.dropping || self.next(pipes).is_some()
    }
}
