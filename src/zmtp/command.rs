//! The commands of the traffic (RFC 37): SUBSCRIBE, CANCEL, PING, PONG.

use crate::msg::{Control, Msg};
use crate::security::split_command;

use super::Failure;

/// Longest context that a PONG echoes, in octets.
pub(super) const CONTEXT_MAX: usize = 16;

/// Name octets of a SUBSCRIBE command, with their count.
pub(super) const SUBSCRIBE: &[u8] = b"\x09SUBSCRIBE";
/// Name octets of a CANCEL command, with their count.
pub(super) const CANCEL: &[u8] = b"\x06CANCEL";

/// The context of a PING, waiting to be echoed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Context {
    bytes: [u8; CONTEXT_MAX],
    length: usize,
}

impl Context {
    /// The first octets of `data`; libzmq cuts longer contexts instead of refusing them.
    fn new(data: &[u8]) -> Self {
        let length = data.len().min(CONTEXT_MAX);
        let mut bytes = [0; CONTEXT_MAX];
        bytes[..length].copy_from_slice(&data[..length]);
        Self { bytes, length }
    }

    /// Body of the PONG that echoes it.
    pub(super) fn pong(&self) -> Vec<u8> {
        [b"\x04PONG", &self.bytes[..self.length]].concat()
    }
}

/// Body of a PING; the time to live is in tenths of a second, 0 for none.
pub(super) fn ping(ttl_tenths: u16) -> [u8; 7] {
    let [high, low] = ttl_tenths.to_be_bytes();
    [4, b'P', b'I', b'N', b'G', high, low]
}

/// What a command of the traffic says.
#[derive(Debug)]
pub(super) enum Command {
    /// The peer wants to hear back, and perhaps (tenths of a second, 0 for never) to be dropped when it falls silent.
    Ping { ttl_tenths: u16, context: Context },
    /// [`Control::Subscribe`] or [`Control::Cancel`]; the body is the topic.
    Subscription(Msg),
    /// Well formed, and nothing to do: PONG, words of a handshake that is over, names that a later protocol may know.
    Ignored,
}

/// Reads a command. Malformed ones close the connection: a peer that cannot count is not worth guessing at (libzmq
/// ignores most of them and reads beyond the end of a short PING).
pub(super) fn parse(body: &[u8]) -> Result<Command, Failure> {
    let (name, data) = split_command(body).ok_or(Failure::Refused("the peer sent a malformed command"))?;
    match name {
        b"PING" => {
            let (ttl, context) = data.split_first_chunk().ok_or(Failure::Refused("the peer sent a short PING"))?;
            Ok(Command::Ping { ttl_tenths: u16::from_be_bytes(*ttl), context: Context::new(context) })
        }
        b"PONG" if data.len() > CONTEXT_MAX => Err(Failure::Refused("the peer sent a PONG with too long a context")),
        b"SUBSCRIBE" => Ok(Command::Subscription(Msg::from_slice(data)?.with_control(Control::Subscribe))),
        b"CANCEL" => Ok(Command::Subscription(Msg::from_slice(data)?.with_control(Control::Cancel))),
        _ => Ok(Command::Ignored),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_commands_are_failures() {
        for body in [&b""[..], b"\0", b"\0PING", b"\x05PING", b"\x04PIN", b"\x04PING", b"\x04PING\0"] {
            assert!(matches!(parse(body), Err(Failure::Refused(_))), "{body:?}");
        }
        assert!(matches!(parse(&[b"\x04PONG", &[0; 17][..]].concat()), Err(Failure::Refused(_))));
        for body in [&b"\x04PONG"[..], b"\x04ping", b"\x05READY", b"\x05ERROR\x03400"] {
            assert!(matches!(parse(body), Ok(Command::Ignored)), "{body:?}");
        }
    }

    #[test]
    fn a_pong_echoes_only_what_came_and_at_most_sixteen_octets() {
        for n in 0..40 {
            let ping = [b"\x04PING\x02\x90", &vec![b'c'; n][..]].concat();
            let Ok(Command::Ping { ttl_tenths: 656, context }) = parse(&ping) else { panic!("{n}") };
            assert_eq!(context.pong(), [b"\x04PONG", &vec![b'c'; n.min(16)][..]].concat());
        }
    }
}
