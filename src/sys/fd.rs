//! Descriptors: taking one over from the caller, flags, and poll(2).

#[cfg(any(test, not(target_os = "linux"), oxizmq_poll_backend))]
use std::os::fd::AsRawFd;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

use libc::c_int;

use super::cancel::HeldOff;
use super::check;
use crate::error::Result;

/// Takes over a descriptor that the application made (ZMQ_USE_FD): from now on it is closed with the returned value, and it
/// does not block. EBADF if it is not open.
pub fn adopt(fd: RawFd) -> Result<OwnedFd> {
    set_nonblocking(fd)?;
    // SAFETY: the descriptor is open, and the application gave it away by setting the option.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn set_nonblocking(fd: RawFd) -> Result<()> {
    // SAFETY: a plain system call on a number; a wrong one is answered EBADF.
    let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
    // SAFETY: as above.
    check(unsafe { libc::fcntl(fd, libc::F_SETFL, flags | libc::O_NONBLOCK) }).map(|_| ())
}

/// Makes a descriptor close on exec, for systems that cannot do so when it is made.
#[cfg(any(test, not(target_os = "linux"), oxizmq_poll_backend))]
pub(super) fn set_close_on_exec(fd: &OwnedFd) -> Result<()> {
    // SAFETY: a plain system call on an open descriptor.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) }).map(|_| ())
}

/// The same, and makes it not block.
#[cfg(any(test, not(target_os = "linux"), oxizmq_poll_backend))]
pub(super) fn set_flags(fd: &OwnedFd) -> Result<()> {
    set_close_on_exec(fd)?;
    set_nonblocking(fd.as_raw_fd())
}

/// A timeout in whole milliseconds as poll(2) and epoll_wait(2) take it: rounded up, so that nobody wakes before time; -1
/// for none.
pub fn timeout_ms(timeout: Option<Duration>) -> c_int {
    let Some(timeout) = timeout else { return -1 };
    let ms = timeout.as_nanos().div_ceil(1_000_000);
    c_int::try_from(ms).unwrap_or(c_int::MAX)
}

/// poll(2): waits until one of `fds` has an event or the time is over (None: for ever); how many have one. EINTR if a signal
/// handler ran.
pub fn poll(fds: &mut [libc::pollfd], timeout: Option<Duration>) -> Result<usize> {
    let _held_off = HeldOff::begin();
    // SAFETY: the pointer and the count describe the slice.
    let rc = unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, timeout_ms(timeout)) };
    check(rc).map(|n| n as usize)
}
