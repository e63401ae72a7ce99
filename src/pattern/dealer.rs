//! DEALER (28/REQREP): sends to its peers in turn, receives from them in turn, and looks into no message.

use super::parts::{greet, FairQueue, LoadBalancer};
use super::Pattern;
use crate::consts::ZMQ_PROBE_ROUTER;
use crate::error::{Error, Result};
use crate::msg::Msg;
use crate::options::codec::{self, write_only, Codec::Natural, Row};
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct Dealer {
    inbound: FairQueue,
    out: LoadBalancer,
    probe: bool,
}

static ROWS: &[Row<Dealer>] = &[write_only(ZMQ_PROBE_ROUTER, Natural(|d| &mut d.probe))];

impl Pattern for Dealer {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, _local: bool) {
        if self.probe {
            greet(pipes, id);
        }
        self.inbound.attach(id);
        self.out.attach(id);
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
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
        self.out.send(pipes, msg).map(drop)
    }

    fn recv(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        let (_, part) = self.inbound.recv(pipes).ok_or(Error::EAGAIN)?;
        *msg = part;
        Ok(())
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.out.can_send(pipes)
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
