//! What follows the handshake: every frame, of messages and commands alike, travels as a MESSAGE.
//!
//! ```text
//! 7 "MESSAGE" | count, 8 octets | box: tag, 16 octets | flags | body
//! ```
//!
//! Both ways work in place: a body is copied once, into the wire's buffer, and encrypted there; one that came is
//! decrypted where it was received.

use crate::consts::*;
use crate::security::{split_command, Cipher, Failure, FrameKind};

use super::boxes::{Shared, TAG};
use super::direction::Direction;
use super::{protocol, Counter, SHORT};

const NAME: &[u8; 8] = b"\x07MESSAGE";
const FROM_CLIENT: &[u8; 16] = b"CurveZMQMESSAGEC";
const FROM_SERVER: &[u8; 16] = b"CurveZMQMESSAGES";

const FLAGS: usize = NAME.len() + SHORT + TAG;
/// Octets that a frame gains.
const OVERHEAD: usize = FLAGS + 1;

/// What is said to a frame that comes before the keys.
const TOO_EARLY: Failure = Failure::Refused("a frame of the traffic during the handshake");

const MORE: u8 = 1;
const COMMAND: u8 = 2;

/// The encrypted traffic of one connection.
pub struct Traffic {
    send: Direction,
    receive: Direction,
    sent: Counter,
    received: Counter,
}

impl Traffic {
    /// Goes on where the handshake's nonces ended.
    pub(super) fn new(shared: Shared, server: bool, sent: Counter, received: Counter) -> Self {
        let (ours, theirs) = if server { (FROM_SERVER, FROM_CLIENT) } else { (FROM_CLIENT, FROM_SERVER) };
        Self { send: Direction::new(&shared, ours), receive: Direction::new(&shared, theirs), sent, received }
    }

    /// Appends the MESSAGE for a frame.
    pub(super) fn encode(&mut self, kind: FrameKind, parts: &[&[u8]], out: &mut Vec<u8>) -> Result<(), Failure> {
        let count = self.sent.next()?;
        out.extend_from_slice(NAME);
        out.extend_from_slice(&count.to_be_bytes());
        let start = out.len();
        out.extend_from_slice(&[0; TAG]);
        out.push((u8::from(kind.more) * MORE) | (u8::from(kind.command) * COMMAND));
        parts.iter().for_each(|part| out.extend_from_slice(part));
        self.send.seal(count, &mut out[start..]);
        Ok(())
    }

    /// Opens a MESSAGE in place: what the frame is, and where its body begins.
    pub(super) fn decode(&mut self, message: &mut [u8]) -> Result<(FrameKind, usize), Failure> {
        if message.first_chunk() != Some(NAME) {
            return protocol(match split_command(message) {
                Some(_) => ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND,
                None => ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED,
            });
        }
        if message.len() < OVERHEAD {
            return protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE);
        }
        let count = self.admit(message)?;
        match self.receive.open(count, &mut message[NAME.len() + SHORT..]).and_then(|text| text.first()) {
            Some(flags) => Ok((FrameKind { more: flags & MORE != 0, command: flags & COMMAND != 0 }, OVERHEAD)),
            None => protocol(ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC),
        }
    }

    fn admit(&mut self, message: &[u8]) -> Result<u64, Failure> {
        let count = message[NAME.len()..].first_chunk().map_or(0, |count| u64::from_be_bytes(*count));
        if !self.received.admit(count) {
            return protocol(ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE);
        }
        Ok(count)
    }
}

/// Client or server: frames go through what its handshake ended in.
pub trait Side {
    /// None during the handshake, and after one that failed.
    fn traffic(&mut self) -> Option<&mut Traffic>;
}

impl<S: Side> Cipher for S {
    fn encrypts(&self) -> bool {
        true
    }

    fn overhead(&self) -> usize {
        OVERHEAD
    }

    fn encode(&mut self, kind: FrameKind, parts: &[&[u8]], out: &mut Vec<u8>) -> Result<(), Failure> {
        self.traffic().ok_or(TOO_EARLY)?.encode(kind, parts, out)
    }

    fn decode(&mut self, _kind: FrameKind, body: &mut [u8]) -> Result<(FrameKind, usize), Failure> {
        self.traffic().ok_or(TOO_EARLY)?.decode(body)
    }
}
