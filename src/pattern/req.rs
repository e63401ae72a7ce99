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

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, Sock};
    use crate::consts::*;
    use crate::error::Error;

    fn req_and_router(options: &[i32]) -> (Sock, Sock) {
        let (mut req, mut router) = (Sock::with(ZMQ_REQ, options), Sock::new(ZMQ_ROUTER));
        req.name = b"Q";
        connect(&mut req, &mut router);
        (req, router)
    }

    #[test]
    fn requests_and_replies_alternate() {
        let (mut req, mut router) = req_and_router(&[]);
        assert_eq!((req.events().as_str(), req.recv()), ("-O", Err(Error::EFSM)));
        req.part(b"1", true).unwrap();
        assert_eq!((req.events().as_str(), req.recv()), ("-O", Err(Error::EFSM)));
        req.part(b"2", false).unwrap();
        assert_eq!((req.events().as_str(), req.send(&[b"x"])), ("--", Err(Error::EFSM)));
        assert_eq!((req.recv(), router.recv().as_deref()), (Err(Error::EAGAIN), Ok("Q||1|2")));
        router.send(&[b"Q", b"", b"a", b"b"]).unwrap();
        assert_eq!((req.events().as_str(), req.recv_part()), ("I-", Ok((b"a".to_vec(), true))));
        assert_eq!((req.events().as_str(), req.send(&[b"x"])), ("I-", Err(Error::EFSM)));
        assert_eq!((req.recv().as_deref(), req.events().as_str()), (Ok("b"), "-O"));
    }

    #[test]
    fn nobody_there() {
        let mut req = Sock::new(ZMQ_REQ);
        assert_eq!(
            (req.events().as_str(), req.send(&[b"x"]), req.recv()),
            ("--", Err(Error::EAGAIN), Err(Error::EFSM))
        );
    }

    #[test]
    fn malformed_replies_are_left_out() {
        let (mut req, mut router) = req_and_router(&[]);
        req.send(&[b"q"]).unwrap();
        let bad: [&[&[u8]]; 5] =
            [&[b"Q", b"x"], &[b"Q", b"x", b"y"], &[b"Q", b""], &[b"Q", b"x", b""], &[b"Q", b"x", b"", b"z"]];
        bad.iter().for_each(|parts| router.send(parts).unwrap());
        assert_eq!((req.events().as_str(), req.recv()), ("--", Err(Error::EAGAIN)));
        router.send(&[b"Q", b"", b""]).unwrap();
        assert_eq!((req.recv().as_deref(), req.events().as_str()), (Ok(""), "-O"));
    }

    #[test]
    fn only_who_was_asked_may_reply() {
        let (mut req, mut asked) = req_and_router(&[]);
        let mut other = Sock::new(ZMQ_ROUTER);
        connect(&mut req, &mut other);
        req.send(&[b"1"]).unwrap();
        other.send(&[b"Q", b"", b"wrong"]).unwrap();
        assert_eq!(req.recv(), Err(Error::EAGAIN));
        asked.send(&[b"Q", b"", b"right"]).unwrap();
        asked.send(&[b"Q", b"", b"once more"]).unwrap();
        assert_eq!(req.recv().as_deref(), Ok("right"));
        // The next request goes to the next peer, and what came before it is no reply to it.
        req.send(&[b"2"]).unwrap();
        assert_eq!((asked.drain(), other.drain()), (vec!["Q||1".into()], vec!["Q||2".into()]));
        assert_eq!(req.recv(), Err(Error::EAGAIN));
    }

    #[test]
    fn a_reply_survives_its_sender() {
        let (mut req, mut router) = req_and_router(&[]);
        req.send(&[b"1"]).unwrap();
        router.send(&[b"Q", b"", b"reply"]).unwrap();
        router.leave_all();
        assert_eq!((req.recv().as_deref(), req.events().as_str()), (Ok("reply"), "--"));
    }

    #[test]
    fn anybody_may_reply_for_a_peer_that_is_gone() {
        let (mut req, mut asked) = req_and_router(&[]);
        let mut other = Sock::new(ZMQ_ROUTER);
        connect(&mut req, &mut other);
        req.send(&[b"1"]).unwrap();
        asked.leave_all();
        assert_eq!((req.recv(), req.send(&[b"2"])), (Err(Error::EAGAIN), Err(Error::EFSM)));
        other.send(&[b"Q", b"", b"late"]).unwrap();
        assert_eq!(req.recv().as_deref(), Ok("late"));
    }

    #[test]
    fn correlation_tells_replies_apart() {
        let (mut req, mut router) = req_and_router(&[ZMQ_REQ_CORRELATE]);
        let mut ids = Vec::new();
        for _ in 0..2 {
            req.send(&[b"q"]).unwrap();
            let parts: Vec<_> = (0..4).map(|_| router.recv_part().unwrap()).collect();
            let id: [u8; 4] = parts[1].0[..].try_into().unwrap();
            assert_eq!(
                [&parts[0], &parts[2], &parts[3]],
                [&(b"Q".to_vec(), true), &(vec![], true), &(b"q".to_vec(), false)]
            );
            let bad: [&[&[u8]]; 5] = [
                &[b"Q", b"", b"no id"],
                &[b"Q", b"abcd", b"", b"x"],
                &[b"Q", &id, b"x", b"y"],
                &[b"Q", &id],
                &[b"Q", &id, b""],
            ];
            bad.iter().for_each(|parts| router.send(parts).unwrap());
            assert_eq!(req.recv(), Err(Error::EAGAIN));
            router.send(&[b"Q", &id, b"", b"good"]).unwrap();
            assert_eq!(req.recv().as_deref(), Ok("good"));
            ids.push(u32::from_ne_bytes(id));
        }
        assert_eq!(ids[1].wrapping_sub(ids[0]), 1);
    }

    #[test]
    fn relaxed_requests_follow_each_other() {
        let (mut req, mut first) = req_and_router(&[ZMQ_REQ_RELAXED]);
        let mut second = Sock::new(ZMQ_ROUTER);
        connect(&mut req, &mut second);
        for i in [b"0", b"1", b"2", b"3"] {
            req.send(&[i]).unwrap();
            assert_eq!(req.events(), "-O");
        }
        assert_eq!(
            (first.drain(), second.drain()),
            (vec!["Q||0".into(), "Q||2".into()], vec!["Q||1".into(), "Q||3".into()])
        );
        // Only the pipe of the last request counts; without correlation the first message there is the reply.
        first.send(&[b"Q", b"", b"to 2"]).unwrap();
        second.send(&[b"Q", b"", b"to 1", b"tail"]).unwrap();
        second.send(&[b"Q", b"", b"to 3"]).unwrap();
        assert_eq!(req.recv_part(), Ok((b"to 1".to_vec(), true)));
        // A reply half read is given up by the next request.
        req.send(&[b"4"]).unwrap();
        assert_eq!(req.recv(), Err(Error::EAGAIN));
        first.send(&[b"Q", b"", b"to 4"]).unwrap();
        assert_eq!((req.recv().as_deref(), req.recv()), (Ok("to 4"), Err(Error::EFSM)));
    }

    #[test]
    fn relaxed_and_correlated_late_replies_are_left_out() {
        let (mut req, mut rep) = (Sock::with(ZMQ_REQ, &[ZMQ_REQ_RELAXED, ZMQ_REQ_CORRELATE]), Sock::new(ZMQ_REP));
        connect(&mut req, &mut rep);
        req.send(&[b"1"]).unwrap();
        req.send(&[b"2"]).unwrap();
        for _ in 0..2 {
            let request = rep.recv().unwrap();
            rep.send(&[b"re", request.as_bytes()]).unwrap();
        }
        assert_eq!((req.recv().as_deref(), req.recv()), (Ok("re|2"), Err(Error::EFSM)));
    }
}
