//! PULL (30/PIPELINE): messages of all PUSH peers, fairly queued.

use super::parts::FairQueue;
use super::Pattern;
use crate::error::{Error, Result};
use crate::msg::Msg;
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct Pull {
    inbound: FairQueue,
}

impl Pattern for Pull {
    fn attach(&mut self, _pipes: &mut Pipes, id: PipeId, _local: bool) {
        self.inbound.attach(id);
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.inbound.detach(id);
    }

    fn readable(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.inbound.activate(id);
    }

    fn recv(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        self.inbound.recv_into(pipes, msg).map(drop).ok_or(Error::EAGAIN)
    }

    fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        self.inbound.can_recv(pipes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, couple, Sock};
    use crate::consts::{ZMQ_PULL, ZMQ_PUSH};
    use crate::error::Error;
    use crate::msg::{Control, Msg};

    #[test]
    fn peers_are_read_in_turn() {
        let mut pull = Sock::new(ZMQ_PULL);
        assert_eq!((pull.events().as_str(), pull.recv()), ("--", Err(Error::EAGAIN)));
        assert_eq!(pull.send(&[b"x"]), Err(Error::ENOTSUP));
        let mut pushes: Vec<_> = (0..3).map(|_| Sock::new(ZMQ_PUSH)).collect();
        for (i, push) in pushes.iter_mut().enumerate() {
            connect(push, &mut pull);
            (0..3 - i).for_each(|k| push.send(&[format!("{i}{k}").as_bytes(), b"m"]).unwrap());
        }
        assert_eq!(pull.events(), "I-");
        assert_eq!(pull.drain(), ["00|m", "10|m", "20|m", "01|m", "11|m", "02|m"]);
        assert_eq!(pull.events(), "--");
        // Those that were empty come back.
        pushes.iter_mut().for_each(|push| push.send(&[b"again"]).unwrap());
        assert_eq!(pull.drain().len(), 3);
    }

    #[test]
    fn what_was_sent_before_leaving_is_received() {
        let (mut push, mut pull) = couple(ZMQ_PUSH, ZMQ_PULL);
        push.send(&[b"1", b"2"]).unwrap();
        push.send(&[b"3"]).unwrap();
        push.part(b"never finished", true).unwrap();
        push.leave_all();
        assert_eq!(pull.recv_part(), Ok((b"1".to_vec(), true)));
        assert_eq!((pull.events().as_str(), pull.pipes.len()), ("I-", 1));
        assert_eq!(pull.drain(), ["2", "3"]);
        assert_eq!((pull.events().as_str(), pull.pipes.len()), ("--", 0));
    }

    #[test]
    fn a_peer_that_goes_does_not_take_the_turn_of_others() {
        let mut pull = Sock::new(ZMQ_PULL);
        let mut pushes: Vec<_> = (0..4).map(|_| Sock::new(ZMQ_PUSH)).collect();
        for (i, push) in pushes.iter_mut().enumerate() {
            connect(push, &mut pull);
            push.send(&[i.to_string().as_bytes(), b"rest"]).unwrap();
        }
        assert_eq!(pull.recv_part(), Ok((b"0".to_vec(), true)));
        // The last in the list, and one before it, go while the first is in the middle of a message.
        let ids: Vec<_> = pull.pipes.ids().into_iter().map(|(id, _)| id).collect();
        pull.leave(ids[3]);
        pull.leave(ids[1]);
        assert_eq!(pull.drain(), ["rest", "2|rest"]);
    }

    #[test]
    fn the_last_keeps_its_turn_when_one_before_it_goes() {
        let mut pull = Sock::new(ZMQ_PULL);
        let mut pushes: Vec<_> = (0..3).map(|_| Sock::new(ZMQ_PUSH)).collect();
        for (i, push) in pushes.iter_mut().enumerate() {
            connect(push, &mut pull);
            (0..2).for_each(|_| push.send(&[i.to_string().as_bytes(), b"rest"]).unwrap());
        }
        assert_eq!((pull.recv().as_deref(), pull.recv().as_deref()), (Ok("0|rest"), Ok("1|rest")));
        assert_eq!(pull.recv_part(), Ok((b"2".to_vec(), true)));
        let second = pull.pipes.ids()[1].0;
        pull.leave(second);
        assert_eq!(pull.recv_part(), Ok((b"rest".to_vec(), false)));
        assert_eq!(pull.drain(), ["0|rest", "2|rest"]);
    }

    #[test]
    fn commands_are_not_messages() {
        let (mut push, mut pull) = couple(ZMQ_PUSH, ZMQ_PULL);
        let id = push.pipes.ids()[0].0;
        for control in [Control::Subscribe, Control::Cancel, Control::RoutingId] {
            push.pipes.write(id, Msg::from_small(b"x").with_control(control)).unwrap();
        }
        push.pipes.flush(id);
        assert_eq!(pull.recv(), Err(Error::EAGAIN));
        push.send(&[b"message"]).unwrap();
        assert_eq!(pull.drain(), ["message"]);
    }
}
