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
                self.wish(pipes, wish, topic)?;
                drop(msg.take());
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
        let (_, part) = self.inbound.recv(pipes).ok_or(Error::EAGAIN)?;
        *msg = part;
        Ok(())
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
