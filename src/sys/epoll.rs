//! The calls of epoll(7), for the poll backend of the same name.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::OnceLock;
use std::time::Duration;

use libc::c_int;

use super::{check, timeout_ms};
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

/// Waits for events (None: for ever) and returns those that came. EINTR.
pub fn wait<'a>(
    epoll: BorrowedFd<'_>,
    buffer: &'a mut [MaybeUninit<libc::epoll_event>],
    timeout: Option<Duration>,
) -> Result<&'a [libc::epoll_event]> {
    let (room, max) = (buffer.as_mut_ptr().cast(), buffer.len() as c_int);
    let short = timeout.filter(|timeout| *timeout < MILLISECOND && !timeout.is_zero() && has_short_waits());
    // SAFETY: the kernel writes at most `max` events, and the first `n` of them are initialised.
    unsafe {
        let n = check(match short {
            Some(timeout) => wait_short(epoll, room, max, timeout),
            None => libc::epoll_wait(epoll.as_raw_fd(), room, max, timeout_ms(timeout)),
        })?;
        Ok(std::slice::from_raw_parts(room.cast_const(), n as usize))
    }
}

const MILLISECOND: Duration = Duration::from_millis(1);

/// What the system call reads, on every machine.
#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

/// epoll_pwait2(2).
///
/// # Safety
/// `room` holds `max` events.
unsafe fn wait_short(epoll: BorrowedFd<'_>, room: *mut libc::epoll_event, max: c_int, timeout: Duration) -> c_int {
    let spec = Timespec { seconds: timeout.as_secs() as i64, nanoseconds: timeout.subsec_nanos().into() };
    let no_mask = std::ptr::null::<libc::sigset_t>();
    // SAFETY: the kernel writes what there is room for; the timeout is read only.
    unsafe {
        libc::syscall(libc::SYS_epoll_pwait2, epoll.as_raw_fd(), room, max, &raw const spec, no_mask, 0usize) as c_int
    }
}

/// Whether a wait can last for less than a millisecond: since Linux 5.11, unless a sandbox forbids the call.
pub fn has_short_waits() -> bool {
    static HAS: OnceLock<bool> = OnceLock::new();
    *HAS.get_or_init(|| {
        let mut event = MaybeUninit::uninit();
        // SAFETY: there is room for one event.
        create().is_ok_and(|epoll| unsafe { wait_short(epoll.as_fd(), event.as_mut_ptr(), 1, Duration::ZERO) } == 0)
    })
}
