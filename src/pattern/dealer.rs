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
        self.inbound.recv_into(pipes, msg).map(drop).ok_or(Error::EAGAIN)
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

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, Sock};
    use crate::consts::{ZMQ_DEALER, ZMQ_PROBE_ROUTER};
    use crate::error::Error;

    #[test]
    fn both_directions_go_round() {
        let mut dealer = Sock::new(ZMQ_DEALER);
        assert_eq!((dealer.events().as_str(), dealer.send(&[b"x"])), ("--", Err(Error::EAGAIN)));
        let mut peers: Vec<_> = (0..2).map(|_| Sock::new(ZMQ_DEALER)).collect();
        for peer in &mut peers {
            connect(&mut dealer, peer);
        }
        (0..4).for_each(|i| dealer.send(&[&[b'0' + i]]).unwrap());
        let got: Vec<_> = peers.iter_mut().map(Sock::drain).collect();
        assert_eq!(got, [["0", "2"], ["1", "3"]]);
        peers.iter_mut().for_each(|peer| (0..2).for_each(|_| peer.send(&[b"", b"x"]).unwrap()));
        assert_eq!((dealer.events().as_str(), dealer.drain().len()), ("IO", 4));
    }

    #[test]
    fn a_probe_is_an_empty_message() {
        let (mut dealer, mut peer) = (Sock::with(ZMQ_DEALER, &[ZMQ_PROBE_ROUTER]), Sock::new(ZMQ_DEALER));
        connect(&mut dealer, &mut peer);
        assert_eq!(peer.drain(), [""]);
        assert_eq!(dealer.set(ZMQ_PROBE_ROUTER, -1), Some(Err(Error::EINVAL)));
        assert_eq!(dealer.pattern.get_option(ZMQ_PROBE_ROUTER, &mut [0; 4]), Some(Err(Error::EINVAL)));
    }
}
