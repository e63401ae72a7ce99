//! zmq_poll(3): waits for events of sockets and descriptors together.
//!
//! Sockets are asked directly; while nothing is ready, the call parks on a signal that each of its sockets raises, so no
//! descriptor is made or read for them. Only if plain descriptors are polled as well does the kernel's poll do the waiting,
//! with one descriptor for all sockets.

use std::ffi::c_void;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::signal::Signal;
use super::{lock, Mailbox};
use crate::consts::{ZMQ_POLLERR, ZMQ_POLLIN, ZMQ_POLLOUT, ZMQ_POLLPRI};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::msg::Deferral;
use crate::sys;

/// `zmq_pollitem_t`: a socket, or a descriptor where the socket is NULL.
#[repr(C)]
pub struct PollItem {
    /// Socket handle or NULL.
    pub socket: *mut c_void,
    /// Descriptor, looked at if the socket is NULL.
    pub fd: i32,
    /// ZMQ_POLL* bits asked for.
    pub events: i16,
    /// ZMQ_POLL* bits found.
    pub revents: i16,
}

/// Waits until an item has an event or `timeout` milliseconds have passed (-1: for ever); the number of items with events.
/// ENOTSOCK (a bad socket handle), ETERM, EINTR; EBADF does not occur: a bad descriptor shows ZMQ_POLLERR.
pub fn poll(items: &mut [PollItem], timeout: i64) -> Result<usize> {
    let deadline = (timeout >= 0).then(|| Instant::now() + Duration::from_millis(timeout as u64));
    let mut descriptors: Vec<libc::pollfd> = items.iter().filter(|i| i.socket.is_null()).map(as_pollfd).collect();
    let found = look(items, &mut descriptors)?;
    if found > 0 || timeout == 0 {
        return Ok(found);
    }
    let watch = Watch::begin(items)?;
    loop {
        let epoch = watch.signal.epoch();
        let found = look(items, &mut descriptors)?;
        let left = deadline.map(|d| d.saturating_duration_since(Instant::now()));
        if found > 0 || left.is_some_and(|l| l.is_zero()) {
            return Ok(found);
        }
        watch.wait(epoch, &mut descriptors, left)?;
    }
}

/// Looks at every item once, without waiting.
fn look(items: &mut [PollItem], descriptors: &mut [libc::pollfd]) -> Result<usize> {
    if !descriptors.is_empty() {
        sys::poll(descriptors, Some(Duration::ZERO))?;
    }
    let mut revents = descriptors.iter().map(from_pollfd);
    let mut found = 0;
    for item in items {
        item.revents = match item.socket.is_null() {
            true => revents.next().unwrap_or(0),
            false => events_of(Handle::from_ptr(item.socket))? as i16 & item.events,
        };
        found += usize::from(item.revents != 0);
    }
    Ok(found)
}

fn events_of(handle: Handle) -> Result<i32> {
    let _deferral = Deferral::begin();
    let mut socket = lock(handle)?;
    socket.work_off()?;
    Ok(socket.events())
}

/// Which bit of poll(2) stands for which ZMQ_POLL* bit.
const BITS: [(i32, i16); 3] = [(ZMQ_POLLIN, libc::POLLIN), (ZMQ_POLLOUT, libc::POLLOUT), (ZMQ_POLLPRI, libc::POLLPRI)];

fn as_pollfd(item: &PollItem) -> libc::pollfd {
    let events = BITS.iter().filter(|(z, _)| i32::from(item.events) & z != 0).fold(0, |e, (_, p)| e | p);
    libc::pollfd { fd: item.fd, events, revents: 0 }
}

fn from_pollfd(p: &libc::pollfd) -> i16 {
    let known = BITS.iter().filter(|(_, bit)| p.revents & bit != 0).fold(0, |e, (z, _)| e | z);
    let rest = p.revents & !BITS.iter().fold(0, |all, (_, bit)| all | bit);
    (known | if rest != 0 { ZMQ_POLLERR } else { 0 }) as i16
}

/// The parked call: a signal that every polled socket raises.
struct Watch {
    signal: Arc<Signal>,
    mailboxes: Vec<Arc<Mailbox>>,
}

impl Watch {
    fn begin(items: &[PollItem]) -> Result<Self> {
        let mut watch = Self { signal: Arc::default(), mailboxes: Vec::new() };
        for item in items.iter().filter(|i| !i.socket.is_null()) {
            let mailbox = lock(Handle::from_ptr(item.socket))?.mailbox.clone();
            mailbox.signal.watch(watch.signal.clone());
            watch.mailboxes.push(mailbox);
        }
        Ok(watch)
    }

    fn wait(&self, epoch: u32, descriptors: &mut Vec<libc::pollfd>, left: Option<Duration>) -> Result<()> {
        if descriptors.is_empty() {
            return self.signal.wait(epoch, left).or_else(|e| if e == Error::EAGAIN { Ok(()) } else { Err(e) });
        }
        let wakeup = self.signal.descriptor()?;
        if self.signal.epoch() != epoch {
            return Ok(());
        }
        descriptors.push(libc::pollfd { fd: wakeup, events: libc::POLLIN, revents: 0 });
        let waited = sys::poll(descriptors, left);
        descriptors.pop();
        self.signal.settle();
        waited.map(|_| ())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.mailboxes.iter().for_each(|m| m.signal.unwatch(&self.signal));
    }
}
