//! Fair queueing of what comes in: one message of each pipe that has something, round and round.
//!
//! Pipes that may have something stand at the front of the list. One that turns out to be empty goes behind the border and
//! comes back when it is readable again, so a message costs the same however many pipes are idle. Called by every type
//! that receives.

use super::places::Places;
use crate::msg::{Control, Msg};
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct FairQueue {
    pipes: Places,
    /// Pipes before this place may have something.
    active: usize,
    /// Whose turn it is; less than `active`, or 0.
    current: usize,
    /// The current pipe is in the middle of a message.
    more: bool,
}

impl FairQueue {
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

    /// Whether the pipe was taken in.
    pub fn knows(&self, id: PipeId) -> bool {
        self.pipes.of(id).is_some()
    }

    /// The pipe may have something again.
    pub fn activate(&mut self, id: PipeId) {
        if let Some(place) = self.pipes.of(id).filter(|&place| place >= self.active) {
            self.pipes.swap(place, self.active);
            self.active += 1;
        }
    }

    fn deactivate(&mut self, place: usize) {
        self.more &= place != self.current;
        self.active -= 1;
        self.pipes.swap(place, self.active);
        // The last of the active ones has moved here; it keeps its turn.
        if self.current == self.active {
            self.current = if place == self.active { 0 } else { place };
        }
    }

    /// Whether parts of the message that was begun are still to come; they are there.
    pub fn in_message(&self) -> bool {
        self.more
    }

    /// Whether that message is this pipe's.
    pub fn in_message_of(&self, id: PipeId) -> bool {
        self.more && self.pipes.get(self.current) == Some(id)
    }

    /// The next part and where it comes from. What the library itself says in a pipe is left out.
    #[inline]
    pub fn recv(&mut self, pipes: &mut Pipes) -> Option<(PipeId, Msg)> {
        let mut msg = Msg::new();
        self.recv_into(pipes, &mut msg).map(|from| (from, msg))
    }

    /// As [`Self::recv`], straight into `msg`; whose pipe it came from.
    #[inline(always)]
    pub fn recv_into(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Option<PipeId> {
        while self.active > 0 {
            let id = self.pipes.get(self.current)?;
            if !pipes.read_into(id, msg) {
                self.deactivate(self.current);
            } else if msg.control() == Control::None {
                self.more = msg.more();
                if !self.more {
                    self.pass_turn();
                }
                return Some(id);
            }
        }
        None
    }

    fn pass_turn(&mut self) {
        self.current += 1;
        if self.current >= self.active {
            self.current = 0;
        }
    }

    /// Leaves out what is left of the message that was begun.
    pub fn skip_message(&mut self, pipes: &mut Pipes) {
        while self.more && self.recv(pipes).is_some() {}
    }

    /// Whether there is something to receive.
    pub fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        while self.active > 0 && !self.more {
            let Some(id) = self.pipes.get(self.current) else { return false };
            if pipes.can_read(id) {
                return true;
            }
            self.deactivate(self.current);
        }
        self.more
    }
}
