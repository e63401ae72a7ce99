//! tcp:// (zmq_tcp(7)): addresses through `address`, sockets dressed as the options say.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::address::{self, HostPort};
use super::listener::{with, Refused};
use crate::error::{Error, Result};
use crate::options::{Options, Tcp};
use crate::sys::{option, socket, SockAddr};

/// A listening socket at `text`. EINVAL, ENODEV, EADDRINUSE, EADDRNOTAVAIL, EACCES, EMFILE …
pub(super) fn bind(text: &str, o: &Options) -> std::result::Result<OwnedFd, Refused> {
    // A source address has no meaning here; libzmq takes what follows it.
    let (_, text) = address::split_source(text);
    let (fd, addr) = open(&HostPort::parse(text)?.local(o.ipv6)?, &o.tcp)?;
    option::reuse_address(fd.as_fd())?;
    with(&fd, socket::bind(fd.as_fd(), &addr))?;
    with(&fd, socket::listen(fd.as_fd(), o.backlog))?;
    Ok(fd)
}

/// A connection to `to` under way, perhaps from a given source address; true if it stands already.
pub(super) fn connect(source: Option<&str>, to: &SockAddr, o: &Options) -> Result<(OwnedFd, bool)> {
    let (fd, to) = open(to, &o.tcp)?;
    if let Some(source) = source {
        option::reuse_address(fd.as_fd())?;
        let ipv6 = to.family() == libc::AF_INET6;
        socket::bind(fd.as_fd(), &HostPort::parse(source)?.local(ipv6)?)?;
    }
    let done = socket::connect(fd.as_fd(), &to)?;
    Ok((fd, done))
}

/// A socket for an address, dressed with what has to be set before it is bound or connected, and the address to use with it:
/// on a host without IPv6 the IPv4 one.
fn open(addr: &SockAddr, tcp: &Tcp) -> Result<(OwnedFd, SockAddr)> {
    let (fd, addr) = match (socket::stream(addr.family()), address::without_ipv6(addr)) {
        (Err(Error::EAFNOSUPPORT), Some(v4)) => (socket::stream(v4.family())?, v4),
        (fd, _) => (fd?, *addr),
    };
    dress(fd.as_fd(), addr.family() == libc::AF_INET6, tcp)?;
    Ok((fd, addr))
}

fn dress(fd: BorrowedFd<'_>, ipv6: bool, tcp: &Tcp) -> Result<()> {
    if ipv6 {
        option::v6_only(fd, false)?;
    }
    if !tcp.bind_to_device.is_empty() {
        option::bind_to_device(fd, &tcp.bind_to_device)?;
    }
    mark_packets(fd, tcp);
    for (bytes, set) in [(tcp.sndbuf, option::send_buffer as fn(_, _) -> _), (tcp.rcvbuf, option::receive_buffer)] {
        if bytes >= 0 {
            // Sizes are wishes: the system rounds them, and may refuse them.
            let _: Result<()> = set(fd, bytes);
        }
    }
    Ok(())
}

/// Type of service and priority. A system that does not know them sends the packets all the same.
fn mark_packets(fd: BorrowedFd<'_>, tcp: &Tcp) {
    if tcp.tos != 0 {
        let _ = option::type_of_service(fd, tcp.tos);
    }
    if tcp.priority != 0 {
        let _ = option::priority(fd, tcp.priority);
    }
}

/// Dresses a connection that stands. Nothing here is worth giving the connection up for; if the peer is gone already, reading
/// tells.
pub(super) fn tune(fd: BorrowedFd<'_>, tcp: &Tcp) {
    mark_packets(fd, tcp);
    let _ = option::no_delay(fd);
    if tcp.keepalive != -1 {
        let (count, idle, interval) = (tcp.keepalive_cnt, tcp.keepalive_idle, tcp.keepalive_intvl);
        let _ = option::keepalive(fd, tcp.keepalive == 1, option::Keepalive { count, idle, interval });
    }
    if tcp.maxrt > 0 {
        let _ = option::user_timeout(fd, tcp.maxrt);
    }
}
