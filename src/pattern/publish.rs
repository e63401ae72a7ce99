//! PUB (29/PUBSUB): XPUB that receives nothing. What peers send besides subscriptions is dropped.

use super::xpub::Xpub;
use super::Pattern;
use crate::error::Result;
use crate::msg::Msg;
use crate::options::Options;
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
pub struct Pub {
    xpub: Xpub,
}

impl Default for Pub {
    fn default() -> Self {
        Self { xpub: Xpub::deaf() }
    }
}

impl Pattern for Pub {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, local: bool) {
        self.xpub.attach(pipes, id, local);
    }

    fn detach(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.xpub.detach(pipes, id);
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.xpub.readable(pipes, id);
    }

    fn writable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.xpub.writable(pipes, id);
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        self.xpub.send(pipes, msg)
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.xpub.can_send(pipes)
    }

    fn set_option(&mut self, pipes: &mut Pipes, id: i32, value: &[u8]) -> Option<Result<()>> {
        self.xpub.set_option(pipes, id, value)
    }

    fn get_option(&mut self, id: i32, buf: &mut [u8]) -> Option<Result<usize>> {
        self.xpub.get_option(id, buf)
    }

    fn configure(&mut self, options: &Options) {
        self.xpub.configure(options);
    }
}
