//! How a thread waits for something that other threads bring about, and is woken: a counter that waiters compare, a
//! descriptor for those who poll (ZMQ_FD), and parked `zmq_poll` calls.
//!
//! [`Signal::raise`] after the news is in place wakes everybody. A waiter reads [`Signal::epoch`], looks for news, and waits
//! only if the epoch is still the same, so nothing is missed.

use std::os::fd::RawFd;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use smallvec::SmallVec;

use crate::error::{Error, Result};
use crate::io::{Loop, Waiter};
use crate::sys::{self, wait::Outcome, Mutex, Waker};

/// See the module comment.
#[derive(Default)]
pub struct Signal {
    epoch: AtomicU32,
    sleepers: AtomicU32,
    /// Made when ZMQ_FD is first asked for.
    descriptor: OnceLock<Waker>,
    /// Parked polls that watch this signal.
    watchers: Mutex<Vec<Arc<Signal>>>,
    watched: AtomicU32,
    /// The loop that waiters of this signal may run meanwhile.
    led: Mutex<Option<Arc<Loop>>>,
    /// How many such waiters there are; changed under the lock above.
    leaders: AtomicU32,
}

impl Signal {
    /// To be read before looking for news.
    pub fn epoch(&self) -> u32 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Waits until the epoch differs, at most `timeout` (None: for ever). EINTR if a signal handler ran, EAGAIN when the
    /// time is over.
    pub fn wait(&self, epoch: u32, timeout: Option<Duration>) -> Result<()> {
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        let outcome = sys::wait::wait(&self.epoch, epoch, timeout);
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
        told(outcome)
    }

    /// After what time news comes, if it does within `limit`: looks without sleeping, for microseconds only.
    pub fn look(&self, epoch: u32, limit: Duration) -> Option<Duration> {
        sys::wait::look(&self.epoch, epoch, limit)
    }

    /// As [`Self::wait`], but nobody has to end it: [`Self::raise`] costs no system call meanwhile, and is seen after
    /// `limit` at the latest. EINTR, EAGAIN.
    pub fn doze(&self, epoch: u32, limit: Duration) -> Result<()> {
        told(sys::wait::wait(&self.epoch, epoch, Some(limit)))
    }

    /// As [`Self::wait`], for news that `lp` will bring: the thread, a `waiter`, runs that loop if nobody else does.
    pub fn wait_for_loop(&self, lp: &Arc<Loop>, waiter: Waiter, epoch: u32, timeout: Option<Duration>) -> Result<()> {
        {
            let mut led = self.led.lock();
            *led = Some(lp.clone());
            self.leaders.fetch_add(1, Ordering::SeqCst);
        }
        let waited = lp.wait(waiter, timeout, || self.epoch() != epoch, |left| self.wait(epoch, left));
        let mut led = self.led.lock();
        if self.leaders.fetch_sub(1, Ordering::SeqCst) == 1 {
            // A signal that outlives its context must not keep the loop's descriptors open.
            *led = None;
        }
        waited
    }

    /// Tells everybody who waits.
    pub fn raise(&self) {
        self.mark();
        self.wake();
    }

    /// First half of [`Self::raise`], for a caller that holds a lock which the woken will want: new waits end at once, the
    /// descriptor is readable.
    pub fn mark(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        if let Some(waker) = self.descriptor.get() {
            waker.wake();
        }
    }

    /// Second half of [`Self::raise`], after the lock: wakes those who sleep.
    pub fn wake(&self) {
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            sys::wait::wake_all(&self.epoch);
        }
        // Not under the locks: the woken want them, and who finds one taken sleeps once more.
        if self.watched.load(Ordering::SeqCst) > 0 {
            let watchers: SmallVec<[_; 2]> = self.watchers.lock().iter().cloned().collect();
            watchers.iter().for_each(|w| w.raise());
        }
        if self.leaders.load(Ordering::SeqCst) > 0 {
            let led = self.led.lock().clone();
            led.iter().for_each(|lp| lp.interrupt());
        }
    }

    /// The descriptor that is readable from a [`Self::raise`] until [`Self::settle`]. What was raised before the first call
    /// does not show. EMFILE and the like.
    pub fn descriptor(&self) -> Result<RawFd> {
        use std::os::fd::AsRawFd;
        if self.descriptor.get().is_none() {
            let _ = self.descriptor.set(Waker::new()?);
        }
        self.descriptor.get().map(|w| w.fd().as_raw_fd()).ok_or(Error::EMFILE)
    }

    /// Whether [`Self::descriptor`] was asked for.
    pub fn has_descriptor(&self) -> bool {
        self.descriptor.get().is_some()
    }

    /// Makes the descriptor unreadable again, before looking for news.
    pub fn settle(&self) {
        if let Some(waker) = self.descriptor.get() {
            waker.drain();
        }
    }

    /// `watcher` is raised along with this signal from now on.
    pub fn watch(&self, watcher: Arc<Self>) {
        self.watchers.lock().push(watcher);
        self.watched.fetch_add(1, Ordering::SeqCst);
    }

    /// Ends [`Self::watch`].
    pub fn unwatch(&self, watcher: &Arc<Self>) {
        let mut watchers = self.watchers.lock();
        if let Some(i) = watchers.iter().position(|w| Arc::ptr_eq(w, watcher)) {
            watchers.swap_remove(i);
            self.watched.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn told(outcome: Outcome) -> Result<()> {
    match outcome {
        Outcome::Woken => Ok(()),
        Outcome::Interrupted => Err(Error::EINTR),
        Outcome::Timeout => Err(Error::EAGAIN),
    }
}
