//! The three calls of epoll(7), for the poll backend of the same name.

use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use libc::c_int;

use super::check;
use crate::error::Result;

/// What to do with a registration.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum Op {
    /// Begin.
    Add = libc::EPOLL_CTL_ADD,
    /// Change the events or the token.
    Modify = libc::EPOLL_CTL_MOD,
    /// End.
    Delete = libc::EPOLL_CTL_DEL,
}

/// A new epoll instance, closed on exec. EMFILE, ENFILE, ENOMEM.
pub fn create() -> Result<OwnedFd> {
    // SAFETY: a plain system call; the new descriptor is nobody else's.
    unsafe { check(libc::epoll_create1(libc::EPOLL_CLOEXEC)).map(|fd| OwnedFd::from_raw_fd(fd)) }
}

/// Changes the registration of `fd`. EEXIST, ENOENT, ENOMEM, ENOSPC, EPERM (a regular file).
pub fn control(epoll: BorrowedFd<'_>, op: Op, fd: BorrowedFd<'_>, events: u32, token: u64) -> Result<()> {
    let mut event = libc::epoll_event { events, u64: token };
    // SAFETY: both descriptors are open, and the event is copied by the call.
    check(unsafe { libc::epoll_ctl(epoll.as_raw_fd(), op as c_int, fd.as_raw_fd(), &mut event) }).map(|_| ())
}

/// Waits for events (`timeout_ms` -1: for ever) and returns those that came. EINTR.
pub fn wait<'a>(
    epoll: BorrowedFd<'_>,
    buffer: &'a mut [MaybeUninit<libc::epoll_event>],
    timeout_ms: c_int,
) -> Result<&'a [libc::epoll_event]> {
    let (room, max) = (buffer.as_mut_ptr(), buffer.len() as c_int);
    // SAFETY: the kernel writes at most `max` events, and the first `n` of them are initialised.
    unsafe {
        let n = check(libc::epoll_wait(epoll.as_raw_fd(), room.cast(), max, timeout_ms))?;
        Ok(std::slice::from_raw_parts(room.cast_const().cast(), n as usize))
    }
}
