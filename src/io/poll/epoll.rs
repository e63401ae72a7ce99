//! The poll backend of Linux: epoll(7).

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use super::{Event, Events, Interest};
use crate::error::Result;
use crate::sys::epoll;

/// See the parent module.
#[derive(Debug)]
pub struct Poller(OwnedFd);

/// Most events that one wait reports; the others come with the next.
const BATCH: usize = 256;

const READ: u32 = libc::EPOLLIN as u32;
const WRITE: u32 = libc::EPOLLOUT as u32;
const BROKEN: u32 = (libc::EPOLLERR | libc::EPOLLHUP) as u32;

fn bits(interest: Interest) -> u32 {
    (if interest.read { READ } else { 0 }) | (if interest.write { WRITE } else { 0 })
}

impl Poller {
    /// Whether two threads may wait at the same time.
    pub const SHARED: bool = true;

    /// A poller without registrations. EMFILE, ENFILE, ENOMEM.
    pub fn new() -> Result<Self> {
        epoll::create().map(Self)
    }

    /// Begins to watch a descriptor. EEXIST, ENOMEM, ENOSPC.
    pub fn add(&self, fd: BorrowedFd<'_>, token: u64, interest: Interest) -> Result<()> {
        epoll::control(self.0.as_fd(), epoll::Op::Add, fd, bits(interest), token)
    }

    /// Changes token and interest. ENOENT.
    pub fn modify(&self, fd: BorrowedFd<'_>, token: u64, interest: Interest) -> Result<()> {
        epoll::control(self.0.as_fd(), epoll::Op::Modify, fd, bits(interest), token)
    }

    /// Ends watching. ENOENT.
    pub fn delete(&self, fd: BorrowedFd<'_>) -> Result<()> {
        epoll::control(self.0.as_fd(), epoll::Op::Delete, fd, 0, 0)
    }

    /// Whether [`Self::wait`] can last for less than a millisecond.
    pub fn has_short_waits() -> bool {
        epoll::has_short_waits()
    }

    /// Waits until something is ready or the time (None: for ever) is over. EINTR when a signal handler has run.
    pub fn wait(&self, events: &mut Events, timeout: Option<Duration>) -> Result<()> {
        events.clear();
        let mut buffer = [const { MaybeUninit::uninit() }; BATCH];
        let ready = epoll::wait(self.0.as_fd(), &mut buffer, timeout)?;
        events.0.extend(ready.iter().map(event));
        Ok(())
    }
}

fn event(raw: &libc::epoll_event) -> Event {
    let (bits, token) = (raw.events, raw.u64);
    Event { token, readable: bits & READ != 0, writable: bits & WRITE != 0, error: bits & BROKEN != 0 }
}
