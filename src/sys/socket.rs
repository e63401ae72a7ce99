//! Stream sockets: made so that they never block and are closed on exec.

use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use libc::c_int;

use super::{check, retry, SockAddr};
use crate::error::{Error, Result};

/// Takes a descriptor that a system call has just made.
fn fresh(rc: c_int) -> Result<OwnedFd> {
    // SAFETY: checked to be a descriptor, and nobody else has it yet.
    check(rc).map(|fd: RawFd| unsafe { OwnedFd::from_raw_fd(fd) })
}

#[cfg(target_vendor = "apple")]
fn finish(fd: OwnedFd) -> Result<OwnedFd> {
    use std::os::fd::AsFd;
    super::fd::set_flags(&fd)?;
    // These systems have no MSG_NOSIGNAL.
    super::option::set_int(fd.as_fd(), libc::SOL_SOCKET, libc::SO_NOSIGPIPE, 1)?;
    Ok(fd)
}

/// A stream socket of an address family. EAFNOSUPPORT, EMFILE, ENFILE, ENOBUFS, ENOMEM.
pub fn stream(family: c_int) -> Result<OwnedFd> {
    make(family, if family == libc::AF_UNIX { 0 } else { libc::IPPROTO_TCP })
}

#[cfg(target_vendor = "apple")]
fn make(family: c_int, protocol: c_int) -> Result<OwnedFd> {
    // SAFETY: a plain system call.
    fresh(unsafe { libc::socket(family, libc::SOCK_STREAM, protocol) }).and_then(finish)
}

#[cfg(not(target_vendor = "apple"))]
fn make(family: c_int, protocol: c_int) -> Result<OwnedFd> {
    let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: a plain system call.
    fresh(unsafe { libc::socket(family, kind, protocol) })
}

/// Gives the socket an address. EADDRINUSE, EADDRNOTAVAIL, EACCES, ENOENT, ENOTDIR …
pub fn bind(fd: BorrowedFd<'_>, addr: &SockAddr) -> Result<()> {
    // SAFETY: pointer and length describe the address.
    check(unsafe { libc::bind(fd.as_raw_fd(), addr.as_ptr(), addr.len()) }).map(|_| ())
}

/// Begins to accept connections, `backlog` of which may wait.
pub fn listen(fd: BorrowedFd<'_>, backlog: c_int) -> Result<()> {
    // SAFETY: a plain system call.
    check(unsafe { libc::listen(fd.as_raw_fd(), backlog) }).map(|_| ())
}

/// Takes the next waiting connection, with the peer's address. EAGAIN if there is none; see [`is_transient`] for the others.
pub fn accept(fd: BorrowedFd<'_>) -> Result<(OwnedFd, SockAddr)> {
    let mut connection = None;
    let peer = SockAddr::fill(|addr, len| {
        connection = Some(retry(|| accept_once(fd.as_raw_fd(), addr, len))?);
        Ok(())
    })?;
    connection.map(|fd| (fd, peer)).ok_or(Error::EAGAIN)
}

#[cfg(target_vendor = "apple")]
fn accept_once(fd: RawFd, addr: *mut libc::sockaddr, len: *mut libc::socklen_t) -> Result<OwnedFd> {
    // SAFETY: `SockAddr::fill` passes an address and its room.
    fresh(unsafe { libc::accept(fd, addr, len) }).and_then(finish)
}

#[cfg(not(target_vendor = "apple"))]
fn accept_once(fd: RawFd, addr: *mut libc::sockaddr, len: *mut libc::socklen_t) -> Result<OwnedFd> {
    let flags = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: `SockAddr::fill` passes an address and its room.
    fresh(unsafe { libc::accept4(fd, addr, len, flags) })
}

/// Begins to connect: true if the connection stands already, false if it is under way (poll for writing, then
/// [`take_error`]).
pub fn connect(fd: BorrowedFd<'_>, addr: &SockAddr) -> Result<bool> {
    // SAFETY: pointer and length describe the address.
    match check(unsafe { libc::connect(fd.as_raw_fd(), addr.as_ptr(), addr.len()) }) {
        Ok(_) => Ok(true),
        // An interrupted connect goes on in the background.
        Err(Error::EINPROGRESS | Error::EINTR) => Ok(false),
        Err(e) => Err(e),
    }
}

/// The error that the system keeps for the socket (how a connect ended), as a result.
pub fn take_error(fd: BorrowedFd<'_>) -> Result<()> {
    match super::option::get_int(fd, libc::SOL_SOCKET, libc::SO_ERROR)? {
        0 => Ok(()),
        e => Err(Error(e)),
    }
}

/// Ends sending: the peer reads what is there and then the end. ENOTCONN if the peer is gone already.
pub fn shutdown_write(fd: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: a plain system call.
    check(unsafe { libc::shutdown(fd.as_raw_fd(), libc::SHUT_WR) }).map(|_| ())
}

/// The socket's own address.
pub fn local_addr(fd: BorrowedFd<'_>) -> Result<SockAddr> {
    // SAFETY: `fill` passes an address and its room.
    SockAddr::fill(|addr, len| check(unsafe { libc::getsockname(fd.as_raw_fd(), addr, len) }).map(|_| ()))
}

/// The peer's address. ENOTCONN if it is gone already.
pub fn peer_addr(fd: BorrowedFd<'_>) -> Result<SockAddr> {
    // SAFETY: `fill` passes an address and its room.
    SockAddr::fill(|addr, len| check(unsafe { libc::getpeername(fd.as_raw_fd(), addr, len) }).map(|_| ()))
}

/// Whether both ends of a connection are at the same address, and so on the same machine.
pub fn is_to_itself(fd: BorrowedFd<'_>) -> bool {
    let ip = |addr: Result<SockAddr>| addr.ok().and_then(|addr| addr.to_std()).map(|addr| addr.ip());
    ip(local_addr(fd)).is_some_and(|here| ip(peer_addr(fd)) == Some(here))
}

/// Whether an error of [`accept`] concerns one connection only (it went away, a filter refused it), so that the next may be
/// taken at once; otherwise the system is short of something, or the listener is broken.
pub fn is_transient(e: Error) -> bool {
    const SHORT: &[c_int] = &[libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM];
    const BROKEN: &[c_int] = &[libc::EBADF, libc::EINVAL, libc::ENOTSOCK, libc::EOPNOTSUPP, libc::EFAULT];
    !SHORT.contains(&e.0) && !BROKEN.contains(&e.0)
}

/// A process at the other end of a local socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Credentials {
    /// Process id; None where the system does not tell.
    pub pid: Option<u32>,
    /// Effective user id when it connected.
    pub uid: u32,
    /// Effective group id when it connected.
    pub gid: u32,
}

/// Who is at the other end of a local socket.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn peer_credentials(fd: BorrowedFd<'_>) -> Result<Credentials> {
    let mut cred = libc::ucred { pid: 0, uid: 0, gid: 0 };
    super::option::get(fd, libc::SOL_SOCKET, libc::SO_PEERCRED, &mut cred)?;
    Ok(Credentials { pid: u32::try_from(cred.pid).ok(), uid: cred.uid, gid: cred.gid })
}

/// Who is at the other end of a local socket.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn peer_credentials(fd: BorrowedFd<'_>) -> Result<Credentials> {
    let (mut uid, mut gid) = (0, 0);
    // SAFETY: both ids are written to.
    check(unsafe { libc::getpeereid(fd.as_raw_fd(), &mut uid, &mut gid) })?;
    Ok(Credentials { pid: None, uid, gid })
}
