//! PULL (30/PIPELINE): messages of all PUSH peers, fairly queued.

use super::parts::FairQueue;
use super::Pattern;
use crate::error::{Error, Result};
use crate::msg::Msg;
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct Pull {
    inbound: FairQueue,
}

impl Pattern for Pull {
    fn attach(&mut self, _pipes: &mut Pipes, id: PipeId, _local: bool) {
        self.inbound.attach(id);
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.inbound.detach(id);
    }

    fn readable(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.inbound.activate(id);
    }

    fn recv(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        let (_, part) = self.inbound.recv(pipes).ok_or(Error::EAGAIN)?;
        *msg = part;
        Ok(())
    }

    fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        self.inbound.can_recv(pipes)
    }
}
