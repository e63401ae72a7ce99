//! The poll backend of the BSDs and macOS: kqueue(2). Reading and writing are registrations of their own there, so a
//! descriptor that is ready for both gives two events.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use super::{Event, Events, Interest};
use crate::error::{Error, Result};
use crate::sys::kqueue::{self, Filter};

/// See the parent module.
#[derive(Debug)]
pub struct Poller(OwnedFd);

impl Poller {
    /// Whether two threads may wait at the same time.
    pub const SHARED: bool = true;

    /// A poller without registrations. EMFILE, ENFILE, ENOMEM.
    pub fn new() -> Result<Self> {
        kqueue::create().map(Self)
    }

    /// Begins to watch a descriptor. ENOMEM.
    pub fn add(&self, fd: BorrowedFd<'_>, token: u64, interest: Interest) -> Result<()> {
        self.modify(fd, token, interest)
    }

    /// Changes token and interest.
    pub fn modify(&self, fd: BorrowedFd<'_>, token: u64, interest: Interest) -> Result<()> {
        self.set(fd, Filter::Read, interest.read, token)?;
        self.set(fd, Filter::Write, interest.write, token)
    }

    /// Ends watching.
    pub fn delete(&self, fd: BorrowedFd<'_>) -> Result<()> {
        self.modify(fd, 0, Interest::default())
    }

    fn set(&self, fd: BorrowedFd<'_>, filter: Filter, on: bool, token: u64) -> Result<()> {
        match kqueue::control(self.0.as_fd(), fd, filter, on, token) {
            // What is not registered need not be removed.
            Err(Error::ENOENT) if !on => Ok(()),
            done => done,
        }
    }

    /// Whether [`Self::wait`] can last for less than a millisecond.
    pub fn has_short_waits() -> bool {
        true
    }

    /// Waits until something is ready or the time (None: for ever) is over. EINTR when a signal
    /// handler has run.
    pub fn wait(&self, events: &mut Events, timeout: Option<Duration>) -> Result<()> {
        events.clear();
        kqueue::wait(self.0.as_fd(), timeout, |ready| {
            let (token, error) = (ready.token, ready.error);
            let readable = ready.filter == Filter::Read;
            events.0.push(Event { token, readable, writable: !readable, error });
        })
    }
}
