//! PAIR (31/EXPAIR): exactly one peer at a time; whoever comes while there is one is turned away.
//!
//! When the peer leaves in the middle of a message that is being sent, the rest of that message is dropped, so that the
//! next peer does not get a part of it.

use super::Pattern;
use crate::error::{Error, Result};
use crate::msg::{Control, Msg};
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct Pair {
    peer: Option<PipeId>,
    /// Who got the first parts of the message being sent.
    sending_to: Option<PipeId>,
}

impl Pattern for Pair {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, _local: bool) {
        match self.peer {
            Some(_) => pipes.terminate(id),
            None => self.peer = Some(id),
        }
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.peer.take_if(|peer| *peer == id);
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        let more = msg.more();
        let to = match self.sending_to {
            Some(peer) => peer,
            None => self.peer.filter(|&peer| pipes.can_write(peer)).ok_or(Error::EAGAIN)?,
        };
        // A peer that left takes the rest of its message along.
        if pipes.write(to, msg.take()).is_ok() && !more {
            pipes.flush(to);
        }
        self.sending_to = more.then_some(to);
        Ok(())
    }

    fn recv(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        let peer = self.peer.ok_or(Error::EAGAIN)?;
        loop {
            let part = pipes.read(peer).ok_or(Error::EAGAIN)?;
            if part.control() == Control::None {
                *msg = part;
                return Ok(());
            }
        }
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.sending_to.is_some() || self.peer.is_some_and(|peer| pipes.can_write(peer))
    }

    fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        self.peer.is_some_and(|peer| pipes.can_read(peer))
    }
}
