//! ROUTER (28/REQREP): says from whom each message comes, and sends each to whom its first part names.
//!
//! A peer is known by its routing id, which comes as the first message of its pipe; until then the pipe waits unnamed. A
//! peer without one gets a generated id (a zero byte and four counted bytes), and so does one that claims an id beginning
//! with zero, which only we may give. ZMQ_CONNECT_ROUTING_ID names a peer before it has said anything.
//!
//! *Same id twice.* The newcomer is ignored: its connection stays, nothing is read from it or sent to it. With
//! ZMQ_ROUTER_HANDOVER it takes the id over; what the old one had queued is delivered first, and now it is the old one that
//! is ignored. Neither is disconnected, as libzmq does: it would come back at once, and two peers of one name would throw
//! each other out for ever.

use std::collections::VecDeque;

use super::parts::{discard_all, greet, FairQueue, RoutingTable};
use super::{Pattern, Wire};
use crate::consts::*;
use crate::error::{Error, Result};
use crate::msg::{Control, Msg};
use crate::options::codec::{self, write_only, Codec::Bytes, Codec::Natural, Row};
use crate::pipe::{PipeId, Pipes};

/// Where the parts of the message being sent go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sending {
    /// The next part is an id.
    Nothing,
    To(PipeId),
    /// The message is dropped.
    Nowhere,
}

/// See the module comment.
pub struct Router {
    inbound: FairQueue,
    peers: RoutingTable,
    /// Pipes of peers that lost their name or never got one.
    ignored: Vec<PipeId>,
    /// The id and the part that are received next, if they were read ahead.
    next_id: Option<Msg>,
    next_part: Option<Msg>,
    /// What peers that have been replaced had sent; first parts of messages with their ids.
    inherited: VecDeque<(Option<Msg>, Msg)>,
    sending: Sending,
    connect_id: Vec<u8>,
    mandatory: bool,
    raw: bool,
    handover: bool,
    probe: bool,
}

impl Default for Router {
    fn default() -> Self {
        Self {
            inbound: FairQueue::default(),
            peers: RoutingTable::default(),
            ignored: Vec::new(),
            next_id: None,
            next_part: None,
            inherited: VecDeque::new(),
            sending: Sending::Nothing,
            connect_id: Vec::new(),
            mandatory: false,
            raw: false,
            handover: false,
            probe: false,
        }
    }
}

static ROWS: &[Row<Router>] = &[
    write_only(ZMQ_ROUTER_MANDATORY, Natural(|r| &mut r.mandatory)),
    write_only(ZMQ_ROUTER_RAW, Natural(|r| &mut r.raw)),
    write_only(ZMQ_ROUTER_HANDOVER, Natural(|r| &mut r.handover)),
    write_only(ZMQ_PROBE_ROUTER, Natural(|r| &mut r.probe)),
    write_only(ZMQ_CONNECT_ROUTING_ID, Bytes(|r| &mut r.connect_id, 1..=usize::MAX)),
];

/// Who a new peer is.
enum Claim {
    /// The id was chosen.
    Named(Vec<u8>),
    /// An id must be generated.
    Anonymous,
    /// The peer has not said yet.
    Pending,
}

impl Router {
    // --- who is who --------------------------------------------------------------------------------------------------

    fn identify(&mut self, pipes: &mut Pipes, id: PipeId, assigned: Vec<u8>) {
        let claim = match assigned.is_empty() {
            false => Claim::Named(assigned),
            true if self.raw => Claim::Anonymous,
            true => ask(pipes, id),
        };
        let named = match claim {
            Claim::Pending => return,
            Claim::Anonymous => self.name_freely(id),
            Claim::Named(name) => self.settle(pipes, &name, id),
        };
        match named {
            Ok(true) => self.inbound.attach(id),
            // Turned away, or no memory for its name.
            Ok(false) | Err(_) => self.ignored.push(id),
        }
    }

    fn name_freely(&mut self, id: PipeId) -> Result<bool> {
        let name = self.peers.generate();
        self.peers.insert(&name, id).map(|()| true)
    }

    /// Gives a pipe a name that another one may have. Whether it got it.
    fn settle(&mut self, pipes: &mut Pipes, name: &[u8], id: PipeId) -> Result<bool> {
        match self.peers.pipe(name) {
            None => {}
            Some(_) if !self.handover => return Ok(false),
            Some(old) => self.replace(pipes, old),
        }
        self.peers.insert(name, id).map(|()| true)
    }

    /// Takes the name from a peer, but not what it has sent until now.
    fn replace(&mut self, pipes: &mut Pipes, old: PipeId) {
        let name = self.peers.name(old).unwrap_or_default();
        // Of a message that the application has begun to read, the rest follows without an id.
        let mut begun = self.inbound.in_message_of(old);
        while let Some(part) = pipes.read(old) {
            if part.control() == Control::None {
                let id = (!begun).then(|| with_more(name.duplicate()));
                begun = part.more();
                self.inherited.push_back((id, part));
            }
        }
        // What was written of a message for it is never finished and so never seen.
        if self.sending == Sending::To(old) {
            self.sending = Sending::Nowhere;
        }
        self.inbound.detach(old);
        self.peers.remove(old);
        self.ignored.push(old);
    }

    // --- receiving ---------------------------------------------------------------------------------------------------

    /// The next part and its sender, if that one can still be answered. For REP, which shows no ids.
    pub(super) fn recv_part(&mut self, pipes: &mut Pipes) -> Option<(Option<PipeId>, Msg)> {
        if !self.inbound.in_message() {
            if let Some((_, part)) = self.inherited.pop_front() {
                return Some((None, part));
            }
        }
        self.inbound.recv(pipes).map(|(from, part)| (Some(from), part))
    }

    /// The rest of the message begun, part by part.
    fn recv_rest(&mut self, pipes: &mut Pipes) -> Option<Msg> {
        if self.inbound.in_message() {
            return self.inbound.recv(pipes).map(|(_, part)| part);
        }
        let rest = matches!(self.inherited.front(), Some((None, _)));
        rest.then(|| self.inherited.pop_front()).flatten().map(|(_, part)| part)
    }

    /// Reads on to the id and the first part of the next message. Only between messages. False: there is none.
    fn read_ahead(&mut self, pipes: &mut Pipes) -> bool {
        let next = match self.inherited.pop_front() {
            Some(inherited) => Some(inherited),
            None => self.inbound.recv(pipes).map(|(from, part)| (self.peers.name(from).map(with_more), part)),
        };
        let Some((id, part)) = next else { return false };
        let mut id = id.unwrap_or_default();
        id.set_metadata(part.metadata().cloned());
        (self.next_id, self.next_part) = (Some(id), Some(part));
        true
    }

    /// Whether a message was begun, here or by the application.
    fn in_message(&self) -> bool {
        self.next_part.is_some() || self.inbound.in_message() || matches!(self.inherited.front(), Some((None, _)))
    }

    // --- sending -----------------------------------------------------------------------------------------------------

    /// Looks up the receiver. EHOSTUNREACH and EAGAIN only with ZMQ_ROUTER_MANDATORY.
    fn choose(&mut self, pipes: &mut Pipes, id: &[u8]) -> Result<Sending> {
        let peer = self.peers.pipe(id);
        match peer {
            Some(peer) if pipes.can_write(peer) => Ok(Sending::To(peer)),
            _ if !self.mandatory => Ok(Sending::Nowhere),
            Some(peer) if pipes.is_full(peer) => Err(Error::EAGAIN),
            _ => Err(Error::EHOSTUNREACH),
        }
    }

    fn send_id(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        // An id alone is not a message.
        if msg.more() {
            self.sending = self.choose(pipes, msg.data())?;
        }
        drop(msg.take());
        Ok(())
    }

    fn send_part(&mut self, pipes: &mut Pipes, msg: &mut Msg) {
        let mut part = msg.take();
        if self.raw {
            part.set_more(false);
        }
        let more = part.more();
        if let Sending::To(peer) = self.sending {
            match self.raw && part.is_empty() {
                true => pipes.terminate(peer),
                false => deliver(pipes, peer, part),
            }
        }
        if !more {
            self.sending = Sending::Nothing;
        }
    }
}

/// Writes a part; what a peer that is gone does not take is lost.
pub(super) fn deliver(pipes: &mut Pipes, to: PipeId, part: Msg) {
    let last = !part.more();
    if pipes.write(to, part).is_ok() && last {
        pipes.flush(to);
    }
}

fn with_more(mut msg: Msg) -> Msg {
    msg.set_more(true);
    msg
}

/// Reads the peer's first message, its routing id.
fn ask(pipes: &mut Pipes, id: PipeId) -> Claim {
    while let Some(msg) = pipes.read(id) {
        if msg.control() == Control::RoutingId {
            return match msg.data() {
                [] | [0, ..] => Claim::Anonymous,
                name => Claim::Named(name.to_vec()),
            };
        }
    }
    Claim::Pending
}

impl Pattern for Router {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, local: bool) {
        if self.probe {
            greet(pipes, id);
        }
        let assigned = if local { std::mem::take(&mut self.connect_id) } else { Vec::new() };
        // An assigned id that is in use gives way: connect has succeeded already.
        let free = self.peers.pipe(&assigned).is_none();
        self.identify(pipes, id, if free { assigned } else { Vec::new() });
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.ignored.retain(|&ignored| ignored != id);
        self.peers.remove(id);
        self.inbound.detach(id);
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        if self.inbound.knows(id) {
            self.inbound.activate(id);
        } else if self.ignored.contains(&id) {
            discard_all(pipes, id);
        } else {
            self.identify(pipes, id, Vec::new());
        }
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        if self.sending == Sending::Nothing {
            return self.send_id(pipes, msg);
        }
        self.send_part(pipes, msg);
        Ok(())
    }

    fn recv(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        if !self.in_message() && !self.read_ahead(pipes) {
            return Err(Error::EAGAIN);
        }
        let ahead = self.next_id.take().or_else(|| self.next_part.take());
        *msg = ahead.or_else(|| self.recv_rest(pipes)).ok_or(Error::EAGAIN)?;
        Ok(())
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        !self.mandatory || self.sending != Sending::Nothing || self.peers.pipes().any(|peer| pipes.can_write(peer))
    }

    fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        self.in_message() || self.read_ahead(pipes)
    }

    fn set_option(&mut self, _pipes: &mut Pipes, id: i32, value: &[u8]) -> Option<Result<()>> {
        codec::set(ROWS, self, id, Some(value))
    }

    fn get_option(&mut self, id: i32, buf: &mut [u8]) -> Option<Result<usize>> {
        codec::get(ROWS, self, id, buf)
    }

    fn wire(&self) -> Wire {
        match self.raw {
            true => Wire::Raw { notify: true },
            false => Wire::Zmtp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, couple, Sock};
    use super::super::Wire;
    use crate::consts::*;
    use crate::error::Error;
    use crate::msg::{Control, Metadata, Msg, Purse};

    fn router_and_dealer(options: &[i32]) -> (Sock, Sock) {
        let (mut router, mut dealer) = (Sock::with(ZMQ_ROUTER, options), Sock::named(ZMQ_DEALER, b"D"));
        connect(&mut dealer, &mut router);
        (router, dealer)
    }

    #[test]
    fn messages_are_routed_by_id() {
        let (mut router, mut dealer) = router_and_dealer(&[]);
        dealer.send(&[b"1", b"2"]).unwrap();
        assert_eq!(router.events(), "IO");
        let parts: Vec<_> = (0..3).map(|_| (router.recv_part().unwrap(), router.events())).collect();
        assert_eq!(
            parts,
            [
                ((b"D".to_vec(), true), "IO".into()),
                ((b"1".to_vec(), true), "IO".into()),
                ((b"2".to_vec(), false), "-O".into())
            ]
        );
        router.send(&[b"D", b"a", b"b"]).unwrap();
        router.send(&[b"D", b""]).unwrap();
        assert_eq!(dealer.drain(), ["a|b", ""]);
    }

    #[test]
    fn unroutable_messages_are_dropped() {
        let (mut router, mut dealer) = router_and_dealer(&[]);
        assert_eq!(Sock::new(ZMQ_ROUTER).events(), "-O");
        for parts in [&[&b"nobody"[..], b"1", b"2"][..], &[b"", b"x"], &[b"D"], &[b"alone"]] {
            assert_eq!(router.send(parts), Ok(()));
        }
        assert_eq!(dealer.recv(), Err(Error::EAGAIN));
        router.send(&[b"D", b"good"]).unwrap();
        assert_eq!(dealer.drain(), ["good"]);
        dealer.leave_all();
        assert_eq!(router.send(&[b"D", b"x"]), Ok(()));
    }

    #[test]
    fn messages_above_the_mark_are_dropped_whole() {
        let (mut router, mut dealer) = (Sock::new(ZMQ_ROUTER), Sock::named(ZMQ_DEALER, b"D"));
        (router.hwm, dealer.hwm) = (1, 1);
        connect(&mut dealer, &mut router);
        (0..4).for_each(|i| router.send(&[b"D", &[b'0' + i], b"m"]).unwrap());
        assert_eq!((router.events().as_str(), dealer.drain()), ("-O", vec!["0|m".into(), "1|m".into()]));
        router.send(&[b"D", b"again"]).unwrap();
        assert_eq!(dealer.drain(), ["again"]);
    }

    #[test]
    fn mandatory_routing_says_what_is_wrong() {
        let (mut router, mut dealer) = (Sock::with(ZMQ_ROUTER, &[ZMQ_ROUTER_MANDATORY]), Sock::named(ZMQ_DEALER, b"D"));
        assert_eq!((router.events().as_str(), router.part(b"D", true)), ("--", Err(Error::EHOSTUNREACH)));
        (router.hwm, dealer.hwm) = (1, 1);
        connect(&mut dealer, &mut router);
        router.send(&[b"D", b"0"]).unwrap();
        assert_eq!(router.events(), "-O");
        router.send(&[b"D", b"1"]).unwrap();
        assert_eq!((router.events().as_str(), router.part(b"D", true)), ("--", Err(Error::EAGAIN)));
        assert_eq!((router.part(b"E", true), router.part(b"D", false)), (Err(Error::EHOSTUNREACH), Ok(())));
        assert_eq!((dealer.recv().as_deref(), router.events().as_str()), (Ok("0"), "-O"));
        assert_eq!(router.send(&[b"D", b"2"]), Ok(()));
        dealer.leave_all();
        assert_eq!((router.part(b"D", true), router.events().as_str()), (Err(Error::EHOSTUNREACH), "--"));
    }

    #[test]
    fn peers_without_an_id_get_one() {
        let mut router = Sock::new(ZMQ_ROUTER);
        let mut ids = Vec::new();
        // The last one claims an id that only we may give.
        for name in [&b""[..], b"", b"\0abcd"] {
            let mut dealer = Sock::named(ZMQ_DEALER, name);
            connect(&mut dealer, &mut router);
            dealer.send(&[b"x"]).unwrap();
            let id = router.recv_part().unwrap().0;
            assert_eq!(router.recv().as_deref(), Ok("x"));
            router.send(&[&id, b"back"]).unwrap();
            assert_eq!((id.len(), id[0], dealer.drain()), (5, 0, vec!["back".into()]));
            ids.push(u32::from_be_bytes(id[1..].try_into().unwrap()));
        }
        assert_eq!((ids[1], ids[2]), (ids[0].wrapping_add(1), ids[0].wrapping_add(2)));
    }

    #[test]
    fn a_second_peer_of_a_name_is_ignored() {
        let (mut router, mut first) = router_and_dealer(&[]);
        let mut second = Sock::named(ZMQ_DEALER, b"D");
        connect(&mut second, &mut router);
        assert_eq!((first.send(&[b"1"]), second.send(&[b"2"])), (Ok(()), Ok(())));
        assert_eq!(router.drain(), ["D|1"]);
        router.send(&[b"D", b"to"]).unwrap();
        assert_eq!((first.drain().len(), second.drain().len(), second.pipes.len()), (1, 0, 1));
        first.leave_all();
        second.send(&[b"3"]).unwrap();
        assert_eq!(router.recv(), Err(Error::EAGAIN));
        second.leave_all();
        router.work();
        assert_eq!(router.pipes.len(), 0);
    }

    #[test]
    fn a_handover_loses_nothing_that_had_come() {
        let (mut router, mut old) = router_and_dealer(&[ZMQ_ROUTER_HANDOVER]);
        let mut other = Sock::named(ZMQ_DEALER, b"E");
        connect(&mut other, &mut router);
        old.send(&[b"a", b"b"]).unwrap();
        old.send(&[b"c", b"d"]).unwrap();
        assert_eq!((router.recv_part().unwrap().0, router.recv_part().unwrap().0), (b"D".to_vec(), b"a".to_vec()));
        router.part(b"D", true).unwrap();
        router.part(b"begun", true).unwrap();
        let mut new = Sock::named(ZMQ_DEALER, b"D");
        connect(&mut new, &mut router);
        new.send(&[b"new"]).unwrap();
        old.send(&[b"too late"]).unwrap();
        router.part(b"end", false).unwrap();
        assert_eq!(
            (router.events().as_str(), router.drain()),
            ("IO", vec!["b".into(), "D|c|d".into(), "D|new".into()])
        );
        router.send(&[b"D", b"to"]).unwrap();
        assert_eq!((old.drain(), new.drain()), (vec![], vec!["to".to_string()]));
        // Nor does saying the name again bring it back.
        let id = Msg::from_small(b"D").with_control(Control::RoutingId);
        let pipe = old.pipes.ids()[0].0;
        old.pipes.write(pipe, id).unwrap();
        old.send(&[b"again"]).unwrap();
        assert_eq!(router.recv(), Err(Error::EAGAIN));
        old.leave_all();
        router.send(&[b"D", b"still"]).unwrap();
        assert_eq!((new.drain(), router.pipes.len()), (vec!["still".to_string()], 2));
    }

    #[test]
    fn a_handover_waits_for_the_message_that_is_read() {
        let (mut router, mut old) = router_and_dealer(&[ZMQ_ROUTER_HANDOVER]);
        let mut other = Sock::named(ZMQ_DEALER, b"E");
        connect(&mut other, &mut router);
        other.send(&[b"1", b"2"]).unwrap();
        assert_eq!(router.recv_part().unwrap().0, b"E");
        old.send(&[b"3", b"4"]).unwrap();
        connect(&mut Sock::named(ZMQ_DEALER, b"D"), &mut router);
        assert_eq!(router.drain(), ["1|2", "D|3|4"]);
    }

    #[test]
    fn a_peer_that_has_not_said_its_id_waits() {
        let (mut router, mut dealer) = (Sock::new(ZMQ_ROUTER), Sock::new(ZMQ_DEALER));
        let side = crate::pipe::Side { send_mark: 9, recv_mark: 9 };
        let (a, b) = crate::pipe::pair(side, side, false);
        let (a, b) = (dealer.pipes.insert(a, 0), router.pipes.insert(b, 0));
        dealer.pattern.attach(&mut dealer.pipes, a, false);
        router.pattern.attach(&mut router.pipes, b, true);
        assert_eq!(router.recv(), Err(Error::EAGAIN));
        for name in [&b"late"[..], b"again after a reconnect"] {
            let id = Msg::from_slice(name).unwrap().with_control(Control::RoutingId);
            dealer.pipes.write(a, id).unwrap();
            dealer.send(&[b"x"]).unwrap();
        }
        assert_eq!(router.drain(), ["late|x", "late|x"]);
    }

    #[test]
    fn connect_routing_id_names_the_next_connection_only() {
        let (mut router, mut peers) =
            (Sock::new(ZMQ_ROUTER), [b"own", b"two", b"six"].map(|n| Sock::named(ZMQ_DEALER, n)));
        assert_eq!(router.set_bytes(ZMQ_CONNECT_ROUTING_ID, b""), Some(Err(Error::EINVAL)));
        for (i, peer) in peers.iter_mut().enumerate() {
            if i != 1 {
                // The third time the id is in use, so the peer keeps its own.
                assert_eq!(router.set_bytes(ZMQ_CONNECT_ROUTING_ID, b"given"), Some(Ok(())));
            }
            connect(&mut router, peer);
            peer.send(&[b"x"]).unwrap();
        }
        assert_eq!(router.drain(), ["given|x", "two|x", "six|x"]);
        router.send(&[b"given", b"hi"]).unwrap();
        assert_eq!(peers[0].drain(), ["hi"]);
    }

    #[test]
    fn a_peer_that_leaves_takes_the_rest_of_its_message() {
        let (mut router, mut dealer) = router_and_dealer(&[]);
        dealer.send(&[b"1", b"2"]).unwrap();
        assert_eq!(router.recv_part(), Ok((b"D".to_vec(), true)));
        (0..2).for_each(|i| router.part([b"D", b"a"][i], true).unwrap());
        dealer.leave_all();
        assert_eq!(router.drain(), ["1|2"]);
        assert_eq!((router.part(b"b", true), router.part(b"c", false)), (Ok(()), Ok(())));
        assert_eq!((router.send(&[b"x", b"y"]), router.pipes.len()), (Ok(()), 0));
    }

    #[test]
    fn raw_mode_takes_one_body_after_each_id() {
        let (mut router, mut peer) = (Sock::with(ZMQ_ROUTER, &[ZMQ_ROUTER_RAW]), Sock::new(ZMQ_DEALER));
        assert_eq!(router.pattern.wire(), Wire::Raw { notify: true });
        router.set_bytes(ZMQ_CONNECT_ROUTING_ID, b"P").unwrap().unwrap();
        connect(&mut router, &mut peer);
        assert_eq!((router.part(b"P", true), router.part(b"1", true)), (Ok(()), Ok(())));
        assert_eq!(
            (router.part(b"dropped: an id without a body", false), router.send(&[b"P", b"2"])),
            (Ok(()), Ok(()))
        );
        assert_eq!(peer.drain(), ["1", "2"]);
        router.send(&[b"P", b"last words"]).unwrap();
        router.send(&[b"P", b""]).unwrap();
        assert_eq!((peer.drain(), peer.events().as_str(), router.pipes.len()), (vec!["last words".into()], "--", 0));
    }

    #[test]
    fn ids_carry_the_properties_of_the_connection() {
        let (mut dealer, mut router) = couple(ZMQ_DEALER, ZMQ_ROUTER);
        let mut msg = Msg::from_small(b"x");
        msg.set_metadata(Some(Purse::new(Metadata::default()).reference()));
        dealer.pattern.send(&mut dealer.pipes, &mut msg).unwrap();
        assert!(router.recv_msg().unwrap().metadata().is_some());
        assert!(router.recv_msg().unwrap().metadata().is_some());
    }
}
