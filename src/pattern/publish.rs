//! PUB (29/PUBSUB): XPUB that receives nothing. What peers send besides subscriptions is dropped.

use super::xpub::Xpub;
use super::Pattern;
use crate::error::Result;
use crate::msg::Msg;
use crate::options::Options;
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
pub struct Pub {
    xpub: Xpub,
}

impl Default for Pub {
    fn default() -> Self {
        Self { xpub: Xpub::deaf() }
    }
}

impl Pattern for Pub {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, local: bool) {
        self.xpub.attach(pipes, id, local);
    }

    fn detach(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.xpub.detach(pipes, id);
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.xpub.readable(pipes, id);
    }

    fn writable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.xpub.writable(pipes, id);
    }

    fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) -> Result<()> {
        self.xpub.send(pipes, msg)
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.xpub.can_send(pipes)
    }

    fn set_option(&mut self, pipes: &mut Pipes, id: i32, value: &[u8]) -> Option<Result<()>> {
        self.xpub.set_option(pipes, id, value)
    }

    fn get_option(&mut self, id: i32, buf: &mut [u8]) -> Option<Result<usize>> {
        self.xpub.get_option(id, buf)
    }

    fn configure(&mut self, options: &Options) {
        self.xpub.configure(options);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{connect, couple, Sock};
    use crate::consts::*;
    use crate::error::Error;

    #[test]
    fn it_sends_and_does_not_receive() {
        let (mut publisher, mut xsub) = couple(ZMQ_PUB, ZMQ_XSUB);
        assert_eq!((Sock::new(ZMQ_PUB).events().as_str(), publisher.recv()), ("-O", Err(Error::ENOTSUP)));
        xsub.send(&[b"message"]).unwrap();
        xsub.send(&[b"\x01t"]).unwrap();
        xsub.send(&[b"message", b"more"]).unwrap();
        assert_eq!(publisher.events(), "-O");
        ["t1", "u"].iter().for_each(|data| publisher.send(&[data.as_bytes()]).unwrap());
        assert_eq!(xsub.drain(), ["t1"]);
        xsub.leave_all();
        publisher.send(&[b"t"]).unwrap();
        assert_eq!(publisher.pipes.len(), 0);
    }

    #[test]
    fn it_takes_the_options_of_xpub() {
        let mut publisher = Sock::with(ZMQ_PUB, &[ZMQ_XPUB_NODROP, ZMQ_XPUB_VERBOSE, ZMQ_ONLY_FIRST_SUBSCRIBE]);
        assert_eq!(publisher.set_bytes(ZMQ_SUBSCRIBE, b""), Some(Err(Error::EINVAL)));
        assert_eq!(publisher.set_bytes(ZMQ_XPUB_WELCOME_MSG, b"welcome"), Some(Ok(())));
        let mut sub = Sock::new(ZMQ_SUB);
        (publisher.hwm, sub.hwm) = (1, 1);
        sub.set_bytes(ZMQ_SUBSCRIBE, b"");
        connect(&mut sub, &mut publisher);
        assert_eq!((publisher.send(&[b"1"]), publisher.send(&[b"2"])), (Ok(()), Err(Error::EAGAIN)));
        assert_eq!(sub.drain(), ["welcome", "1"]);
    }
}
