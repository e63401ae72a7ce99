//! STREAM: bytes to and from TCP peers that do not speak ZMTP.
//!
//! Received is the peer's id and then what came, also an empty message when a peer comes or goes (ZMQ_STREAM_NOTIFY; the
//! connection puts it into the pipe). Sent is an id and then bytes; an empty body closes the connection. Ids are
//! generated, or given by ZMQ_CONNECT_ROUTING_ID; the generated one made last can be read as ZMQ_ROUTING_ID, which is how a
//! program learns the id of the connection it has just asked for.

use super::parts::{FairQueue, RoutingTable};
use super::router::deliver;
use super::{Pattern, Wire};
use crate::consts::*;
use crate::error::{Error, Result};
use crate::msg::Msg;
use crate::options::codec::{self, put_padded, write_only, Codec::Bytes, Codec::Strict, Row};
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
pub struct Stream {
    inbound: FairQueue,
    peers: RoutingTable,
    /// What is received next, its id having been given.
    next_part: Option<Msg>,
    /// As `next_part`, but the id is still to be given.
    next_id: Option<Msg>,
    /// The id has been sent: to whom the body goes, if to anybody.
    sending: Option<Option<PipeId>>,
    connect_id: Vec<u8>,
    last_generated: Option<[u8; 5]>,
    notify: bool,
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            inbound: FairQueue::default(),
            peers: RoutingTable::default(),
            next_part: None,
            next_id: None,
            sending: None,
            connect_id: Vec::new(),
            last_generated: None,
            notify: true,
        }
    }
}

static ROWS: &[Row<Stream>] = &[
    write_only(ZMQ_STREAM_NOTIFY, Strict(|s| &mut s.notify)),
    write_only(ZMQ_CONNECT_ROUTING_ID, Bytes(|s| &mut s.connect_id, 1..=usize::MAX)),
];

impl Stream {
    fn name(&mut self, id: PipeId, local: bool) -> Result<()> {
        let assigned = if local { std::mem::take(&mut self.connect_id) } else { Vec::new() };
        if !assigned.is_empty() && self.peers.pipe(&assigned).is_none() {
            return self.peers.insert(&assigned, id);
        }
        let generated = self.peers.generate();
        self.last_generated = Some(generated);
        self.peers.insert(&generated, id)
    }

    fn read_ahead(&mut self, pipes: &mut Pipes) -> bool {
        let Some((from, mut part)) = self.inbound.recv(pipes) else { return false };
        part.set_more(false);
        let mut id = self.peers.name(from).unwrap_or_default();
        id.set_more(true);
        id.set_metadata(part.metadata().cloned());
        (self.next_id, self.next_part) = (Some(id), Some(part));
        true
    }

    /// To whom the body after this id goes. EHOSTUNREACH, EAGAIN.
    fn choose(&mut self, pipes: &mut Pipes, id: &Msg) -> Result<Option<PipeId>> {
        // An id without a body is taken, but the body that would follow goes nowhere.
        if !id.more() {
            return Ok(None);
        }
        let peer = self.peers.pipe(id.data()).ok_or(Error::EHOSTUNREACH)?;
        match pipes.can_write(peer) {
            true => Ok(Some(peer)),
            false => Err(Error::EAGAIN),
        }
    }
}

impl Pattern for Stream {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, local: bool) {
        match self.name(id, local) {
            Ok(()) => self.inbound.attach(id),
            Err(_) => pipes.terminate(id),
        }
    }

    fn detach(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.inbound.detach(id);
        self.peers.remove(id);
    }

    fn readable(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.inbound.activate(id);
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        let Some(to) = self.sending else {
            self.sending = Some(self.choose(pipes, msg)?);
            drop(msg.take());
            return Ok(());
        };
        self.sending = None;
        let mut part = msg.take();
        part.set_more(false);
        match to {
            Some(peer) if part.is_empty() => pipes.terminate(peer),
            Some(peer) => deliver(pipes, peer, part),
            None => {}
        }
        Ok(())
    }

    fn recv(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        if !self.can_recv(pipes) {
            return Err(Error::EAGAIN);
        }
        *msg = self.next_id.take().or_else(|| self.next_part.take()).ok_or(Error::EAGAIN)?;
        Ok(())
    }

    fn can_send(&mut self, _pipes: &mut Pipes) -> bool {
        true
    }

    fn can_recv(&mut self, pipes: &mut Pipes) -> bool {
        self.next_part.is_some() || self.read_ahead(pipes)
    }

    fn set_option(&mut self, _pipes: &mut Pipes, id: i32, value: &[u8]) -> Option<Result<()>> {
        codec::set(ROWS, self, id, Some(value))
    }

    fn get_option(&mut self, id: i32, buf: &mut [u8]) -> Option<Result<usize>> {
        match (id, self.last_generated) {
            (ZMQ_ROUTING_ID, Some(name)) => Some(put_padded(&name, 0, buf)),
            _ => codec::get(ROWS, self, id, buf),
        }
    }

    fn wire(&self) -> Wire {
        Wire::Raw { notify: self.notify }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, Sock};
    use super::super::Wire;
    use crate::consts::*;
    use crate::error::Error;

    fn with_peer() -> (Sock, Sock, Vec<u8>) {
        let (mut stream, mut peer) = (Sock::new(ZMQ_STREAM), Sock::new(ZMQ_DEALER));
        connect(&mut peer, &mut stream);
        peer.send(&[b"hello"]).unwrap();
        let (id, more) = stream.recv_part().unwrap();
        assert_eq!((id.len(), id[0], more, stream.recv_part()), (5, 0, true, Ok((b"hello".to_vec(), false))));
        (stream, peer, id)
    }

    #[test]
    fn bytes_go_both_ways_under_an_id() {
        let (mut stream, mut peer, id) = with_peer();
        assert_eq!(stream.events(), "-O");
        stream.part(&id, true).unwrap();
        assert_eq!(stream.events(), "-O");
        stream.part(b"1", true).unwrap();
        stream.send(&[&id, b"2"]).unwrap();
        assert_eq!(peer.drain(), ["1", "2"]);
        peer.send(&[b""]).unwrap();
        peer.leave_all();
        assert_eq!(
            (stream.events().as_str(), stream.recv_part(), stream.events().as_str()),
            ("IO", Ok((id, true)), "IO")
        );
        assert_eq!((stream.recv_part(), stream.events().as_str()), (Ok((vec![], false)), "-O"));
    }

    #[test]
    fn an_empty_body_closes_the_connection() {
        let (mut stream, mut peer, id) = with_peer();
        stream.send(&[&id, b"bye"]).unwrap();
        stream.send(&[&id, b""]).unwrap();
        assert_eq!((peer.drain(), peer.pipes.len(), stream.pipes.len()), (vec!["bye".into()], 0, 0));
        assert_eq!(stream.part(&id, true), Err(Error::EHOSTUNREACH));
    }

    #[test]
    fn what_cannot_be_sent_is_said() {
        let (mut stream, mut peer) = (Sock::new(ZMQ_STREAM), Sock::new(ZMQ_DEALER));
        assert_eq!((stream.events().as_str(), stream.part(b"nobody", true)), ("-O", Err(Error::EHOSTUNREACH)));
        (stream.hwm, peer.hwm) = (1, 1);
        stream.set_bytes(ZMQ_CONNECT_ROUTING_ID, b"P").unwrap().unwrap();
        connect(&mut stream, &mut peer);
        (0..2).for_each(|_| stream.send(&[b"P", b"x"]).unwrap());
        assert_eq!((stream.part(b"P", true), stream.events().as_str()), (Err(Error::EAGAIN), "-O"));
        peer.drain();
        // An id without more is taken as one, and its body goes nowhere.
        assert_eq!((stream.part(b"P", false), stream.part(b"lost", false)), (Ok(()), Ok(())));
        stream.send(&[b"P", b"y"]).unwrap();
        assert_eq!(peer.drain(), ["y"]);
        // The peer leaves between id and body.
        stream.part(b"P", true).unwrap();
        peer.leave_all();
        assert_eq!((stream.part(b"z", false), stream.part(b"P", true)), (Ok(()), Err(Error::EHOSTUNREACH)));
    }

    #[test]
    fn the_generated_id_can_be_asked_for() {
        let (mut stream, _peer, id) = with_peer();
        let mut buf = [1; 7];
        assert_eq!(stream.pattern.get_option(ZMQ_ROUTING_ID, &mut buf), Some(Ok(5)));
        assert_eq!((&buf[..5], &buf[5..]), (&id[..], &[0, 0][..]));
        assert_eq!(stream.pattern.get_option(ZMQ_ROUTING_ID, &mut [0; 4]), Some(Err(Error::EINVAL)));
        stream.set_bytes(ZMQ_CONNECT_ROUTING_ID, b"given").unwrap().unwrap();
        connect(&mut stream, &mut Sock::new(ZMQ_DEALER));
        assert_eq!(stream.pattern.get_option(ZMQ_ROUTING_ID, &mut buf), Some(Ok(5)));
        assert_eq!(buf[..5], id);
        assert!(Sock::new(ZMQ_STREAM).pattern.get_option(ZMQ_ROUTING_ID, &mut buf).is_none());
    }

    #[test]
    fn notifications_can_be_switched_off() {
        let mut stream = Sock::new(ZMQ_STREAM);
        assert_eq!(stream.pattern.wire(), Wire::Raw { notify: true });
        assert_eq!(
            (stream.set(ZMQ_STREAM_NOTIFY, 2), stream.set(ZMQ_STREAM_NOTIFY, 0)),
            (Some(Err(Error::EINVAL)), Some(Ok(())))
        );
        assert_eq!(stream.pattern.wire(), Wire::Raw { notify: false });
    }
}
