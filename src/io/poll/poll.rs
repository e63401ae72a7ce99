//! The portable poll backend: poll(2) over a table of registrations. Changing the table while another thread waits wakes
//! that thread, so that it waits anew with the new table.

use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::{Event, Events, Interest};
use crate::error::{Error, Result};
use crate::sys::{self, Waker};

/// See the parent module.
#[derive(Debug)]
pub struct Poller {
    table: Mutex<Table>,
    waker: Waker,
}

#[derive(Debug, Default)]
struct Table {
    rows: Vec<Row>,
    /// Somebody waits with a copy of the rows.
    copied: bool,
    /// The rows have changed since.
    changed: bool,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    fd: RawFd,
    token: u64,
    interest: Interest,
}

impl Row {
    fn pollfd(&self) -> libc::pollfd {
        let read = if self.interest.read { libc::POLLIN } else { 0 };
        let write = if self.interest.write { libc::POLLOUT } else { 0 };
        libc::pollfd { fd: self.fd, events: read | write, revents: 0 }
    }
}

impl Poller {
    /// Whether two threads may wait at the same time: the table knows one waiter.
    #[cfg_attr(all(test, target_os = "linux", not(oxizmq_poll_backend)), allow(dead_code))] // tested beside epoll
    pub const SHARED: bool = false;

    /// Whether [`Self::wait`] can last for less than a millisecond.
    #[cfg_attr(all(test, target_os = "linux", not(oxizmq_poll_backend)), allow(dead_code))] // tested beside epoll
    pub fn has_short_waits() -> bool {
        false
    }

    /// A poller without registrations. EMFILE, ENFILE.
    pub fn new() -> Result<Self> {
        Ok(Self { table: Mutex::default(), waker: Waker::new()? })
    }

    /// Begins to watch a descriptor. EEXIST.
    pub fn add(&self, fd: BorrowedFd<'_>, token: u64, interest: Interest) -> Result<()> {
        let fd = fd.as_raw_fd();
        self.change(|rows| {
            if rows.iter().any(|r| r.fd == fd) {
                return Err(Error::EEXIST);
            }
            rows.push(Row { fd, token, interest });
            Ok(())
        })
    }

    /// Changes token and interest. ENOENT.
    pub fn modify(&self, fd: BorrowedFd<'_>, token: u64, interest: Interest) -> Result<()> {
        let fd = fd.as_raw_fd();
        self.change(|rows| {
            let row = rows.iter_mut().find(|r| r.fd == fd).ok_or(Error::ENOENT)?;
            *row = Row { fd, token, interest };
            Ok(())
        })
    }

    /// Ends watching. ENOENT.
    pub fn delete(&self, fd: BorrowedFd<'_>) -> Result<()> {
        let fd = fd.as_raw_fd();
        self.change(|rows| {
            let i = rows.iter().position(|r| r.fd == fd).ok_or(Error::ENOENT)?;
            rows.swap_remove(i);
            Ok(())
        })
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Row>) -> Result<()>) -> Result<()> {
        let mut table = self.table.lock();
        change(&mut table.rows)?;
        if table.copied && !std::mem::replace(&mut table.changed, true) {
            self.waker.wake();
        }
        Ok(())
    }

    /// Waits until something is ready or the time (rounded up to milliseconds; None: for ever) is over. EINTR when a signal
    /// handler has run.
    pub fn wait(&self, events: &mut Events, timeout: Option<Duration>) -> Result<()> {
        events.clear();
        let deadline = timeout.and_then(|t| Instant::now().checked_add(t));
        loop {
            let left = deadline.map(|d| d.saturating_duration_since(Instant::now()));
            let again = self.wait_once(events, left)?;
            if !again || !events.is_empty() {
                return Ok(());
            }
        }
    }

    /// One wait with the table as it is; true if it changed meanwhile.
    fn wait_once(&self, events: &mut Events, timeout: Option<Duration>) -> Result<bool> {
        let rows = self.copy();
        let waker = libc::pollfd { fd: self.waker.fd().as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let mut fds: Vec<_> = rows.iter().map(Row::pollfd).chain([waker]).collect();
        let polled = sys::poll(&mut fds, timeout);
        let mut table = self.table.lock();
        table.copied = false;
        if table.changed {
            self.waker.drain();
        }
        polled?;
        // A row that was changed or deleted meanwhile is not spoken of.
        let ready = rows.iter().zip(&fds).filter(|(_, fd)| fd.revents != 0);
        let alive = ready.filter(|(row, _)| table.rows.iter().any(|r| (r.fd, r.token) == (row.fd, row.token)));
        events.0.extend(alive.map(|(row, fd)| event(row.token, fd.revents)));
        Ok(table.changed)
    }

    fn copy(&self) -> Vec<Row> {
        let mut table = self.table.lock();
        (table.copied, table.changed) = (true, false);
        table.rows.clone()
    }
}

fn event(token: u64, revents: i16) -> Event {
    Event {
        token,
        readable: revents & libc::POLLIN != 0,
        writable: revents & libc::POLLOUT != 0,
        error: revents & (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL) != 0,
    }
}
