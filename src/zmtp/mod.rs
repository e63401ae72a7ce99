//! ZMTP without sockets and clocks (RFC 37, with peers of RFC 23, 15 and 13): bytes and time in; bytes, messages, events
//! and a deadline out.
//!
//! The session drives a [`Connection`]: it feeds received bytes to `decode` until that has nothing more to say, queues
//! messages with `encode` once the handshake is over, writes `output`, and wakes up at `deadline`. [`Raw`] has the same
//! shape for sockets that speak no protocol. Inside: `greeting` finds out whom we talk to, `frame` cuts the stream into
//! frames and makes them, `command` knows the commands of the traffic, `heartbeat` the silence, `outbox` holds what waits
//! for the descriptor. Where this differs from libzmq's behaviour on purpose, the place says why.
#![forbid(unsafe_code)]

mod command;
mod connection;
mod frame;
pub mod fuzz;
mod greeting;
mod heartbeat;
mod outbox;
mod peer;
#[cfg(test)]
mod random_tests;
mod raw;
#[cfg(test)]
mod tests;

pub use crate::security::Failure;
pub use connection::{Connection, Event, LARGE};
pub use peer::{Peer, Version};
pub use raw::Raw;
