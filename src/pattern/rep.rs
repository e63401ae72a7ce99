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
        self.asker.take_if(|asker| *asker == id);
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
