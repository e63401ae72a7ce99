//! PUSH (30/PIPELINE): each message to the next PULL that has room; waits when none has.

use super::parts::{discard_all, LoadBalancer};
use super::Pattern;
use crate::error::Result;
use crate::msg::Msg;
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct Push {
    out: LoadBalancer,
}

impl Pattern for Push {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, _local: bool) {
        self.out.attach(id);
        discard_all(pipes, id);
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.out.detach(id);
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        discard_all(pipes, id);
    }

    fn writable(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.out.activate(id);
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        self.out.send(pipes, msg).map(drop)
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.out.can_send(pipes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, couple, Sock};
    use crate::consts::{ZMQ_PULL, ZMQ_PUSH};
    use crate::error::Error;

    #[test]
    fn messages_go_round_the_peers_that_have_room() {
        let mut push = Sock::new(ZMQ_PUSH);
        assert_eq!((push.events().as_str(), push.send(&[b"x"])), ("--", Err(Error::EAGAIN)));
        assert_eq!(push.recv(), Err(Error::ENOTSUP));
        let mut pulls: Vec<_> = (0..3).map(|_| Sock::new(ZMQ_PULL)).collect();
        for pull in &mut pulls {
            connect(&mut push, pull);
        }
        (0..7).for_each(|i| push.send(&[i.to_string().as_bytes(), b"m"]).unwrap());
        let got: Vec<_> = pulls.iter_mut().map(Sock::drain).collect();
        assert_eq!(got, [vec!["0|m", "3|m", "6|m"], vec!["1|m", "4|m"], vec!["2|m", "5|m"]]);
    }

    #[test]
    fn full_peers_are_left_out_until_they_have_read() {
        let (mut push, mut fast, mut slow) = (Sock::new(ZMQ_PUSH), Sock::new(ZMQ_PULL), Sock::new(ZMQ_PULL));
        (push.hwm, slow.hwm) = (1, 1);
        connect(&mut push, &mut fast);
        connect(&mut push, &mut slow);
        (0..10).for_each(|_| push.send(&[b"x"]).unwrap());
        assert_eq!((fast.drain().len(), slow.drain().len()), (8, 2));
        (0..4).for_each(|_| push.send(&[b"y"]).unwrap());
        assert_eq!((fast.drain().len(), slow.drain().len()), (2, 2));
    }

    #[test]
    fn a_message_is_finished_above_the_mark() {
        let (mut push, mut pull) = (Sock::new(ZMQ_PUSH), Sock::new(ZMQ_PULL));
        (push.hwm, pull.hwm) = (1, 1);
        connect(&mut push, &mut pull);
        push.send(&[b"1"]).unwrap();
        push.part(b"2", true).unwrap();
        assert_eq!(push.events(), "-O");
        push.part(b"3", false).unwrap();
        assert_eq!((push.events().as_str(), push.part(b"4", false)), ("--", Err(Error::EAGAIN)));
        assert_eq!(pull.drain(), ["1", "2|3"]);
        assert_eq!(push.events(), "-O");
    }

    #[test]
    fn the_rest_of_a_message_goes_with_its_peer() {
        let (mut push, mut first, mut second) = (Sock::new(ZMQ_PUSH), Sock::new(ZMQ_PULL), Sock::new(ZMQ_PULL));
        connect(&mut push, &mut first);
        connect(&mut push, &mut second);
        push.part(b"1", true).unwrap();
        first.leave_all();
        assert_eq!(push.events(), "-O");
        push.part(b"2", true).unwrap();
        push.part(b"3", false).unwrap();
        push.send(&[b"whole", b"message"]).unwrap();
        assert_eq!(second.drain(), ["whole|message"]);
        second.leave_all();
        assert_eq!(push.events(), "--");
        assert_eq!(push.pipes.len(), 0);
    }

    #[test]
    fn a_message_stays_with_its_peer_when_another_goes() {
        let mut push = Sock::new(ZMQ_PUSH);
        let mut pulls: Vec<_> = (0..3).map(|_| Sock::new(ZMQ_PULL)).collect();
        for pull in &mut pulls {
            connect(&mut push, pull);
        }
        push.send(&[b"0"]).unwrap();
        push.send(&[b"1"]).unwrap();
        push.part(b"2", true).unwrap();
        pulls[1].leave_all();
        push.part(b"rest", false).unwrap();
        assert_eq!((pulls[0].drain(), pulls[2].drain()), (vec!["0".into()], vec!["2|rest".to_string()]));
    }

    #[test]
    fn what_a_peer_sends_is_thrown_away() {
        let (mut push, mut dealer) = couple(ZMQ_PUSH, crate::consts::ZMQ_DEALER);
        (0..5000).for_each(|_| dealer.send(&[b"junk"]).map_err(|_| push.work()).unwrap_or_default());
        push.work();
        assert_eq!(dealer.events(), "-O");
    }
}
