//! PUSH (30/PIPELINE): each message to the next PULL that has room; waits when none has.

use super::parts::{discard_all, LoadBalancer};
use super::Pattern;
use crate::error::Result;
use crate::msg::Msg;
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct Push {
    out: LoadBalancer,
}

impl Pattern for Push {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, _local: bool) {
        self.out.attach(id);
        discard_all(pipes, id);
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.out.detach(id);
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        discard_all(pipes, id);
    }

    fn writable(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.out.activate(id);
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        self.out.send(pipes, msg).map(drop)
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.out.can_send(pipes)
    }
}
