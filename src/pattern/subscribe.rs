//! SUB (29/PUBSUB): XSUB whose subscriptions are options, which sends nothing, and which filters.
//!
//! The filter is needed though publishers filter too: some cannot, and what was on its way when a topic was cancelled must
//! not come through. It looks at the first part; ZMQ_INVERT_MATCHING turns it round.

use super::parts::Wish;
use super::xsub::Xsub;
use super::Pattern;
use crate::consts::{ZMQ_SUBSCRIBE, ZMQ_UNSUBSCRIBE};
use crate::error::{Error, Result};
use crate::msg::Msg;
use crate::options::Options;
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct Sub {
    xsub: Xsub,
    /// First part of a message that passed, read ahead.
    next: Option<Msg>,
    invert: bool,
}

impl Sub {
    /// The next part that passes.
    fn filtered(&mut self, pipes: &mut Pipes) -> Option<Msg> {
        loop {
            let begun = self.xsub.inbound().in_message();
            let (_, part) = self.xsub.inbound().recv(pipes)?;
            if begun || self.xsub.matches(part.data()) != self.invert {
                return Some(part);
            }
            self.xsub.inbound().skip_message(pipes);
        }
    }
}

impl Pattern for Sub {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, local: bool) {
        self.xsub.attach(pipes, id, local);
    }

    fn detach(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.xsub.detach(pipes, id);
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.xsub.readable(pipes, id);
    }

    fn writable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.xsub.writable(pipes, id);
    }

    fn hiccuped(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.xsub.hiccuped(pipes, id);
    }

    fn recv(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        let next = self.next.take().or_else(|| self.filtered(pipes));
        *msg = next.ok_or(Error::EAGAIN)?;
        Ok(())
    }

    fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        if self.next.is_none() && !self.xsub.inbound().in_message() {
            self.next = self.filtered(pipes);
        }
        self.next.is_some() || self.xsub.inbound().in_message()
    }

    fn set_option(&mut self, pipes: &mut Pipes, id: i32, value: &[u8]) -> Option<Result<()>> {
        let wish = match id {
            ZMQ_SUBSCRIBE => Wish::Subscribe,
            ZMQ_UNSUBSCRIBE => Wish::Cancel,
            _ => return None,
        };
        Some(self.xsub.wish(pipes, wish, value))
    }

    fn configure(&mut self, options: &Options) {
        self.invert = options.invert_matching;
    }
}
