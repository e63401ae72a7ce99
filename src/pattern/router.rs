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
        if self.sending == Sending::To(old) {
            pipes.rollback(old);
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
