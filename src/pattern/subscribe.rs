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
    /// Reads the next part that passes into `msg`. False when there is none.
    #[inline]
    fn filtered(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> bool {
        loop {
            let begun = self.xsub.inbound().in_message();
            if self.xsub.inbound().recv_into(pipes, msg).is_none() {
                return false;
            }
            if begun || self.xsub.matches(msg.data()) != self.invert {
                return true;
            }
            drop(msg.take());
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
        if let Some(next) = self.next.take() {
            *msg = next;
            return Ok(());
        }
        self.filtered(pipes, msg).then_some(()).ok_or(Error::EAGAIN)
    }

    fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        if self.next.is_none() && !self.xsub.inbound().in_message() {
            let mut msg = Msg::new();
            self.next = self.filtered(pipes, &mut msg).then_some(msg);
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

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, couple, Sock};
    use crate::consts::*;
    use crate::error::Error;

    fn subscribe(sub: &mut Sock, topic: &[u8]) {
        assert_eq!(sub.set_bytes(ZMQ_SUBSCRIBE, topic), Some(Ok(())));
    }

    fn cancel(sub: &mut Sock, topic: &[u8]) {
        assert_eq!(sub.set_bytes(ZMQ_UNSUBSCRIBE, topic), Some(Ok(())));
    }

    #[test]
    fn it_receives_what_it_subscribed_to() {
        let (mut sub, mut publisher) = couple(ZMQ_SUB, ZMQ_PUB);
        assert_eq!(
            (sub.send(&[b"x"]), sub.recv(), sub.events().as_str()),
            (Err(Error::ENOTSUP), Err(Error::EAGAIN), "--")
        );
        for topic in [&b"a"[..], b"ab", b"", b"ab"] {
            subscribe(&mut sub, topic);
        }
        publisher.send(&[b"abc", b"x"]).unwrap();
        assert_eq!((sub.events().as_str(), sub.drain()), ("I-", vec!["abc|x".into()]));
        [&b""[..], b"a", b"ab", b"never"].iter().for_each(|topic| cancel(&mut sub, topic));
        ["abc", "aX", "X"].iter().for_each(|data| publisher.send(&[data.as_bytes()]).unwrap());
        assert_eq!(sub.drain(), ["abc"]);
        cancel(&mut sub, b"ab");
        publisher.send(&[b"abc"]).unwrap();
        assert_eq!(sub.recv(), Err(Error::EAGAIN));
    }

    #[test]
    fn it_filters_by_the_first_part_itself() {
        // A publisher that does not filter.
        let (mut sub, mut dealer) = couple(ZMQ_SUB, ZMQ_DEALER);
        subscribe(&mut sub, b"T");
        for parts in [[&b"N"[..], b"T"], [b"T1", b"N"], [b"", b"T"]] {
            dealer.send(&parts).unwrap();
        }
        assert_eq!((sub.events().as_str(), sub.drain(), sub.events().as_str()), ("I-", vec!["T1|N".into()], "--"));
        // The rest of a message that was begun comes, also when its topic goes.
        dealer.send(&[b"T2", b"1", b"2"]).unwrap();
        assert_eq!(sub.recv_part(), Ok((b"T2".to_vec(), true)));
        cancel(&mut sub, b"T");
        assert_eq!((sub.events().as_str(), sub.drain()), ("I-", vec!["1|2".into()]));
    }

    #[test]
    fn what_was_on_its_way_for_a_cancelled_topic_does_not_come_through() {
        let (mut sub, mut publisher) = couple(ZMQ_SUB, ZMQ_PUB);
        subscribe(&mut sub, b"T");
        publisher.send(&[b"T"]).unwrap();
        cancel(&mut sub, b"T");
        assert_eq!((sub.events().as_str(), sub.recv()), ("--", Err(Error::EAGAIN)));
    }

    #[test]
    fn matching_can_be_inverted() {
        let (mut sub, mut publisher) = couple(ZMQ_SUB, ZMQ_PUB);
        let mut other = Sock::new(ZMQ_SUB);
        connect(&mut other, &mut publisher);
        [&mut sub, &mut other, &mut publisher].into_iter().for_each(Sock::invert);
        publisher.send(&[b"all"]).unwrap();
        subscribe(&mut sub, b"A");
        subscribe(&mut other, b"B");
        ["A1", "B1", "C1"].iter().for_each(|data| publisher.send(&[data.as_bytes()]).unwrap());
        assert_eq!(
            (sub.drain(), other.drain()),
            (vec!["all".into(), "B1".into(), "C1".into()], vec!["all".to_string(), "A1".into(), "C1".into()])
        );
    }

    #[test]
    fn one_that_does_not_invert_rejects_what_one_that_does_sends() {
        let (mut sub, mut publisher) = couple(ZMQ_SUB, ZMQ_PUB);
        publisher.invert();
        subscribe(&mut sub, b"A");
        ["A1", "B1"].iter().for_each(|data| publisher.send(&[data.as_bytes()]).unwrap());
        assert_eq!(sub.recv(), Err(Error::EAGAIN));
    }
}
