//! XSUB (29/PUBSUB): receives from all publishers, and sends them subscriptions and whatever else.
//!
//! A part that is sent and begins with a byte 1 or 0 is a subscription or the end of one. XSUB counts them: each
//! subscription is passed on (a publisher may want to see repeated ones), the end only when it is the last of its topic. A
//! publisher that comes, or comes back, is told every topic. Other messages go to all publishers as they are; a part of
//! such a message that looks like a subscription counts as one and is part of the message (ZMQ_ONLY_FIRST_SUBSCRIBE: is
//! only part of it). XSUB does not filter what it receives; [`super::subscribe`] does.

use super::parts::{wish, FairQueue, FanOut, TopicSet, Wish};
use super::Pattern;
use crate::consts::ZMQ_ONLY_FIRST_SUBSCRIBE;
use crate::error::{Error, Result};
use crate::msg::{Control, Msg};
use crate::options::codec::{self, write_only, Codec::Natural, Row};
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct Xsub {
    inbound: FairQueue,
    publishers: FanOut,
    topics: TopicSet,
    only_first: bool,
}

static ROWS: &[Row<Xsub>] = &[write_only(ZMQ_ONLY_FIRST_SUBSCRIBE, Natural(|x| &mut x.only_first))];

impl Xsub {
    /// Subscribes to or cancels a topic, once. Nothing has changed on failure. ENOMEM.
    pub(super) fn wish(&mut self, pipes: &mut Pipes, wish: Wish, topic: &[u8]) -> Result<()> {
        let msg = command(wish, topic)?;
        if self.count(wish, topic) {
            for &id in self.publishers.ids() {
                say(pipes, id, msg.duplicate());
            }
        }
        Ok(())
    }

    /// Whether the publishers must be told.
    fn count(&mut self, wish: Wish, topic: &[u8]) -> bool {
        match wish {
            Wish::Subscribe => {
                self.topics.insert(topic);
                true
            }
            Wish::Cancel => self.topics.remove(topic),
        }
    }

    /// Tells a publisher everything. A topic that there is no memory to send is left out.
    fn say_all(&self, pipes: &mut Pipes, id: PipeId) {
        self.topics
            .topics()
            .filter_map(|topic| command(Wish::Subscribe, &topic).ok())
            .for_each(|msg| say(pipes, id, msg));
    }

    /// Whether a topic is a beginning of `data`.
    pub(super) fn matches(&self, data: &[u8]) -> bool {
        self.topics.matches(data)
    }

    /// What is received, for the filter of SUB.
    pub(super) fn inbound(&mut self) -> &mut FairQueue {
        &mut self.inbound
    }
}

fn command(wish: Wish, topic: &[u8]) -> Result<Msg> {
    let control = match wish {
        Wish::Subscribe => Control::Subscribe,
        Wish::Cancel => Control::Cancel,
    };
    Ok(Msg::from_slice(topic)?.with_control(control))
}

/// Subscriptions are state, not traffic: the high-water mark does not hold them up.
fn say(pipes: &mut Pipes, id: PipeId, msg: Msg) {
    if pipes.write(id, msg).is_ok() {
        pipes.flush(id);
    }
}

impl Pattern for Xsub {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, _local: bool) {
        self.inbound.attach(id);
        self.publishers.attach(id);
        self.say_all(pipes, id);
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.inbound.detach(id);
        self.publishers.detach(id);
    }

    fn readable(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.inbound.activate(id);
    }

    fn writable(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.publishers.activate(id);
    }

    fn hiccuped(&mut self, pipes: &mut Pipes, id: PipeId) {
        // A message begun for the old connection does not go on in the new one.
        self.publishers.deselect(id);
        pipes.rollback(id);
        self.say_all(pipes, id);
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        let begun = self.publishers.in_message();
        match wish(msg).filter(|_| !begun || !self.only_first) {
            Some((wish, topic)) if !begun => {
                let passed_on = self.count(wish, topic);
                let mut said = msg.take();
                said.set_more(false);
                // As the application wrote it, also to peers of ZMTP 3.1, which have a command for it: that is how libzmq
                // puts it on the wire.
                if passed_on {
                    self.publishers.ids().iter().for_each(|&id| say(pipes, id, said.duplicate()));
                }
                return Ok(());
            }
            Some((wish, topic)) => drop(self.count(wish, topic)),
            None => {}
        }
        if !begun {
            self.publishers.select_all();
        }
        self.publishers.send(pipes, msg);
        Ok(())
    }

    fn recv(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        self.inbound.recv_into(pipes, msg).map(drop).ok_or(Error::EAGAIN)
    }

    fn can_send(&mut self, _pipes: &mut Pipes) -> bool {
        true
    }

    fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        self.inbound.can_recv(pipes)
    }

    fn set_option(&mut self, _pipes: &mut Pipes, id: i32, value: &[u8]) -> Option<Result<()>> {
        codec::set(ROWS, self, id, Some(value))
    }

    fn get_option(&mut self, id: i32, buf: &mut [u8]) -> Option<Result<usize>> {
        codec::get(ROWS, self, id, buf)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, couple, Sock};
    use crate::consts::*;
    use crate::error::Error;

    /// What an XPUB that shows everything sees of each message.
    fn watched(options: &[i32]) -> (Sock, Sock) {
        let (mut xsub, mut xpub) = (Sock::with(ZMQ_XSUB, options), Sock::with(ZMQ_XPUB, &[ZMQ_XPUB_VERBOSER]));
        connect(&mut xsub, &mut xpub);
        (xsub, xpub)
    }

    #[test]
    fn subscriptions_are_counted() {
        let (mut xsub, mut xpub) = watched(&[]);
        let seen: Vec<_> = [&b"\x01t"[..], b"\x01t", b"\0t", b"\0t", b"\0t"]
            .map(|part| {
                xsub.send(&[part]).unwrap();
                xpub.drain().concat()
            })
            .into();
        assert_eq!(seen, ["\\1t", "\\1t", "", "\\0t", ""]);
    }

    #[test]
    fn other_messages_go_up_as_they_are() {
        let (mut xsub, mut xpub) = watched(&[]);
        assert_eq!(xsub.events(), "-O");
        for parts in
            [&[&b"user"[..]][..], &[b""], &[b"\x02x"], &[b"a", b"b"], &[b"\x01q", b"b"], &[b"\x01", b"\x01m", b"x"]]
        {
            xsub.send(parts).unwrap();
        }
        assert_eq!(xpub.drain(), ["user", "", "\u{2}x", "a|b", "\\1q", "b", "\\1", "\\1m", "x"]);
    }

    #[test]
    fn a_wish_in_the_middle_of_a_message_counts() {
        let (mut xsub, mut xpub) = watched(&[]);
        xsub.send(&[b"a", b"\x01t"]).unwrap();
        assert_eq!(xpub.drain(), ["a|\\1t"]);
        xpub.send(&[b"t1"]).unwrap();
        assert_eq!(xsub.drain(), ["t1"]);
        // A publisher that comes later is told.
        let mut late = Sock::new(ZMQ_XPUB);
        connect(&mut xsub, &mut late);
        assert_eq!(late.drain(), ["\\1t"]);
        xsub.send(&[b"a", b"\0t"]).unwrap();
        assert_eq!((xpub.drain(), late.drain()), (vec!["a|\\0t".into()], vec!["a|\\0t".into()]));
        xpub.send(&[b"t2"]).unwrap();
        assert_eq!(xsub.recv(), Err(Error::EAGAIN));
    }

    #[test]
    fn only_first_subscribe_leaves_the_rest_alone() {
        let (mut xsub, mut xpub) = watched(&[ZMQ_ONLY_FIRST_SUBSCRIBE]);
        assert_eq!(xpub.set(ZMQ_ONLY_FIRST_SUBSCRIBE, 1), Some(Ok(())));
        xsub.send(&[b"\x01s", b"\x01s2"]).unwrap();
        xsub.send(&[b"u", b"\x01v", b"\0s", b"w"]).unwrap();
        assert_eq!(xpub.drain(), ["\\1s", "\\1s2", "u|\\1v|\\0s|w"]);
        xsub.leave_all();
        assert_eq!(xpub.drain(), ["\\0s", "\\0s2"]);
    }

    #[test]
    fn publishers_are_told_everything_when_they_come_and_come_back() {
        let (mut xsub, mut xpub) = (Sock::new(ZMQ_XSUB), Sock::with(ZMQ_XPUB, &[ZMQ_XPUB_VERBOSER]));
        for topic in [&b"\x01z"[..], b"\x01a", b"\x01m", b"\x01ab", b"\x01z", b"\x01\xff", b"\x01a-"] {
            xsub.send(&[topic]).unwrap();
        }
        let (_, there) = connect(&mut xsub, &mut xpub);
        let all = ["\\1a", "\\1a-", "\\1ab", "\\1m", "\\1z", "\\1\u{fffd}"];
        assert_eq!(xpub.drain(), all);
        // In the middle of a message, which then does not go on.
        xsub.part(b"begun", true).unwrap();
        xpub.pipes.get(there).unwrap().hiccup();
        xsub.work();
        xsub.part(b"lost", false).unwrap();
        xsub.send(&[b"whole"]).unwrap();
        assert_eq!(xpub.drain(), [&all[..], &["whole"]].concat());
    }

    #[test]
    fn nothing_is_filtered() {
        let (mut xsub, mut xpub) = couple(ZMQ_XSUB, ZMQ_XPUB);
        xsub.send(&[b"\x01q"]).unwrap();
        xpub.send(&[b"q", b"on its way"]).unwrap();
        xsub.send(&[b"\0q"]).unwrap();
        assert_eq!((xsub.events().as_str(), xsub.drain()), ("IO", vec!["q|on its way".into()]));
        assert!(xsub.set_bytes(ZMQ_SUBSCRIBE, b"x").is_none());
    }

    #[test]
    fn subscriptions_pass_a_full_pipe_and_messages_do_not() {
        let (mut xsub, mut xpub) = (Sock::new(ZMQ_XSUB), Sock::new(ZMQ_XPUB));
        (xsub.hwm, xpub.hwm) = (1, 1);
        connect(&mut xsub, &mut xpub);
        (0..4u8).for_each(|i| xsub.send(&[&[b'0' + i]]).unwrap());
        (0..4u8).for_each(|i| xsub.send(&[&[1, b'0' + i]]).unwrap());
        assert_eq!(xpub.drain(), ["0", "1", "\\10", "\\11", "\\12", "\\13"]);
    }
}
