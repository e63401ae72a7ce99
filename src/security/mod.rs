//! Security mechanisms of ZMTP 3: the handshake of commands between greeting and traffic, and what it does to frames.
//!
//! A mechanism is an inner state machine without I/O: the connection (`zmtp`) gives it the peer's commands and sends the
//! ones it wants to say. When it needs the ZAP handler's verdict it says so ([`State::AwaitingZap`]); the connection turns
//! the request into an event, stops taking bytes from the peer, and goes on when the reply comes in. One file per
//! mechanism; [`properties`] is the metadata that all of them exchange.
#![forbid(unsafe_code)]

pub mod curve;
mod failure;
pub mod null;
pub mod plain;
#[cfg(test)]
mod plain_tests;
pub mod properties;
#[cfg(test)]
mod testing;
pub mod zap;

pub use failure::Failure;
pub use properties::{Introduction, Properties};

use crate::error::{Error, Result};
use crate::options::{self, Mechanism as Kind};

/// How far a mechanism is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Commands are still to be exchanged.
    Handshaking,
    /// Nothing goes on until [`Mechanism::on_zap_reply`].
    AwaitingZap,
    /// Both sides have said all; traffic may start. Commands that are still queued go out first.
    Done,
}

/// A frame as it travels: body and meaning, without the protocol's header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FrameKind {
    /// More frames of the same message follow.
    pub more: bool,
    /// The body is a command.
    pub command: bool,
}

/// What the frames of the traffic go through. Without methods of its own: nothing, they travel as they are.
pub trait Cipher {
    /// Whether frames of the traffic go through `encode` and `decode`. Constant for the life of the mechanism.
    fn encrypts(&self) -> bool {
        false
    }

    /// Octets by which `encode` makes a body larger.
    fn overhead(&self) -> usize {
        0
    }

    /// Appends to `out`, which has room for it, the body that travels in place of a frame made of `parts`.
    fn encode(&mut self, _kind: FrameKind, parts: &[&[u8]], out: &mut Vec<u8>) -> std::result::Result<(), Failure> {
        parts.iter().for_each(|part| out.extend_from_slice(part));
        Ok(())
    }

    /// The reverse of `encode`, in place, for a body from the peer: what the frame is, and at which octet its own body
    /// begins, which goes to the end.
    fn decode(&mut self, kind: FrameKind, _body: &mut [u8]) -> std::result::Result<(FrameKind, usize), Failure> {
        Ok((kind, 0))
    }
}

/// The handshake of one connection and, for mechanisms that encrypt, its traffic.
///
/// Order of calls: after the greeting, and after each `on_command` and `on_zap_reply`, the connection asks
/// `next_command` until it has nothing to say, then looks at `state`.
pub trait Mechanism: Cipher + Send {
    /// Body of the next command to send (name and data), None when there is nothing to say now.
    fn next_command(&mut self) -> std::result::Result<Option<Vec<u8>>, Failure>;

    /// Takes the body of a frame that the peer sent during the handshake.
    fn on_command(&mut self, body: &[u8]) -> std::result::Result<(), Failure>;

    /// How far the handshake is.
    fn state(&self) -> State;

    /// The question for the ZAP handler; asked once, when the state is [`State::AwaitingZap`].
    fn zap_request(&mut self) -> Option<zap::Request> {
        None
    }

    /// Takes the handler's verdict.
    fn on_zap_reply(&mut self, _reply: zap::Reply) -> std::result::Result<(), Failure> {
        Ok(())
    }

    /// What the peer said about itself; asked once, when the state is [`State::Done`].
    fn peer_properties(&mut self) -> Properties;
}

/// The name that the greeting announces.
pub fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "NULL",
        Kind::Plain => "PLAIN",
        Kind::Curve => "CURVE",
        Kind::Gssapi => "GSSAPI",
    }
}

/// The mechanism that the options ask for; `own` is how it will introduce this side. ENOTSUP where it is not built in.
pub fn new(options: &options::Security, own: Introduction) -> Result<Box<dyn Mechanism>> {
    match options.mechanism {
        Kind::Null => Ok(Box::new(null::Null::new(own, zap::Need::of_null(options)))),
        Kind::Plain if options.as_server => Ok(Box::new(plain::Server::new(options, own))),
        Kind::Plain => {
            Ok(Box::new(plain::Client::new(options.plain_username.clone(), options.plain_password.clone(), own)))
        }
        Kind::Curve if options.as_server => {
            Ok(Box::new(curve::Server::new(options, zap::Need::of_curve(options), own)))
        }
        Kind::Curve => Ok(Box::new(curve::Client::new(options, own))),
        Kind::Gssapi => Err(Error::ENOTSUP),
    }
}

/// Splits a command's body into name and data. None: empty, without a name, or shorter than its name.
pub fn split_command(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = body.split_first()?;
    if length == 0 {
        return None;
    }
    rest.split_at_checked(length as usize)
}

/// What an ERROR command of the handshake means: the three ZAP statuses are an authentication failure, other reasons are
/// text that nobody defined.
pub fn on_error_command(data: &[u8]) -> Failure {
    use crate::consts::ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR as MALFORMED;
    let reason = data.split_first().and_then(|(&n, rest)| rest.get(..n as usize));
    match reason {
        None => Failure::Protocol(MALFORMED),
        Some(b"300") => Failure::Auth(300),
        Some(b"400") => Failure::Auth(400),
        Some(b"500") => Failure::Auth(500),
        Some(_) => Failure::Refused("the peer ended the handshake with an ERROR command"),
    }
}
