//! PAIR (31/EXPAIR): exactly one peer at a time; whoever comes while there is one is turned away.
//!
//! When the peer leaves in the middle of a message that is being sent, the rest of that message is dropped, so that the
//! next peer does not get a part of it.

use super::Pattern;
use crate::error::{Error, Result};
use crate::msg::{Control, Msg};
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct Pair {
    peer: Option<PipeId>,
    /// Who got the first parts of the message being sent.
    sending_to: Option<PipeId>,
}

impl Pattern for Pair {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, _local: bool) {
        match self.peer {
            Some(_) => pipes.refuse(id),
            None => self.peer = Some(id),
        }
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.peer.take_if(|peer| *peer == id);
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        let more = msg.more();
        let to = match self.sending_to {
            Some(peer) => peer,
            None => self.peer.filter(|&peer| pipes.can_write(peer)).ok_or(Error::EAGAIN)?,
        };
        // A peer that left takes the rest of its message along.
        if pipes.write(to, msg.take()).is_ok() && !more {
            pipes.flush(to);
        }
        self.sending_to = more.then_some(to);
        Ok(())
    }

    fn recv(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        let peer = self.peer.ok_or(Error::EAGAIN)?;
        loop {
            let part = pipes.read(peer).ok_or(Error::EAGAIN)?;
            if part.control() == Control::None {
                *msg = part;
                return Ok(());
            }
        }
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.sending_to.is_some() || self.peer.is_some_and(|peer| pipes.can_write(peer))
    }

    fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        self.peer.is_some_and(|peer| pipes.can_read(peer))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, couple, Sock};
    use crate::consts::ZMQ_PAIR;
    use crate::error::Error;

    #[test]
    fn there_is_one_peer_at_a_time() {
        let (mut a, mut b) = couple(ZMQ_PAIR, ZMQ_PAIR);
        let mut late = Sock::new(ZMQ_PAIR);
        connect(&mut late, &mut b);
        assert_eq!((late.events().as_str(), late.pipes.len(), b.pipes.len()), ("--", 0, 1));
        a.send(&[b"from", b"a"]).unwrap();
        b.send(&[b"to a"]).unwrap();
        assert_eq!((a.recv().unwrap(), late.recv()), ("to a".into(), Err(Error::EAGAIN)));
        a.leave_all();
        // Not before everything of the old peer was read.
        connect(&mut late, &mut b);
        assert_eq!(late.events(), "--");
        assert_eq!((b.drain(), b.events().as_str()), (vec!["from|a".into()], "--"));
        connect(&mut late, &mut b);
        b.send(&[b"to late"]).unwrap();
        assert_eq!(late.drain(), ["to late"]);
    }

    #[test]
    fn the_mark_is_kept_and_a_lonely_pair_waits() {
        let (mut a, mut b) = (Sock::new(ZMQ_PAIR), Sock::new(ZMQ_PAIR));
        assert_eq!((a.send(&[b"x"]), a.recv()), (Err(Error::EAGAIN), Err(Error::EAGAIN)));
        (a.hwm, b.hwm) = (1, 1);
        connect(&mut a, &mut b);
        let sent: Vec<_> = (0..3).map(|_| a.send(&[b"x"])).collect();
        assert_eq!(sent, [Ok(()), Ok(()), Err(Error::EAGAIN)]);
        assert_eq!((b.recv().as_deref(), a.events().as_str()), (Ok("x"), "-O"));
    }

    #[test]
    fn the_next_peer_gets_no_half_message() {
        let (mut a, mut b) = couple(ZMQ_PAIR, ZMQ_PAIR);
        a.part(b"1", true).unwrap();
        b.leave_all();
        a.work();
        let mut next = Sock::new(ZMQ_PAIR);
        connect(&mut next, &mut a);
        assert_eq!((a.part(b"2", true), a.part(b"3", false)), (Ok(()), Ok(())));
        a.send(&[b"whole"]).unwrap();
        assert_eq!(next.drain(), ["whole"]);
    }
}
