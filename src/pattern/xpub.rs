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

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, couple, Sock};
    use crate::consts::*;
    use crate::error::Error;
    use crate::msg::Msg;

    /// An XPUB and two peers that send subscriptions as plain messages and keep no count of their own, as a raw
    /// application or an old peer may.
    fn with_raw_peers(options: &[i32]) -> (Sock, Sock, Sock) {
        let (mut xpub, mut a, mut b) = (Sock::with(ZMQ_XPUB, options), Sock::new(ZMQ_DEALER), Sock::new(ZMQ_DEALER));
        connect(&mut a, &mut xpub);
        connect(&mut b, &mut xpub);
        (xpub, a, b)
    }

    fn shown(xpub: &mut Sock, peer: &mut Sock, parts: &[&[u8]]) -> Vec<String> {
        peer.send(parts).unwrap();
        xpub.drain()
    }

    /// What is shown of the same wishes of two peers in each mode.
    fn story(options: &[i32]) -> String {
        let (mut xpub, mut a, mut b) = with_raw_peers(options);
        let mut story = Vec::new();
        for (peer, part) in
            [(0, b"\x01t"), (0, b"\x01t"), (1, b"\x01t"), (1, b"\0t"), (1, b"\0t"), (0, b"\0t"), (0, b"\0t")]
        {
            story.push(shown(&mut xpub, if peer == 0 { &mut a } else { &mut b }, &[part]).join(","));
        }
        story.join(" ")
    }

    #[test]
    fn what_is_shown_in_each_mode() {
        assert_eq!(story(&[]), "\\1t    \\0t \\0t \\0t");
        assert_eq!(story(&[ZMQ_XPUB_VERBOSE]), "\\1t \\1t \\1t  \\0t \\0t \\0t");
        assert_eq!(story(&[ZMQ_XPUB_VERBOSER]), "\\1t \\1t \\1t \\0t \\0t \\0t \\0t");
        assert_eq!(story(&[ZMQ_XPUB_MANUAL]), "\\1t \\1t \\1t \\0t \\0t \\0t \\0t");
        // VERBOSE takes VERBOSER back, and VERBOSER off is both off.
        assert_eq!(story(&[ZMQ_XPUB_VERBOSER, ZMQ_XPUB_VERBOSE]), story(&[ZMQ_XPUB_VERBOSE]));
        let mut xpub = Sock::with(ZMQ_XPUB, &[ZMQ_XPUB_VERBOSE]);
        assert_eq!(xpub.set(ZMQ_XPUB_VERBOSER, 0), Some(Ok(())));
        let mut subs = [Sock::new(ZMQ_SUB), Sock::new(ZMQ_SUB)];
        for sub in &mut subs {
            sub.set_bytes(ZMQ_SUBSCRIBE, b"t");
            connect(sub, &mut xpub);
        }
        assert_eq!(xpub.drain(), ["\\1t"]);
    }

    #[test]
    fn wishes_of_peers_that_leave_are_cancelled() {
        let expected = [
            (None, vec!["\\0a"], vec!["\\0k", "\\0z"]),
            (Some(ZMQ_XPUB_VERBOSER), vec!["\\0a", "\\0k"], vec!["\\0k", "\\0z"]),
        ];
        for (option, first, second) in expected {
            let (mut xpub, mut a, mut b) = with_raw_peers(option.as_slice());
            [b"\x01k", b"\x01a"].iter().for_each(|part| a.send(&[*part]).unwrap());
            [b"\x01z", b"\x01k"].iter().for_each(|part| b.send(&[*part]).unwrap());
            xpub.drain();
            a.leave_all();
            assert_eq!(xpub.drain(), first);
            b.leave_all();
            assert_eq!(xpub.drain(), second);
        }
    }

    #[test]
    fn wishes_among_other_parts() {
        let (mut xpub, mut a, _b) = with_raw_peers(&[]);
        let mut shown = |parts: &[&[u8]]| shown(&mut xpub, &mut a, parts).join(",");
        assert_eq!(shown(&[b"\x01s", b"x", b"y"]), "\\1s,x|y");
        assert_eq!(shown(&[b"u", b"\x01v", b"\0s", b"w"]), "u|\\1v,\\0s,w");
        assert_eq!(shown(&[b"\x01s", b"\0never"]), "\\1s,\\0never");
        assert_eq!(shown(&[b"\x01s", b"\x01s"]), "");
        assert_eq!(shown(&[b""]), "");
        assert_eq!(shown(&[b"\x01w", b"\x01w2", b"user", b"\x01w3"]), "\\1w,\\1w2,user|\\1w3");
        // A repeated wish is not shown, but the message that it is a part of must end.
        assert_eq!(shown(&[b"u", b"\x01s"]), "u|\\1s");
        assert_eq!(shown(&[b"v"]), "v");
        xpub.send(&[b"w3"]).unwrap();
        assert_eq!(a.drain(), ["w3"]);
        a.leave_all();
        assert_eq!(xpub.drain(), ["\\0s", "\\0v", "\\0w", "\\0w2", "\\0w3"]);
    }

    #[test]
    fn only_first_subscribe_leaves_the_rest_alone() {
        let (mut xpub, mut a, _b) = with_raw_peers(&[ZMQ_ONLY_FIRST_SUBSCRIBE]);
        assert_eq!(shown(&mut xpub, &mut a, &[b"\x01s", b"x", b"y"]), ["\\1s", "x|y"]);
        assert_eq!(shown(&mut xpub, &mut a, &[b"u", b"\x01v", b"\0s", b"w"]), ["u|\\1v|\\0s|w"]);
        ["s", "v"].iter().for_each(|data| xpub.send(&[data.as_bytes()]).unwrap());
        assert_eq!(a.drain(), ["s"]);
    }

    #[test]
    fn messages_go_to_whom_they_match_once() {
        let (mut xpub, mut a, mut b) = with_raw_peers(&[]);
        [&b"\x01"[..], b"\x01t", b"\x01to"].iter().for_each(|part| a.send(&[part]).unwrap());
        b.send(&[b"\x01to"]).unwrap();
        assert_eq!(xpub.events(), "IO");
        ["topic", "tx", ""].iter().for_each(|data| xpub.send(&[data.as_bytes(), b"rest"]).unwrap());
        assert_eq!(
            (a.drain(), b.drain()),
            (vec!["topic|rest".into(), "tx|rest".into(), "|rest".into()], vec!["topic|rest".to_string()])
        );
    }

    #[test]
    fn bodies_are_shared() {
        let (mut xpub, mut a, mut b) = with_raw_peers(&[]);
        [&mut a, &mut b].into_iter().for_each(|peer| peer.send(&[b"\x01"]).unwrap());
        let mut msg = Msg::from_slice(&[7; 1000]).unwrap();
        let body = msg.as_ptr();
        xpub.work();
        xpub.pattern.send(&mut xpub.pipes, &mut msg).unwrap();
        let received = [a.recv_msg().unwrap(), b.recv_msg().unwrap()];
        assert_eq!(received.each_ref().map(Msg::as_ptr), [body; 2]);
        assert!(received.iter().all(|msg| !msg.is_unique()));
        let [one, two] = received;
        drop(one);
        assert!(two.is_unique(), "the sender keeps no copy");
    }

    #[test]
    fn messages_are_dropped_for_the_full_and_them_only() {
        let (mut xpub, mut a, mut b) = (Sock::new(ZMQ_XPUB), Sock::new(ZMQ_DEALER), Sock::new(ZMQ_DEALER));
        (xpub.hwm, a.hwm) = (2, 2);
        connect(&mut a, &mut xpub);
        connect(&mut b, &mut xpub);
        [&mut a, &mut b].into_iter().for_each(|peer| peer.send(&[b"\x01"]).unwrap());
        (0..6).for_each(|i| xpub.send(&[&[b'0' + i], b"m"]).unwrap());
        // Who gets room in the middle of a message gets the next one.
        xpub.part(b"6", true).unwrap();
        assert_eq!(a.drain(), ["0|m", "1|m", "2|m", "3|m"]);
        xpub.part(b"m", false).unwrap();
        xpub.send(&[b"7"]).unwrap();
        assert_eq!((a.drain(), b.drain().len()), (vec!["7".into()], 8));
    }

    #[test]
    fn one_that_is_full_holds_up_nobody_else() {
        let (mut xpub, mut a, mut b) = (Sock::new(ZMQ_XPUB), Sock::new(ZMQ_DEALER), Sock::new(ZMQ_DEALER));
        (xpub.hwm, a.hwm) = (1, 1);
        connect(&mut a, &mut xpub);
        connect(&mut b, &mut xpub);
        a.send(&[b"\x01A"]).unwrap();
        b.send(&[b"\x01B"]).unwrap();
        (0..3).for_each(|_| xpub.send(&[b"A"]).unwrap());
        xpub.send(&[b"B"]).unwrap();
        assert_eq!((a.drain().len(), b.drain().len()), (2, 1));
    }

    #[test]
    fn nodrop_says_so_instead_and_sends_to_nobody() {
        let (mut xpub, mut a, mut b) =
            (Sock::with(ZMQ_XPUB, &[ZMQ_XPUB_NODROP]), Sock::new(ZMQ_DEALER), Sock::new(ZMQ_DEALER));
        (xpub.hwm, a.hwm) = (2, 2);
        connect(&mut a, &mut xpub);
        connect(&mut b, &mut xpub);
        a.send(&[b"\x01A"]).unwrap();
        b.send(&[b"\x01"]).unwrap();
        (0..4).for_each(|i| xpub.send(&[b"A", &[b'0' + i]]).unwrap());
        assert_eq!((xpub.part(b"A", true), xpub.part(b"A", false)), (Err(Error::EAGAIN), Err(Error::EAGAIN)));
        assert_eq!((xpub.events().as_str(), xpub.send(&[b"B"])), ("IO", Ok(())));
        assert_eq!((a.drain().len(), b.drain().len()), (4, 5));
        xpub.send(&[b"A", b"9"]).unwrap();
        assert_eq!((a.drain(), b.drain()), (vec!["A|9".into()], vec!["A|9".to_string()]));
        // It also counts who was full before it was asked for.
        xpub.set(ZMQ_XPUB_NODROP, 0);
        (0..9).for_each(|_| xpub.send(&[b"A"]).unwrap());
        xpub.set(ZMQ_XPUB_NODROP, 1);
        assert_eq!(xpub.send(&[b"A"]), Err(Error::EAGAIN));
        // One that is full but gone holds nobody up.
        a.leave_all();
        assert_eq!(xpub.send(&[b"A"]), Ok(()));
    }

    #[test]
    fn who_comes_leaves_or_cancels_in_the_middle_of_a_message() {
        let (mut xpub, mut a, mut b) = with_raw_peers(&[]);
        [&mut a, &mut b].into_iter().for_each(|peer| peer.send(&[b"\x01"]).unwrap());
        xpub.part(b"1", true).unwrap();
        a.leave_all();
        b.send(&[b"\0"]).unwrap();
        let mut c = Sock::new(ZMQ_SUB);
        c.set_bytes(ZMQ_SUBSCRIBE, b"");
        connect(&mut c, &mut xpub);
        xpub.part(b"2", true).unwrap();
        xpub.part(b"3", false).unwrap();
        xpub.send(&[b"next"]).unwrap();
        assert_eq!((b.drain(), c.drain()), (vec!["1|2|3".into()], vec!["next".to_string()]));
    }

    #[test]
    fn manual_mode_acts_for_the_peer_whose_wish_was_received_last() {
        let (mut xpub, mut a, mut b) = with_raw_peers(&[ZMQ_XPUB_MANUAL]);
        a.send(&[b"\x01A"]).unwrap();
        let subscribe = |xpub: &mut Sock, topic: &[u8]| assert_eq!(xpub.set_bytes(ZMQ_SUBSCRIBE, topic), Some(Ok(())));
        // Nobody's wish has been received yet.
        assert_eq!(xpub.events(), "IO");
        subscribe(&mut xpub, b"early");
        b.send(&[b"\x01B"]).unwrap();
        xpub.work();
        assert_eq!(xpub.recv().as_deref(), Ok("\\1A"));
        subscribe(&mut xpub, b"one");
        assert_eq!(xpub.recv().as_deref(), Ok("\\1B"));
        subscribe(&mut xpub, b"two");
        // A message is no wish, the end of a subscription is.
        assert_eq!(shown(&mut xpub, &mut a, &[b"message"]), ["message"]);
        subscribe(&mut xpub, b"three");
        assert_eq!(shown(&mut xpub, &mut a, &[b"\0A"]), ["\\0A"]);
        subscribe(&mut xpub, b"four");
        assert_eq!(xpub.set_bytes(ZMQ_UNSUBSCRIBE, b"one"), Some(Ok(())));
        assert_eq!(xpub.set_bytes(ZMQ_UNSUBSCRIBE, b"never"), Some(Ok(())));
        ["A", "B", "early", "one", "two", "three", "four"]
            .iter()
            .for_each(|data| xpub.send(&[data.as_bytes()]).unwrap());
        assert_eq!((a.drain(), b.drain()), (vec!["four".into()], vec!["two".to_string(), "three".into()]));
        // A peer that leaves cancels what it asked for; after that there is nobody to act for.
        assert_eq!(shown(&mut xpub, &mut b, &[b"\x01B2"]), ["\\1B2"]);
        b.leave_all();
        xpub.work();
        subscribe(&mut xpub, b"five");
        assert_eq!(xpub.drain(), ["\\0B", "\\0B2"]);
        subscribe(&mut xpub, b"five");
        xpub.send(&[b"five"]).unwrap();
        assert_eq!(a.recv(), Err(Error::EAGAIN));
        xpub.set(ZMQ_XPUB_MANUAL, 0);
        assert_eq!(shown(&mut xpub, &mut a, &[b"\x01five"]), ["\\1five"]);
    }

    #[test]
    fn manual_mode_does_not_act_for_the_dead() {
        let (mut xpub, mut a, mut b) = with_raw_peers(&[ZMQ_XPUB_MANUAL]);
        a.send(&[b"\x01Q"]).unwrap();
        b.send(&[b"\x01R"]).unwrap();
        xpub.work();
        a.leave_all();
        assert_eq!(xpub.recv().as_deref(), Ok("\\1Q"));
        xpub.set_bytes(ZMQ_SUBSCRIBE, b"six");
        assert_eq!(xpub.recv().as_deref(), Ok("\\1R"));
        xpub.set_bytes(ZMQ_SUBSCRIBE, b"seven");
        assert_eq!(xpub.drain(), ["\\0Q"]);
        ["six", "seven"].iter().for_each(|data| xpub.send(&[data.as_bytes()]).unwrap());
        assert_eq!(b.drain(), ["seven"]);
        // Nor does it remember anything in their name: to a living peer the topic is new.
        xpub.set(ZMQ_XPUB_MANUAL, 0);
        assert_eq!(shown(&mut xpub, &mut b, &[b"\x01six"]), ["\\1six"]);
    }

    #[test]
    fn without_manual_mode_there_is_nothing_to_set() {
        let mut xpub = Sock::new(ZMQ_XPUB);
        for id in [ZMQ_SUBSCRIBE, ZMQ_UNSUBSCRIBE] {
            assert_eq!(xpub.set_bytes(id, b"x"), Some(Err(Error::EINVAL)));
        }
        for id in [ZMQ_XPUB_VERBOSE, ZMQ_XPUB_VERBOSER, ZMQ_XPUB_NODROP, ZMQ_XPUB_MANUAL] {
            assert_eq!((xpub.set(id, -1), xpub.set(id, 2)), (Some(Err(Error::EINVAL)), Some(Ok(()))));
            assert_eq!(xpub.pattern.get_option(id, &mut [0; 4]), Some(Err(Error::EINVAL)));
        }
    }

    #[test]
    fn last_value_sends_the_next_message_to_one_peer() {
        let (mut xpub, mut a, mut b) = with_raw_peers(&[ZMQ_XPUB_MANUAL_LAST_VALUE]);
        for peer in [&mut a, &mut b] {
            assert_eq!(shown(&mut xpub, peer, &[b"\x01T"]), ["\\1T"]);
            xpub.set_bytes(ZMQ_SUBSCRIBE, b"T");
        }
        xpub.send(&[b"T1", b"m"]).unwrap();
        xpub.send(&[b"T2"]).unwrap();
        assert_eq!((a.drain(), b.drain()), (vec!["T2".into()], vec!["T1|m".to_string(), "T2".into()]));
    }

    #[test]
    fn newcomers_are_welcomed() {
        let mut xpub = Sock::new(ZMQ_XPUB);
        assert_eq!(xpub.set_bytes(ZMQ_XPUB_WELCOME_MSG, b"welcome"), Some(Ok(())));
        let (mut sub, mut xsub) = (Sock::new(ZMQ_SUB), Sock::new(ZMQ_XSUB));
        sub.set_bytes(ZMQ_SUBSCRIBE, b"w");
        connect(&mut sub, &mut xpub);
        connect(&mut xsub, &mut xpub);
        assert_eq!((sub.drain(), xsub.drain()), (vec!["welcome".into()], vec!["welcome".to_string()]));
        assert_eq!(xpub.set_bytes(ZMQ_XPUB_WELCOME_MSG, b""), Some(Ok(())));
        let mut next = Sock::new(ZMQ_XSUB);
        connect(&mut next, &mut xpub);
        assert_eq!(next.recv(), Err(Error::EAGAIN));
    }

    #[test]
    fn inverted_matching_sends_to_the_others() {
        let (mut xsub, mut xpub) = couple(ZMQ_XSUB, ZMQ_XPUB);
        let mut other = Sock::new(ZMQ_XSUB);
        connect(&mut other, &mut xpub);
        xpub.invert();
        xsub.send(&[b"\x01A"]).unwrap();
        other.send(&[b"\x01B"]).unwrap();
        ["A1", "B1", "C1"].iter().for_each(|data| xpub.send(&[data.as_bytes()]).unwrap());
        assert_eq!(
            (xsub.drain(), other.drain()),
            (vec!["B1".into(), "C1".into()], vec!["A1".to_string(), "C1".into()])
        );
    }
}
