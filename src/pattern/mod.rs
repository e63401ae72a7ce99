//! The socket types: how messages are routed between the application and the pipes of its peers.
//!
//! A pattern is plain logic over [`Pipes`] (ids and messages in, ids and messages out); it knows no thread, no descriptor and
//! no clock. The socket (`src/socket`) calls it under the socket's lock, on whichever thread is in a zmq_ call, and never
//! recursively; no hook may block. One file per type, shared machinery in `parts/`.
#![forbid(unsafe_code)]

mod dealer;
mod pair;
mod parts;
mod publish;
mod pull;
mod push;
mod rep;
mod req;
mod router;
mod stream;
mod subscribe;
#[cfg(test)]
mod testing;
mod xpub;
mod xsub;

use crate::consts::*;
use crate::error::{Error, Result};
use crate::msg::Msg;
use crate::options::Options;
use crate::pipe::{PipeId, Pipes};

/// What connections of a socket speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wire {
    /// ZMTP.
    Zmtp,
    /// Bytes as they come (STREAM, ZMQ_ROUTER_RAW); `notify`: an empty message at connect and disconnect.
    Raw {
        /// ZMQ_STREAM_NOTIFY.
        notify: bool,
    },
}

/// One socket type. The defaults are those of a type that can neither send nor receive.
pub trait Pattern: Send {
    /// A pipe was added; `local` if this socket connected (rather than bound). The pattern must look at it once: for
    /// reading and writing it counts as ready until [`Pipes`] says otherwise. A pipe that is not wanted is given to
    /// [`Pipes::terminate`].
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId, local: bool);

    /// The pipe is gone for good; the id is not valid any more. Everything of it was read, or is lost.
    fn detach(&mut self, pipes: &mut Pipes, id: PipeId);

    /// A pipe that had nothing to read has something, or has come to its end.
    fn readable(&mut self, _pipes: &mut Pipes, _id: PipeId) {}

    /// A pipe that was full has room.
    fn writable(&mut self, _pipes: &mut Pipes, _id: PipeId) {}

    /// The connection behind the pipe was lost and is being made anew; the peer knows nothing any more.
    fn hiccuped(&mut self, _pipes: &mut Pipes, _id: PipeId) {}

    /// Sends one part (its more flag tells whether others follow). On success `msg` is left empty, on failure untouched.
    /// EAGAIN: not now, [`Self::can_send`] will tell; others as the manual says for the type.
    fn send(&mut self, _pipes: &mut Pipes, _msg: &mut Msg) -> Result<()> {
        Err(Error::ENOTSUP)
    }

    /// Receives one part into `msg`, its more flag set if others follow. EAGAIN: nothing there.
    fn recv(&mut self, _pipes: &mut Pipes, _msg: &mut Msg) -> Result<()> {
        Err(Error::ENOTSUP)
    }

    /// Whether [`Self::send`] would not answer EAGAIN (ZMQ_POLLOUT).
    fn can_send(&mut self, _pipes: &mut Pipes) -> bool {
        false
    }

    /// Whether [`Self::recv`] would not answer EAGAIN (ZMQ_POLLIN).
    fn can_recv(&mut self, _pipes: &mut Pipes) -> bool {
        false
    }

    /// Sets an option that is the pattern's own. None: it is not.
    fn set_option(&mut self, _pipes: &mut Pipes, _id: i32, _value: &[u8]) -> Option<Result<()>> {
        None
    }

    /// Reads an option that is the pattern's own into `buf`; the number of bytes. None: it is not.
    fn get_option(&mut self, _id: i32, _buf: &mut [u8]) -> Option<Result<usize>> {
        None
    }

    /// A common option changed (ZMQ_INVERT_MATCHING, ZMQ_IMMEDIATE …); also called once after construction.
    fn configure(&mut self, _options: &Options) {}

    /// What new connections speak.
    fn wire(&self) -> Wire {
        Wire::Zmtp
    }
}

type Make = fn() -> Box<dyn Pattern>;

fn boxed<P: Pattern + Default + 'static>() -> Box<dyn Pattern> {
    Box::<P>::default()
}

static KINDS: &[(i32, Make)] = &[
    (ZMQ_PAIR, boxed::<pair::Pair>),
    (ZMQ_PUB, boxed::<publish::Pub>),
    (ZMQ_SUB, boxed::<subscribe::Sub>),
    (ZMQ_REQ, boxed::<req::Req>),
    (ZMQ_REP, boxed::<rep::Rep>),
    (ZMQ_DEALER, boxed::<dealer::Dealer>),
    (ZMQ_ROUTER, boxed::<router::Router>),
    (ZMQ_PULL, boxed::<pull::Pull>),
    (ZMQ_PUSH, boxed::<push::Push>),
    (ZMQ_XPUB, boxed::<xpub::Xpub>),
    (ZMQ_XSUB, boxed::<xsub::Xsub>),
    (ZMQ_STREAM, boxed::<stream::Stream>),
];

/// A new pattern of the socket type `kind` (ZMQ_PAIR …). None: there is no such type.
pub fn create(kind: i32) -> Option<Box<dyn Pattern>> {
    KINDS.iter().find(|(known, _)| *known == kind).map(|(_, make)| make())
}

/// Whether sockets of this type want the peer's routing id as the first message of each pipe ([`Control::RoutingId`]), also
/// when it is empty. Pipes that speak [`Wire::Raw`] have none.
///
/// [`Control::RoutingId`]: crate::msg::Control::RoutingId
pub fn wants_routing_id(kind: i32) -> bool {
    matches!(kind, ZMQ_ROUTER | ZMQ_REP)
}
