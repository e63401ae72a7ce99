//! REP (28/REQREP): one request, one reply, in strict turn.
//!
//! A request begins with an envelope: any number of routing ids, then an empty delimiter. REP keeps the envelope, shows the
//! body, and sends the reply back to where the request came from, with the envelope before it. A message without
//! delimiter, or with nothing after it, is left out. A reply to a peer that is gone or full is dropped.
//!
//! | state | recv | send |
//! |---|---|---|
//! | `Idle` | first part of the next request | EFSM |
//! | `Receiving` | next part; after the last one `Replying` | EFSM |
//! | `Replying` | EFSM | next part; after the last one `Idle` |

use super::router::{deliver, Router};
use super::{Pattern, Wire};
use crate::error::{Error, Result};
use crate::msg::Msg;
use crate::pipe::{PipeId, Pipes};

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Idle,
    Receiving,
    Replying,
}

/// See the module comment.
#[derive(Default)]
pub struct Rep {
    router: Router,
    state: State,
    /// Parts up to the delimiter, not sent back yet.
    envelope: Vec<Msg>,
    /// Who asked; None: nobody who could be answered.
    asker: Option<PipeId>,
}

impl Rep {
    /// Reads on up to the body of the next request. False: there is none.
    fn open_request(&mut self, pipes: &mut Pipes) -> bool {
        self.envelope.clear();
        while let Some((asker, part)) = self.router.recv_part(pipes) {
            let (delimiter, last) = (part.is_empty(), !part.more());
            self.envelope.push(part);
            if last {
                self.envelope.clear();
            } else if delimiter {
                (self.asker, self.state) = (asker, State::Receiving);
                return true;
            }
        }
        false
    }

    /// Puts the envelope before the reply, if there is room for it.
    fn address(&mut self, pipes: &mut Pipes) {
        self.asker = self.asker.filter(|&asker| pipes.can_write(asker));
        for part in self.envelope.drain(..) {
            if let Some(asker) = self.asker {
                deliver(pipes, asker, part);
            }
        }
    }
}

impl Pattern for Rep {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, local: bool) {
        self.router.attach(pipes, id, local);
    }

    fn detach(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.router.detach(pipes, id);
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.router.readable(pipes, id);
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        if self.state != State::Replying {
            return Err(Error::EFSM);
        }
        if !self.envelope.is_empty() {
            self.address(pipes);
        }
        let part = msg.take();
        if !part.more() {
            self.state = State::Idle;
        }
        if let Some(asker) = self.asker {
            deliver(pipes, asker, part);
        }
        Ok(())
    }

    fn recv(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        if self.state == State::Replying {
            return Err(Error::EFSM);
        }
        if self.state == State::Idle && !self.open_request(pipes) {
            return Err(Error::EAGAIN);
        }
        let (_, part) = self.router.recv_part(pipes).ok_or(Error::EAGAIN)?;
        if !part.more() {
            self.state = State::Replying;
        }
        *msg = part;
        Ok(())
    }

    fn can_send(&mut self, _pipes: &mut Pipes) -> bool {
        self.state == State::Replying
    }

    fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        match self.state {
            State::Idle => self.open_request(pipes),
            State::Receiving => true,
            State::Replying => false,
        }
    }

    fn set_option(&mut self, pipes: &mut Pipes, id: i32, value: &[u8]) -> Option<Result<()>> {
        self.router.set_option(pipes, id, value)
    }

    fn get_option(&mut self, id: i32, buf: &mut [u8]) -> Option<Result<usize>> {
        self.router.get_option(id, buf)
    }

    fn wire(&self) -> Wire {
        self.router.wire()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, couple, Sock};
    use crate::consts::*;
    use crate::error::Error;

    #[test]
    fn requests_and_replies_alternate() {
        let (mut dealer, mut rep) = couple(ZMQ_DEALER, ZMQ_REP);
        assert_eq!(
            (rep.events().as_str(), rep.send(&[b"x"]), rep.recv()),
            ("--", Err(Error::EFSM), Err(Error::EAGAIN))
        );
        dealer.send(&[b"", b"1", b"2"]).unwrap();
        dealer.send(&[b"", b"next"]).unwrap();
        assert_eq!((rep.events().as_str(), rep.send(&[b"x"])), ("I-", Err(Error::EFSM)));
        assert_eq!((rep.recv_part(), rep.events().as_str()), (Ok((b"1".to_vec(), true)), "I-"));
        assert_eq!((rep.send(&[b"x"]), rep.recv().as_deref()), (Err(Error::EFSM), Ok("2")));
        assert_eq!((rep.events().as_str(), rep.recv()), ("-O", Err(Error::EFSM)));
        rep.part(b"a", true).unwrap();
        assert_eq!((rep.events().as_str(), rep.recv()), ("-O", Err(Error::EFSM)));
        rep.part(b"b", false).unwrap();
        assert_eq!((rep.events().as_str(), dealer.drain()), ("I-", vec!["|a|b".into()]));
    }

    #[test]
    fn envelopes_go_back_and_malformed_requests_are_left_out() {
        let (mut dealer, mut rep) = couple(ZMQ_DEALER, ZMQ_REP);
        let bad: [&[&[u8]]; 4] = [&[b"a"], &[b"a", b"b"], &[b""], &[b"a", b""]];
        bad.iter().for_each(|parts| dealer.send(parts).unwrap());
        assert_eq!(
            (rep.recv(), rep.send(&[b"x"]), rep.events().as_str()),
            (Err(Error::EAGAIN), Err(Error::EFSM), "--")
        );
        let good: [(&[&[u8]], &str, &str); 4] = [
            (&[b"", b""], "", "|re"),
            (&[b"", b"x"], "x", "|re"),
            (&[b"a", b"b", b"", b"x", b"y"], "x|y", "a|b||re"),
            (&[b"", b"", b"z"], "|z", "|re"),
        ];
        for (request, body, reply) in good {
            dealer.send(&[b"bad"]).unwrap();
            dealer.send(request).unwrap();
            assert_eq!((rep.recv().as_deref(), rep.send(&[b"re"])), (Ok(body), Ok(())));
            assert_eq!(dealer.recv().as_deref(), Ok(reply));
        }
    }

    #[test]
    fn replies_to_the_vanished_and_the_full_are_dropped() {
        let (mut dealer, mut rep) = couple(ZMQ_DEALER, ZMQ_REP);
        dealer.send(&[b"", b"1"]).unwrap();
        assert_eq!(rep.recv().as_deref(), Ok("1"));
        dealer.leave_all();
        assert_eq!((rep.events().as_str(), rep.send(&[b"a", b"b"]), rep.events().as_str()), ("-O", Ok(()), "--"));

        let (mut dealer, mut rep) = (Sock::new(ZMQ_DEALER), Sock::new(ZMQ_REP));
        (dealer.hwm, rep.hwm) = (1, 1);
        connect(&mut dealer, &mut rep);
        for i in 0..5 {
            dealer.send(&[b"e", b"", &[b'0' + i]]).unwrap();
            assert!(rep.recv().is_ok());
            rep.send(&[b"re", &[b'0' + i]]).unwrap();
        }
        assert_eq!(dealer.drain(), ["e||re|0", "e||re|1"]);
    }

    #[test]
    fn a_reply_half_sent_vanishes_with_its_receiver() {
        let (mut dealer, mut rep) = couple(ZMQ_DEALER, ZMQ_REP);
        dealer.send(&[b"", b"1"]).unwrap();
        assert_eq!(rep.recv().as_deref(), Ok("1"));
        rep.part(b"a", true).unwrap();
        dealer.leave_all();
        assert_eq!((rep.part(b"b", false), rep.events().as_str()), (Ok(()), "--"));
        let mut next = Sock::new(ZMQ_REQ);
        connect(&mut next, &mut rep);
        next.send(&[b"2"]).unwrap();
        assert_eq!((rep.recv().as_deref(), rep.send(&[b"re"]), next.recv().as_deref()), (Ok("2"), Ok(()), Ok("re")));
    }

    #[test]
    fn each_asker_gets_its_own_reply() {
        let mut rep = Sock::new(ZMQ_REP);
        let mut reqs: Vec<_> = (0..3).map(|_| Sock::new(ZMQ_REQ)).collect();
        for (i, req) in reqs.iter_mut().enumerate() {
            connect(req, &mut rep);
            req.send(&[i.to_string().as_bytes()]).unwrap();
        }
        for _ in 0..3 {
            let request = rep.recv().unwrap();
            rep.send(&[b"re", request.as_bytes()]).unwrap();
        }
        let replies: Vec<_> = reqs.iter_mut().map(|req| req.recv().unwrap()).collect();
        assert_eq!(replies, ["re|0", "re|1", "re|2"]);
    }
}
