//! REQ (28/REQREP): one request, one reply, in strict turn.
//!
//! On the wire a request is an empty delimiter and the body, with ZMQ_REQ_CORRELATE a four-byte request id before them. A
//! reply counts if it comes from the peer that got the request and has the same envelope; everything else is left out.
//! If that peer is gone for good, any other's reply will do. ZMQ_REQ_RELAXED lets a new request follow without a reply;
//! with correlation on, a late reply to the old one is then told apart.
//!
//! | state | send | recv |
//! |---|---|---|
//! | `Idle` | begins a request | EFSM |
//! | `Sending` | next part; after the last one `Waiting` | EFSM |
//! | `Waiting` | EFSM (relaxed: begins a request) | first part of the reply |
//! | `Receiving` | EFSM (relaxed: begins a request) | next part; after the last one `Idle` |

use super::parts::{greet, random_start, FairQueue, LoadBalancer};
use super::Pattern;
use crate::consts::{ZMQ_PROBE_ROUTER, ZMQ_REQ_CORRELATE, ZMQ_REQ_RELAXED};
use crate::error::{Error, Result};
use crate::msg::Msg;
use crate::options::codec::{self, write_only, Codec::Natural, Row};
use crate::pipe::{PipeId, Pipes};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Sending,
    Waiting,
    Receiving,
}

/// See the module comment.
pub struct Req {
    inbound: FairQueue,
    out: LoadBalancer,
    state: State,
    /// Who may reply; None: anybody.
    replier: Option<PipeId>,
    request_id: u32,
    relaxed: bool,
    correlate: bool,
    probe: bool,
}

impl Default for Req {
    fn default() -> Self {
        Self {
            inbound: FairQueue::default(),
            out: LoadBalancer::default(),
            state: State::Idle,
            replier: None,
            request_id: random_start(),
            relaxed: false,
            correlate: false,
            probe: false,
        }
    }
}

static ROWS: &[Row<Req>] = &[
    write_only(ZMQ_REQ_CORRELATE, Natural(|r| &mut r.correlate)),
    write_only(ZMQ_REQ_RELAXED, Natural(|r| &mut r.relaxed)),
    write_only(ZMQ_PROBE_ROUTER, Natural(|r| &mut r.probe)),
];

impl Req {
    /// Sends the envelope of a new request. EAGAIN: nobody has room.
    fn begin(&mut self, pipes: &mut Pipes) -> Result<()> {
        if !self.out.can_send(pipes) {
            return Err(Error::EAGAIN);
        }
        if self.correlate {
            self.request_id = self.request_id.wrapping_add(1);
            self.send_envelope(pipes, &self.request_id.to_ne_bytes())?;
        }
        self.send_envelope(pipes, &[])?;
        // What came before the request cannot be the reply to it.
        while self.inbound.recv(pipes).is_some() {}
        self.state = State::Sending;
        Ok(())
    }

    fn send_envelope(&mut self, pipes: &mut Pipes, data: &[u8]) -> Result<()> {
        let mut part = Msg::from_small(data);
        part.set_more(true);
        self.replier = self.out.send(pipes, &mut part)?;
        Ok(())
    }

    /// Reads on up to the body of the reply. False: it has not come.
    fn open_reply(&mut self, pipes: &mut Pipes) -> bool {
        while let Some((from, first)) = self.inbound.recv(pipes) {
            if self.replier.is_none_or(|replier| replier == from) && self.is_envelope(pipes, first) {
                self.state = State::Receiving;
                return true;
            }
            self.inbound.skip_message(pipes);
        }
        false
    }

    fn is_envelope(&mut self, pipes: &mut Pipes, first: Msg) -> bool {
        let mut part = first;
        if self.correlate {
            if part.data() != self.request_id.to_ne_bytes() || !part.more() {
                return false;
            }
            match self.inbound.recv(pipes) {
                Some((_, next)) => part = next,
                None => return false,
            }
        }
        part.is_empty() && part.more()
    }

    fn is_my_turn(&self) -> bool {
        self.relaxed || matches!(self.state, State::Idle | State::Sending)
    }
}

impl Pattern for Req {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, _local: bool) {
        if self.probe {
            greet(pipes, id);
        }
        self.inbound.attach(id);
        self.out.attach(id);
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.replier.take_if(|replier| *replier == id);
        self.inbound.detach(id);
        self.out.detach(id);
    }

    fn readable(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.inbound.activate(id);
    }

    fn writable(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.out.activate(id);
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        if !self.is_my_turn() {
            return Err(Error::EFSM);
        }
        if self.state != State::Sending {
            self.begin(pipes)?;
        }
        let more = msg.more();
        self.out.send(pipes, msg)?;
        if !more {
            self.state = State::Waiting;
        }
        Ok(())
    }

    fn recv(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        if matches!(self.state, State::Idle | State::Sending) {
            return Err(Error::EFSM);
        }
        if self.state == State::Waiting && !self.open_reply(pipes) {
            return Err(Error::EAGAIN);
        }
        let (_, part) = self.inbound.recv(pipes).ok_or(Error::EAGAIN)?;
        if !part.more() {
            (self.state, self.replier) = (State::Idle, None);
        }
        *msg = part;
        Ok(())
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.is_my_turn() && self.out.can_send(pipes)
    }

    fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        match self.state {
            State::Idle | State::Sending => false,
            State::Waiting => self.open_reply(pipes),
            State::Receiving => self.inbound.can_recv(pipes),
        }
    }

    fn set_option(&mut self, _pipes: &mut Pipes, id: i32, value: &[u8]) -> Option<Result<()>> {
        codec::set(ROWS, self, id, Some(value))
    }

    fn get_option(&mut self, id: i32, buf: &mut [u8]) -> Option<Result<usize>> {
        codec::get(ROWS, self, id, buf)
    }
}
