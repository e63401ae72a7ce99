//! Transports: what the part of an endpoint before `://` means.
//!
//! [`SCHEMES`] is the table. An IP or local transport turns the rest of the endpoint into a [`Listener`] (bind: everything at
//! once, in the caller's thread, so that the errno is the truth) or a [`Target`] (connect: syntax at once, look-up and
//! connection later, in the background). Nothing here waits, except [`Target::resolve`], and nothing knows what is said over
//! the connection. `socket` and `session` are the users.
#![forbid(unsafe_code)]

mod address;
mod ipc;
mod listener;
pub mod socks;
mod target;
mod tcp;

use std::os::fd::BorrowedFd;

use crate::consts::*;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::sys::{socket, SockAddr};

pub use listener::{bind, Accepted, Listener, Refused};
pub use target::{finish_connect, parse_target, start_connect, Connecting, Target};

/// A transport by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Scheme {
    Tcp,
    Ipc,
    Inproc,
    Udp,
    Pgm,
    Epgm,
    Tipc,
    Norm,
    Vmci,
    Ws,
    Wss,
}

/// One row of the table.
struct Row {
    name: &'static str,
    scheme: Scheme,
    /// Whether this library has it.
    built: bool,
    /// Socket types that can use it; empty is all.
    kinds: &'static [i32],
}

/// The publish-subscribe family, for multicast.
const PUBSUB: &[i32] = &[ZMQ_PUB, ZMQ_SUB, ZMQ_XPUB, ZMQ_XSUB];

const fn row(name: &'static str, scheme: Scheme, built: bool, kinds: &'static [i32]) -> Row {
    Row { name, scheme, built, kinds }
}

static SCHEMES: [Row; 11] = [
    row("tcp", Scheme::Tcp, true, &[]),
    row("ipc", Scheme::Ipc, true, &[]),
    row("inproc", Scheme::Inproc, true, &[]),
    row("udp", Scheme::Udp, false, &[ZMQ_RADIO, ZMQ_DISH, ZMQ_DGRAM]),
    row("pgm", Scheme::Pgm, false, PUBSUB),
    row("epgm", Scheme::Epgm, false, PUBSUB),
    row("norm", Scheme::Norm, false, PUBSUB),
    row("tipc", Scheme::Tipc, false, &[]),
    row("vmci", Scheme::Vmci, false, &[]),
    row("ws", Scheme::Ws, false, &[]),
    row("wss", Scheme::Wss, false, &[]),
];

impl Scheme {
    fn row(self) -> &'static Row {
        // The table has a row for each.
        SCHEMES.iter().find(|r| r.scheme == self).unwrap_or(&SCHEMES[0])
    }

    /// What stands before `://`.
    pub fn name(self) -> &'static str {
        self.row().name
    }
}

/// Takes an endpoint apart. EINVAL if it is not `scheme://address`; EPROTONOSUPPORT for a scheme nobody knows.
pub fn split(endpoint: &str) -> Result<(Scheme, &str)> {
    let (name, address) = endpoint.split_once("://").ok_or(Error::EINVAL)?;
    if name.is_empty() || address.is_empty() {
        return Err(Error::EINVAL);
    }
    let row = SCHEMES.iter().find(|r| r.name == name).ok_or(Error::EPROTONOSUPPORT)?;
    Ok((row.scheme, address))
}

/// Whether sockets of a type can use a transport. ENOCOMPATPROTO; EPROTONOSUPPORT for one that this library does not have.
pub fn check(scheme: Scheme, kind: i32) -> Result<()> {
    let row = scheme.row();
    if !row.kinds.is_empty() && !row.kinds.contains(&kind) {
        return Err(Error::ENOCOMPATPROTO);
    }
    if row.built {
        Ok(())
    } else {
        Err(Error::EPROTONOSUPPORT)
    }
}

/// Texts that an endpoint may go by in place of the one a caller wrote, as libzmq finds them: a numeric address written in
/// another way. Wildcards and names stand for nothing but themselves.
pub fn other_names(scheme: Scheme, address: &str, ipv6: bool) -> Vec<String> {
    if scheme != Scheme::Tcp {
        return Vec::new();
    }
    let parsed = address::HostPort::parse(address).and_then(|p| p.remote(ipv6, true));
    parsed.unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// Property "Peer-Address" of the messages that come over a connection. Empty if the system does not know any more: the
/// peer may be gone.
pub fn peer_name(fd: BorrowedFd<'_>) -> String {
    socket::peer_addr(fd).map(|addr| name_of(fd, &addr)).unwrap_or_default()
}

/// The same where the peer's address is known.
fn name_of(fd: BorrowedFd<'_>, addr: &SockAddr) -> String {
    if addr.is_local() {
        local_peer(fd)
    } else {
        addr.host()
    }
}

/// Processes of this host have no address; they are known by their user, group and process.
fn local_peer(fd: BorrowedFd<'_>) -> String {
    let Some(peer) = ipc::credentials(fd) else { return "localhost".into() };
    let pid = peer.pid.map(|pid| format!(":{pid}")).unwrap_or_default();
    format!("localhost:{}:{}{pid}", peer.uid, peer.gid)
}

/// Dresses a connection that stands (TCP_NODELAY, keep-alive, …), whichever side made it.
pub fn tune(scheme: Scheme, fd: BorrowedFd<'_>, options: &Options) {
    if scheme == Scheme::Tcp {
        tcp::tune(fd, &options.tcp);
    }
}

#[cfg(test)]
mod tests;
