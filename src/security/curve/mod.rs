//! The CURVE mechanism (RFC 25) and its protocol, CurveZMQ (RFC 26).
//!
//! ```text
//! C, S: permanent keys      C', S': keys of this connection      [x](A->B): box from A to B
//!
//! client  HELLO     C' [64 zeros](C'->S)
//! server  WELCOME   [S' cookie](S->C')              cookie: [C' s'](key that only the server knows)
//! client  INITIATE  cookie [C vouch metadata](C'->S')    vouch: [C' S](C->S')
//! server  READY     [metadata](S'->C')
//! both    MESSAGE   [flags body](between C' and S')
//! ```
//!
//! | file | what |
//! |---|---|
//! | `boxes.rs` | keys, boxes, nonces; which crate they come from and why |
//! | `client.rs`, `server.rs` | the two sides of the handshake |
//! | `direction.rs` | boxes of the traffic in one direction |
//! | `traffic.rs` | MESSAGE, both ways, in place |
//!
//! Secrets are wiped when they go ([`Secret`](crate::options::Secret)); between the handshake and the end only the shared
//! key of the two transient keys is left, and what it makes for each direction. Nonces count up and never come back: a box that was recorded opens once.

mod boxes;
mod client;
mod direction;
mod server;
#[cfg(test)]
mod tests;
mod traffic;

pub use client::Client;
pub use server::Server;

use crate::consts::ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC;
use crate::security::Failure;
use boxes::{KEY, LONG, TAG};

/// Octets of a HELLO.
const HELLO: usize = 200;
/// Octets of a WELCOME.
const WELCOME: usize = 168;
/// Octets of a cookie: long nonce and box of two keys.
const COOKIE: usize = LONG + TAG + 2 * KEY;
/// Octets of a vouch, which is made like a cookie.
const VOUCH: usize = COOKIE;
/// Octets of an INITIATE without metadata.
const INITIATE_MIN: usize = 9 + COOKIE + SHORT + TAG + KEY + VOUCH;
/// Octets of a READY without metadata.
const READY_MIN: usize = 6 + SHORT + TAG;
/// Octets of the counted part of a short nonce.
const SHORT: usize = 8;

fn protocol<T>(code: i32) -> Result<T, Failure> {
    Err(Failure::Protocol(code))
}

fn cryptographic() -> Failure {
    Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC)
}

/// The nonces of one direction.
#[derive(Default)]
struct Counter(u64);

impl Counter {
    /// The next nonce to send. After 2^64-1 commands the connection has to end.
    fn next(&mut self) -> Result<u64, Failure> {
        self.0 = self.0.checked_add(1).ok_or(Failure::Refused("no nonces are left"))?;
        Ok(self.0)
    }

    /// After the peer's first command, which may have any nonce.
    fn begun(count: u64) -> Self {
        Self(count)
    }

    /// Takes a nonce of the peer. False: it is not higher than all before, so its command may be a recorded one. Gaps are
    /// let pass, as by libzmq: RFC 26 forbids to use a nonce again, and the stream loses nothing that a gap could tell of.
    fn admit(&mut self, count: u64) -> bool {
        let higher = count > self.0;
        if higher {
            self.0 = count;
        }
        higher
    }
}

/// `N` octets from the front of `data`.
fn take<'a, const N: usize>(data: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (front, rest) = data.split_first_chunk()?;
    *data = rest;
    Some(front)
}
