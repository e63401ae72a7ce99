//! XPUB (29/PUBSUB): sends each message to the peers that subscribed to a beginning of its first part, and receives the
//! subscriptions.
//!
//! What peers send is worked off as soon as it is there: subscriptions take effect at once, and what the application may
//! want to see waits in a queue of its own. It sees
//!
//! - a subscription (a byte 1 and the topic), if the topic is new; with ZMQ_XPUB_VERBOSE or VERBOSER every one;
//! - the end of one (a byte 0 and the topic), unless others keep the topic; with VERBOSER every one;
//! - any other message as it is. A part in the middle of such a message that looks like a subscription counts as one and
//!   ends the message; with ZMQ_ONLY_FIRST_SUBSCRIBE it is a part like others.
//!
//! *Manual mode* (ZMQ_XPUB_MANUAL): all of that is only shown, and the application subscribes the peer whose wish it
//! received last by ZMQ_SUBSCRIBE and ZMQ_UNSUBSCRIBE, to whatever topic. With ZMQ_XPUB_MANUAL_LAST_VALUE the message sent
//! after that goes to this peer alone.

use std::collections::VecDeque;

use super::parts::{wish, FanOut, Removed, Subscriptions, Wish};
use super::Pattern;
use crate::consts::*;
use crate::error::{Error, Result};
use crate::msg::{Control, Msg};
use crate::options::codec::{self, write_hooked, write_only, Codec::Bytes, Codec::Natural, Row};
use crate::options::Options;
use crate::pipe::{PipeId, Pipes};

/// What the application receives next.
enum Notice {
    /// A part of a peer's message.
    Part(Msg),
    /// A wish of a peer, or (None) of one that has left.
    Wish(Msg, Option<PipeId>),
}

/// See the module comment.
#[derive(Default)]
pub struct Xpub {
    subscribers: FanOut,
    subscriptions: Subscriptions,
    /// Manual mode: what the peers asked for.
    wishes: Subscriptions,
    notices: VecDeque<Notice>,
    /// Manual mode: whose wish was received last.
    last: Option<PipeId>,
    /// The next message is for `last` alone.
    last_only: bool,
    /// The application receives nothing (PUB).
    deaf: bool,
    invert: bool,
    verbose: bool,
    verboser: bool,
    nodrop: bool,
    manual: bool,
    last_value: bool,
    only_first: bool,
    welcome: Vec<u8>,
}

static ROWS: &[Row<Xpub>] = &[
    // The newer of the two settings decides about subscriptions.
    write_hooked(ZMQ_XPUB_VERBOSE, Natural(|x| &mut x.verbose), |x| x.verboser = false),
    write_hooked(ZMQ_XPUB_VERBOSER, Natural(|x| &mut x.verboser), |x| x.verbose = x.verboser),
    write_only(ZMQ_XPUB_NODROP, Natural(|x| &mut x.nodrop)),
    write_only(ZMQ_XPUB_MANUAL, Natural(|x| &mut x.manual)),
    write_only(ZMQ_XPUB_MANUAL_LAST_VALUE, Natural(|x| &mut x.last_value)),
    write_only(ZMQ_ONLY_FIRST_SUBSCRIBE, Natural(|x| &mut x.only_first)),
    write_only(ZMQ_XPUB_WELCOME_MSG, Bytes(|x| &mut x.welcome, 0..=usize::MAX)),
];

impl Xpub {
    /// One that shows the application nothing (PUB).
    pub(super) fn deaf() -> Self {
        Self { deaf: true, ..Self::default() }
    }

    fn is_manual(&self) -> bool {
        self.manual || self.last_value
    }

    // --- what peers say ----------------------------------------------------------------------------------------------

    fn work_off(&mut self, pipes: &mut Pipes, from: PipeId) {
        // Parts of a message come together, so nothing needs to be remembered between calls.
        let mut in_message = false;
        while let Some(msg) = pipes.read(from) {
            match wish(&msg).filter(|_| !in_message || !self.only_first) {
                Some((wish, topic)) => {
                    let seen = self.take_wish(from, wish, topic);
                    if seen || in_message {
                        self.show_wish(wish, topic, &msg, Some(from));
                    }
                    in_message = false;
                }
                None if msg.control() != Control::None => {}
                None => {
                    in_message = msg.more();
                    self.show(Notice::Part(msg));
                }
            }
        }
    }

    /// Lets a wish take effect. Whether the application wants to see it.
    fn take_wish(&mut self, from: PipeId, wish: Wish, topic: &[u8]) -> bool {
        let manual = self.is_manual();
        let subscriptions = if manual { &mut self.wishes } else { &mut self.subscriptions };
        match wish {
            Wish::Subscribe => subscriptions.insert(from, topic) || self.verbose || manual,
            Wish::Cancel => subscriptions.remove(from, topic) != Removed::OneOfMany || self.verboser || manual,
        }
    }

    fn show(&mut self, notice: Notice) {
        if !self.deaf {
            self.notices.push_back(notice);
        }
    }

    /// A wish that there is no memory for is not shown.
    fn show_wish(&mut self, wish: Wish, topic: &[u8], origin: &Msg, from: Option<PipeId>) {
        let first = match wish {
            Wish::Subscribe => 1,
            Wish::Cancel => 0,
        };
        if let Ok(mut msg) = Msg::from_slice(&[&[first], topic].concat()) {
            msg.set_metadata(origin.metadata().cloned());
            self.show(Notice::Wish(msg, from));
        }
    }

    // --- sending -----------------------------------------------------------------------------------------------------

    /// Finds out who gets the message that begins with `first`.
    fn select(&mut self, first: &[u8]) {
        let Self { subscribers, subscriptions, .. } = self;
        if self.invert {
            subscribers.select_all();
            subscriptions.matching(first, |id| subscribers.deselect(id));
        } else if self.last_only {
            let last = self.last;
            subscriptions.matching(first, |id| {
                if last == Some(id) {
                    subscribers.select(id);
                }
            });
        } else {
            subscriptions.matching(first, |id| subscribers.select(id));
        }
    }

    /// Manual mode: acts for the peer whose wish was received last.
    fn act(&mut self, wish: Wish, topic: &[u8]) -> Result<()> {
        if !self.is_manual() {
            return Err(Error::EINVAL);
        }
        if let Some(last) = self.last {
            match wish {
                Wish::Subscribe => drop(self.subscriptions.insert(last, topic)),
                Wish::Cancel => drop(self.subscriptions.remove(last, topic)),
            }
        }
        self.last_only = self.last_value;
        Ok(())
    }
}

impl Pattern for Xpub {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, _local: bool) {
        self.subscribers.attach(id);
        if !self.welcome.is_empty() {
            let welcome = Msg::from_slice(&self.welcome);
            if welcome.is_ok_and(|msg| pipes.write(id, msg).is_ok()) {
                pipes.flush(id);
            }
        }
        self.work_off(pipes, id);
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.subscribers.detach(id);
        self.last.take_if(|last| *last == id);
        let (manual, verboser, mut gone) = (self.is_manual(), self.verboser, Vec::new());
        let mut note = |topic: &[u8], removed: Removed| {
            if manual || verboser || removed == Removed::Last {
                gone.push(topic.to_vec());
            }
        };
        if manual {
            self.wishes.remove_pipe(id, &mut note);
            self.subscriptions.remove_pipe(id, |_, _| {});
        } else {
            self.subscriptions.remove_pipe(id, &mut note);
            self.wishes.remove_pipe(id, |_, _| {});
        }
        gone.iter().for_each(|topic| self.show_wish(Wish::Cancel, topic, &Msg::new(), None));
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.work_off(pipes, id);
    }

    fn writable(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.subscribers.activate(id);
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        if !self.subscribers.in_message() {
            if self.nodrop {
                self.subscribers.activate_all();
            }
            self.select(msg.data());
            if self.nodrop && self.subscribers.is_blocked(pipes) {
                self.subscribers.deselect_all();
                return Err(Error::EAGAIN);
            }
            self.last_only = false;
        }
        self.subscribers.send(pipes, msg);
        Ok(())
    }

    fn recv(&mut self, _pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        *msg = match self.notices.pop_front().ok_or(Error::EAGAIN)? {
            Notice::Part(part) => part,
            Notice::Wish(wish, from) => {
                self.last = from.filter(|&from| self.subscribers.knows(from));
                wish
            }
        };
        Ok(())
    }

    fn can_send(&mut self, _pipes: &mut Pipes) -> bool {
        true
    }

    fn can_recv(&mut self, _pipes: &mut Pipes) -> bool {
        !self.notices.is_empty()
    }

    fn set_option(&mut self, _pipes: &mut Pipes, id: i32, value: &[u8]) -> Option<Result<()>> {
        match id {
            ZMQ_SUBSCRIBE => Some(self.act(Wish::Subscribe, value)),
            ZMQ_UNSUBSCRIBE => Some(self.act(Wish::Cancel, value)),
            _ => codec::set(ROWS, self, id, Some(value)),
        }
    }

    fn get_option(&mut self, id: i32, buf: &mut [u8]) -> Option<Result<usize>> {
        codec::get(ROWS, self, id, buf)
    }

    fn configure(&mut self, options: &Options) {
        self.invert = options.invert_matching;
    }
}
