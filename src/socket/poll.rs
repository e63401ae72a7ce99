//! zmq_poll(3): waits for events of sockets and descriptors together.
//!
//! *Looking.* Sockets are asked directly. What a socket answers is noted beside its handle; the answer stays true until
//! somebody else locks the socket or leaves it a command, and either makes the note void. So looking at a thousand idle
//! sockets is reading a thousand words.
//!
//! *Waiting.* While nothing is ready, the call parks on a signal that each of its sockets raises, so no descriptor is made or
//! read for them. Only if plain descriptors are polled as well does the kernel's poll do the waiting, with one descriptor for
//! all sockets. A thread that polls many sockets mostly polls the same ones again, so it keeps the signal tied to them.

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::signal::Signal;
use super::{lock, Mailbox, SOCKETS};
use crate::consts::{ZMQ_POLLERR, ZMQ_POLLIN, ZMQ_POLLOUT, ZMQ_POLLPRI};
use crate::error::{Error, Result};
use crate::handle::{Guard, Handle};
use crate::io::{Loop, Waiter};
use crate::msg::Deferral;
use crate::sys::{self, fork};

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
    poll_as(Waiter::Guest, items, timeout)
}

/// As [`poll`], by a thread that does what `waiter` says.
pub fn poll_as(waiter: Waiter, items: &mut [PollItem], timeout: i64) -> Result<usize> {
    let deadline = (timeout >= 0).then(|| Instant::now() + Duration::from_millis(timeout as u64));
    let mut descriptors: Vec<libc::pollfd> = items.iter().filter(|i| i.socket.is_null()).map(as_pollfd).collect();
    let found = look(items, &mut descriptors)?;
    if found > 0 || timeout == 0 {
        return Ok(found);
    }
    // A descriptor may be made and closed.
    let _held_off = sys::cancel::HeldOff::begin();
    let watch = Watch::begin(items)?;
    let found = look_and_wait(&watch, waiter, items, &mut descriptors, deadline);
    watch.keep();
    found
}

/// Looks and waits in turn, until there is something or the time is over.
fn look_and_wait(
    watch: &Watch,
    waiter: Waiter,
    items: &mut [PollItem],
    descriptors: &mut Vec<libc::pollfd>,
    deadline: Option<Instant>,
) -> Result<usize> {
    loop {
        let epoch = watch.signal.epoch();
        let found = look(items, descriptors)?;
        let left = deadline.map(|d| d.saturating_duration_since(Instant::now()));
        if found > 0 || left.is_some_and(|l| l.is_zero()) {
            return Ok(found);
        }
        watch.wait(waiter, epoch, descriptors, left)?;
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

#[inline]
fn events_of(handle: Handle) -> Result<i32> {
    match SOCKETS.noted(handle) {
        Some(events) => Ok(events.into()),
        None => ask(handle),
    }
}

fn ask(handle: Handle) -> Result<i32> {
    let _deferral = Deferral::begin();
    let mut socket = lock(handle)?;
    socket.work_off()?;
    let events = socket.events();
    socket.mailbox.while_quiet(|| Guard::leave_note(&socket, handle, events as u8));
    Ok(events)
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

fn sockets_of(items: &[PollItem]) -> impl Iterator<Item = Handle> + '_ {
    items.iter().filter(|i| !i.socket.is_null()).map(|i| Handle::from_ptr(i.socket))
}

/// That the time is over is seen by the next look.
fn sleep_over(waited: Result<()>) -> Result<()> {
    waited.or_else(|e| if e == Error::EAGAIN { Ok(()) } else { Err(e) })
}

/// The parked call: a signal that every polled socket raises.
struct Watch {
    signal: Arc<Signal>,
    sockets: Vec<(Handle, Arc<Mailbox>)>,
    /// The loops behind them. Weak: a watch that is kept may outlive their context.
    loops: Vec<Weak<Loop>>,
    /// One loop feeds them all, and nothing else is waited for: the thread may run it.
    leads: bool,
    /// Of the process that made it; a child of a fork leaves it alone.
    generation: u32,
}

/// A watch of so many sockets is worth keeping until the next call. Fewer are tied anew each time, so that sockets do not
/// raise signals that nobody waits for.
const KEPT_FROM: usize = 8;

thread_local! {
    static KEPT: Cell<Option<Watch>> = const { Cell::new(None) };
}

impl Watch {
    /// All sockets of `items` have just been found to be valid.
    fn begin(items: &[PollItem]) -> Result<Self> {
        let kept = KEPT.try_with(Cell::take).ok().flatten();
        match kept.filter(|watch| watch.is_for(items)) {
            Some(watch) => Ok(watch),
            None => Self::tie(items),
        }
    }

    fn is_for(&self, items: &[PollItem]) -> bool {
        let polled = sockets_of(items);
        self.generation == fork::generation() && polled.eq(self.sockets.iter().map(|(handle, _)| *handle))
    }

    fn tie(items: &[PollItem]) -> Result<Self> {
        let mut watch = Self {
            signal: Arc::default(),
            sockets: Vec::new(),
            loops: Vec::new(),
            leads: items.iter().all(|i| !i.socket.is_null() && i32::from(i.events) & ZMQ_POLLOUT == 0),
            generation: fork::generation(),
        };
        for handle in sockets_of(items) {
            let socket = lock(handle)?;
            let mailbox = socket.mailbox.clone();
            socket.endpoints.for_each_loop(|lp| watch.add_loop(lp));
            watch.leads &= socket.endpoints.feeding_loop().is_some() && watch.loops.len() == 1;
            drop(socket);
            mailbox.signal.watch(watch.signal.clone());
            watch.sockets.push((handle, mailbox));
        }
        Ok(watch)
    }

    fn add_loop(&mut self, lp: &Arc<Loop>) {
        if !self.loops.iter().any(|known| std::ptr::eq(known.as_ptr(), Arc::as_ptr(lp))) {
            self.loops.push(Arc::downgrade(lp));
        }
    }

    /// Keeps it for this thread's next call. One with a descriptor would cost a system call for each event meanwhile.
    fn keep(self) {
        if self.sockets.len() >= KEPT_FROM && !self.signal.has_descriptor() {
            let mut own = Some(self);
            // During thread exit there is no next call.
            let _ = KEPT.try_with(|kept| kept.set(own.take()));
        }
    }

    fn wait(
        &self,
        waiter: Waiter,
        epoch: u32,
        descriptors: &mut Vec<libc::pollfd>,
        left: Option<Duration>,
    ) -> Result<()> {
        let led = self.loops.first().filter(|_| self.leads && descriptors.is_empty()).and_then(Weak::upgrade);
        if let Some(lp) = led {
            return sleep_over(self.signal.wait_for_loop(&lp, waiter, epoch, left));
        }
        self.loops.iter().filter_map(Weak::upgrade).for_each(|lp| lp.attend());
        if descriptors.is_empty() {
            return sleep_over(self.signal.wait(epoch, left));
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
        // In a child of a fork, locks may be held for ever by threads that it does not have.
        if self.generation == fork::generation() {
            self.sockets.iter().for_each(|(_, mailbox)| mailbox.signal.unwatch(&self.signal));
        }
    }
}
