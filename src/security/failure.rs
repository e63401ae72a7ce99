//! Why a connection has to be closed, in the words of the monitor.

use crate::consts::{
    ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
};
use crate::error::Error;

/// The reason for closing a connection. After one of these the connection is not used any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// The peer broke the handshake's rules: ZMQ_PROTOCOL_ERROR_….
    Protocol(i32),
    /// Authentication failed: the ZAP status 300, 400 or 500.
    Auth(i32),
    /// The connection cannot go on, and libzmq's monitor has no word for why; the text is for logs.
    Refused(&'static str),
    /// ZMQ_HANDSHAKE_IVL went by.
    HandshakeTimeout,
    /// ZMQ_HEARTBEAT_TIMEOUT, or the time to live in the peer's PING, went by without a byte from it.
    Silent,
    /// A frame is larger than ZMQ_MAXMSGSIZE (or than a handshake needs).
    TooLarge,
    /// The system refused a resource (ENOMEM).
    System(Error),
}

impl Failure {
    /// The handshake event that a monitor sees before DISCONNECTED: (event, value). None where libzmq sends none, which
    /// includes most of what happens after the handshake. A mechanism's word about the rules is told at any time: a CURVE
    /// message that is repeated or does not open has no other event.
    pub fn handshake_event(self, handshaking: bool) -> Option<(i32, i32)> {
        match self {
            Self::Protocol(code) => Some((ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, code)),
            _ if !handshaking => None,
            Self::Auth(status) => Some((ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, status)),
            Self::HandshakeTimeout => Some((ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, Error::EAGAIN.0)),
            Self::System(error) => Some((ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, error.0)),
            Self::Refused(_) | Self::Silent | Self::TooLarge => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::System(error)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Protocol(code) => write!(f, "the peer broke the protocol ({code:#x})"),
            Self::Auth(status) => write!(f, "authentication failed with status {status}"),
            Self::Refused(why) => f.write_str(why),
            Self::HandshakeTimeout => f.write_str("the handshake took too long"),
            Self::Silent => f.write_str("the peer fell silent"),
            Self::TooLarge => f.write_str("a frame is larger than allowed"),
            Self::System(error) => write!(f, "the system refused a resource (errno {})", error.0),
        }
    }
}
