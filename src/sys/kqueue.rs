//! The calls of kqueue(2), for the poll backend of the same name. The casts are there because the BSDs disagree about the
//! widths of the fields.

use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Duration;

use super::{check, fd};
use crate::error::Result;

/// Which readiness a registration is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// Bytes or connections to take.
    Read,
    /// Room to write.
    Write,
}

/// One thing that [`wait`] reports.
#[derive(Clone, Copy)]
pub struct Ready {
    /// Number given when the descriptor was registered.
    pub token: u64,
    /// Which readiness it is.
    pub filter: Filter,
    /// The registration itself failed.
    pub error: bool,
}

/// A new queue, closed on exec. EMFILE, ENFILE, ENOMEM.
pub fn create() -> Result<OwnedFd> {
    // SAFETY: a plain system call; the new descriptor is nobody else's.
    let queue = unsafe { OwnedFd::from_raw_fd(check(libc::kqueue())?) };
    fd::set_close_on_exec(&queue)?;
    Ok(queue)
}

/// Adds (or moves to another token), or removes, a level-triggered registration. ENOENT when there is none to remove.
pub fn control(queue: BorrowedFd<'_>, fd: BorrowedFd<'_>, filter: Filter, add: bool, token: u64) -> Result<()> {
    // SAFETY: all-zero bytes are a valid kevent.
    let mut change: libc::kevent = unsafe { std::mem::zeroed() };
    change.ident = fd.as_raw_fd() as _;
    change.filter = if filter == Filter::Read { libc::EVFILT_READ } else { libc::EVFILT_WRITE };
    change.flags = if add { libc::EV_ADD } else { libc::EV_DELETE };
    // A pointer's worth of token: the tokens of the loop stay far below 2^32, its reserved ones at the top are extended back.
    change.udata = token as usize as _;
    // SAFETY: one change is read, no event is written.
    let rc = unsafe { libc::kevent(queue.as_raw_fd(), &change, 1, std::ptr::null_mut(), 0, std::ptr::null()) };
    check(rc).map(|_| ())
}

/// Waits for events (None: for ever) and gives those that came to `each`. EINTR.
pub fn wait(queue: BorrowedFd<'_>, timeout: Option<Duration>, mut each: impl FnMut(Ready)) -> Result<()> {
    const ROOM: usize = 256;
    let mut buffer = [const { MaybeUninit::<libc::kevent>::uninit() }; ROOM];
    // More than a day at once is never needed, and fits every time_t.
    let limit = timeout.map(|t| t.min(Duration::from_secs(86_400)));
    let spec = limit.map(|t| libc::timespec { tv_sec: t.as_secs() as _, tv_nsec: t.subsec_nanos() as _ });
    let spec = spec.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the kernel writes at most ROOM events, and the first `n` are initialised.
    let events = unsafe {
        let n = libc::kevent(queue.as_raw_fd(), std::ptr::null(), 0, buffer.as_mut_ptr().cast(), ROOM as _, spec);
        std::slice::from_raw_parts(buffer.as_ptr().cast::<libc::kevent>(), check(n)? as usize)
    };
    for event in events {
        each(Ready {
            token: event.udata as isize as i64 as u64,
            filter: if event.filter == libc::EVFILT_WRITE { Filter::Write } else { Filter::Read },
            error: event.flags & libc::EV_ERROR != 0,
        });
    }
    Ok(())
}
