//! Socket options by name. What a system lacks is answered ENOTSUP, or does nothing where that is what the option means.

use std::os::fd::{AsRawFd, BorrowedFd};

use libc::{c_int, c_void, socklen_t};

use super::check;
use crate::error::Result;

/// Sets an option of any plain type.
fn set<T>(fd: BorrowedFd<'_>, level: c_int, name: c_int, value: &T) -> Result<()> {
    let (data, len) = ((value as *const T).cast::<c_void>(), size_of::<T>() as socklen_t);
    // SAFETY: pointer and length describe the value.
    check(unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, data, len) }).map(|_| ())
}

/// Sets an option that is an int or a flag.
pub(super) fn set_int(fd: BorrowedFd<'_>, level: c_int, name: c_int, value: c_int) -> Result<()> {
    set(fd, level, name, &value)
}

/// Reads an option that the kernel writes into plain old data.
pub(super) fn get<T: Copy>(fd: BorrowedFd<'_>, level: c_int, name: c_int, value: &mut T) -> Result<()> {
    let mut len = size_of::<T>() as socklen_t;
    let data = (value as *mut T).cast::<c_void>();
    // SAFETY: pointer and length describe the value; every type used here (ints, ucred) is valid with any bytes.
    check(unsafe { libc::getsockopt(fd.as_raw_fd(), level, name, data, &mut len) }).map(|_| ())
}

/// Reads an option that is an int.
pub(crate) fn get_int(fd: BorrowedFd<'_>, level: c_int, name: c_int) -> Result<c_int> {
    let mut value = 0;
    get(fd, level, name, &mut value)?;
    Ok(value)
}

/// A local address may be bound again at once after its last user went.
pub fn reuse_address(fd: BorrowedFd<'_>) -> Result<()> {
    set_int(fd, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)
}

/// Whether an IPv6 socket refuses IPv4.
pub fn v6_only(fd: BorrowedFd<'_>, only: bool) -> Result<()> {
    set_int(fd, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, only.into())
}

/// Sends small pieces at once (TCP_NODELAY).
pub fn no_delay(fd: BorrowedFd<'_>) -> Result<()> {
    set_int(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1)
}

/// Size of the kernel's send buffer, bytes.
pub fn send_buffer(fd: BorrowedFd<'_>, bytes: c_int) -> Result<()> {
    set_int(fd, libc::SOL_SOCKET, libc::SO_SNDBUF, bytes)
}

/// How much the kernel takes that it cannot send yet, bytes (TCP_NOTSENT_LOWAT).
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn unsent(fd: BorrowedFd<'_>, bytes: c_int) -> Result<()> {
    set_int(fd, libc::IPPROTO_TCP, libc::TCP_NOTSENT_LOWAT, bytes)
}

/// How much the kernel takes that it cannot send yet, bytes. ENOTSUP: this system is not known to do it.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn unsent(_: BorrowedFd<'_>, _: c_int) -> Result<()> {
    Err(crate::error::Error::ENOTSUP)
}

/// Size of the kernel's receive buffer, bytes.
pub fn receive_buffer(fd: BorrowedFd<'_>, bytes: c_int) -> Result<()> {
    set_int(fd, libc::SOL_SOCKET, libc::SO_RCVBUF, bytes)
}

/// Type of service of both IP versions. An IPv4 socket knows nothing of IPv6's; that is not an error.
pub fn type_of_service(fd: BorrowedFd<'_>, tos: c_int) -> Result<()> {
    let v4 = set_int(fd, libc::IPPROTO_IP, libc::IP_TOS, tos);
    let v6 = set_int(fd, libc::IPPROTO_IPV6, libc::IPV6_TCLASS, tos);
    v4.or(v6)
}

/// Priority of the packets in the sending host's queues (SO_PRIORITY).
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn priority(fd: BorrowedFd<'_>, priority: c_int) -> Result<()> {
    set_int(fd, libc::SOL_SOCKET, libc::SO_PRIORITY, priority)
}

/// Priority of the packets in the sending host's queues (SO_PRIORITY).
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn priority(_: BorrowedFd<'_>, _: c_int) -> Result<()> {
    Err(crate::error::Error::ENOTSUP)
}

/// Ties the socket to a network device. ENODEV; EPERM without the privilege.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn bind_to_device(fd: BorrowedFd<'_>, device: &[u8]) -> Result<()> {
    let (data, len) = (device.as_ptr().cast::<c_void>(), device.len() as socklen_t);
    // SAFETY: pointer and length describe the name, which needs no terminating zero.
    let rc = unsafe { libc::setsockopt(fd.as_raw_fd(), libc::SOL_SOCKET, libc::SO_BINDTODEVICE, data, len) };
    check(rc).map(|_| ())
}

/// Ties the socket to a network device. ENOTSUP: this system cannot.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn bind_to_device(_: BorrowedFd<'_>, _: &[u8]) -> Result<()> {
    Err(crate::error::Error::ENOTSUP)
}

/// How long sent data may stay unacknowledged before the connection is given up, ms (TCP_USER_TIMEOUT).
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn user_timeout(fd: BorrowedFd<'_>, ms: c_int) -> Result<()> {
    set_int(fd, libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT, ms)
}

/// How long sent data may stay unacknowledged before the connection is given up, ms.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn user_timeout(_: BorrowedFd<'_>, _: c_int) -> Result<()> {
    Err(crate::error::Error::ENOTSUP)
}

/// Keep-alive probes of TCP. Fields as the options have them: -1 leaves the system's value.
#[derive(Clone, Copy)]
pub struct Keepalive {
    /// Probes that may go unanswered.
    pub count: c_int,
    /// Seconds of silence before the first.
    pub idle: c_int,
    /// Seconds between two.
    pub interval: c_int,
}

/// Turns keep-alive probes on or off, and sets their rhythm where they are on.
pub fn keepalive(fd: BorrowedFd<'_>, on: bool, k: Keepalive) -> Result<()> {
    set_int(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE, on.into())?;
    if !on {
        return Ok(());
    }
    #[cfg(target_vendor = "apple")]
    let rows: &[(c_int, c_int)] =
        &[(libc::TCP_KEEPALIVE, k.idle), (libc::TCP_KEEPINTVL, k.interval), (libc::TCP_KEEPCNT, k.count)];
    #[cfg(target_os = "openbsd")]
    let rows: &[(c_int, c_int)] = &[];
    #[cfg(not(any(target_vendor = "apple", target_os = "openbsd")))]
    let rows = &[(libc::TCP_KEEPCNT, k.count), (libc::TCP_KEEPIDLE, k.idle), (libc::TCP_KEEPINTVL, k.interval)];
    rows.iter()
        .filter(|(_, value)| *value != -1)
        .try_for_each(|(name, value)| set_int(fd, libc::IPPROTO_TCP, *name, *value))
}
