//! Running the loop: the background thread, and the threads that wait for what the loop will bring. Who does it when is
//! decided in `roles.rs`; what a step does, in the parent module. Called by the context (the thread) and by sockets (waits).

use std::sync::atomic::Ordering;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::courtesy::Courtesy;
use super::look::{several_processors, Look};
use super::poll::Events;
use super::restraint::RESTRAINT;
use super::roles::{Duty, Kick, Roles, Turn, Waiter, TICK};
use super::switches::{lending_allowed, patience_allowed};
use super::Loop;
use crate::error::{Error, Result};
use crate::msg::Deferral;
use crate::sys::{self, cancel::HeldOff};

/// How long a waiter that runs the loop looks before it sleeps: a peer that looks as well answers within this time, over a
/// connection of the same machine. And how long on trial: the peer may have to be woken first.
pub(super) const LOOK: Duration = Duration::from_micros(30);
pub(super) const LONG_LOOK: Duration = Duration::from_micros(120);

/// How long the background thread looks for more of a heavy stream: a peer on the same machine goes on as soon as it can. Woken
/// by such a peer, it would run on the peer's processor, for the system takes the peer to be done.
const STREAM_LOOK: Duration = Duration::from_micros(50);

/// What the background thread has, and has learned, from one step to the next.
struct Background {
    events: Events,
    courtesy: Courtesy,
    look: Look,
}

impl Loop {
    pub(super) fn roles<T>(&self, f: impl FnOnce(&mut Roles) -> T) -> T {
        f(&mut self.mailbox.lock().roles)
    }

    pub(super) fn kick(&self, kick: Kick) {
        match kick {
            Kick::Nobody => {}
            Kick::Runner => self.waker.wake(),
            Kick::Bell => self.ring(),
        }
    }

    fn ring(&self) {
        self.bell.fetch_add(1, Ordering::SeqCst);
        sys::wait::wake_all(&self.bell);
    }

    /// Whoever runs the loop shall look whether it still wants to.
    pub fn interrupt(&self) {
        self.kick(self.roles(Roles::interrupt));
    }

    /// Somebody waits for what the loop will bring and cannot run it: it must not stay without a runner, nor keep anything back.
    pub fn attend(&self) {
        self.uncork();
        self.kick(self.roles(Roles::attend));
    }

    /// From now on until [`Self::release`] only the background thread runs the loop, because somebody waits in ways that the
    /// library does not see (ZMQ_FD).
    pub fn hold(&self) {
        self.kick(self.roles(Roles::hold));
    }

    /// Ends a [`Self::hold`].
    pub fn release(&self) {
        self.roles(Roles::release);
    }

    // --- the background thread ---------------------------------------------------------------------------------------

    /// Runs the loop whenever nobody else does, until [`Self::stop`]; body of the background thread.
    pub fn run(self: &Arc<Self>) {
        let look = Look::new(STREAM_LOOK, STREAM_LOOK, &RESTRAINT);
        let mut background = Background { events: Events::default(), courtesy: Courtesy::default(), look };
        loop {
            // Before the look at `stop`, after which the bell rings.
            let bell = self.bell.load(Ordering::SeqCst);
            if self.is_stopped() {
                break;
            }
            match self.roles(Roles::look) {
                Duty::Run => self.run_until_evicted(&mut background),
                Duty::Doze(ticks) => drop(sys::wait::wait(&self.bell, bell, Some(TICK * ticks))),
                Duty::Rest => drop(sys::wait::wait(&self.bell, bell, None)),
            }
        }
        let _deferral = Deferral::begin();
        // What is left is dropped here, where descriptors and pipes close.
        self.state.lock().actors.clear();
        // What is dropped may post again.
        let commands = std::mem::take(&mut self.mailbox.lock().commands);
        drop(commands);
    }

    /// Ends [`Self::run`].
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
        self.waker.wake();
        self.ring();
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    fn run_until_evicted(self: &Arc<Self>, background: &mut Background) {
        let Background { events, courtesy, look } = background;
        let mut heavy = false;
        while !self.is_stopped() {
            let idle = self.fall_asleep();
            if !(idle && heavy && self.look_with(look, events)) {
                // The thread blocks all signals.
                let _ = self.wait_for_events(events, idle, None);
            }
            if !self.roles(Roles::wake_up_background) {
                return;
            }
            heavy = self.work(events);
            if heavy {
                self.roles(Roles::note_stream);
            }
            if patience_allowed() && courtesy.is_due(events) {
                courtesy.make_room();
            }
        }
    }

    /// As [`Self::look`], by the background thread in a heavy stream.
    fn look_with(&self, look: &mut Look, events: &mut Events) -> bool {
        let Some(limit) = may_look().then(|| look.occasion()).flatten() else { return false };
        let (found, took) = self.look_for(limit, events, || false);
        look.learn(found, took);
        found
    }

    // --- waiters -----------------------------------------------------------------------------------------------------

    /// Waits until `done`, or the time is over (EAGAIN), or a signal handler has run (EINTR). Runs the loop if it can have
    /// it; else `sleep` does the waiting. Who makes `done` true calls [`Self::interrupt`] then. The caller holds no lock.
    pub fn wait(
        self: &Arc<Self>,
        waiter: Waiter,
        timeout: Option<Duration>,
        done: impl Fn() -> bool,
        sleep: impl Fn(Option<Duration>) -> Result<()>,
    ) -> Result<()> {
        self.uncork();
        if !lending_allowed() {
            return sleep(timeout);
        }
        // Free functions that come due in a step may block, and must not do so while this thread has the role.
        let _deferral = Deferral::begin();
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            match self.roles(|roles| roles.enter(this_thread(), waiter, Instant::now)) {
                Turn::Lead(kick) => {
                    self.kick(kick);
                    if let Some(result) = self.lead(waiter, deadline, &done) {
                        return result;
                    }
                    // Callbacks may wait as well: they run while somebody else has the loop.
                    Deferral::run_due();
                }
                Turn::Follow => {
                    let slept = sleep(deadline.map(|at| at.saturating_duration_since(Instant::now())));
                    self.roles(Roles::end_following);
                    return slept;
                }
            }
        }
    }

    /// Runs the loop. None when free functions wait to be run.
    fn lead(
        self: &Arc<Self>,
        waiter: Waiter,
        deadline: Option<Instant>,
        done: impl Fn() -> bool,
    ) -> Option<Result<()>> {
        let _held_off = HeldOff::begin();
        let mut events = std::mem::take(&mut *self.events.lock());
        let mut heavy = false;
        let result = loop {
            let idle = self.fall_asleep();
            if done() {
                break Some(Ok(()));
            }
            let found = idle && self.look(&mut events, &done);
            let waited = if found { Ok(()) } else { self.wait_for_events(&mut events, idle, deadline) };
            self.roles(Roles::wake_up);
            heavy |= self.work(&events);
            if done() {
                break Some(Ok(()));
            }
            if waited == Err(Error::EINTR) {
                break Some(waited);
            }
            if self.is_stopped() || deadline.is_some_and(|at| at <= Instant::now()) {
                break Some(Err(Error::EAGAIN));
            }
            if Deferral::is_due() {
                break None;
            }
        };
        *self.events.lock() = events;
        self.resign(waiter == Waiter::Guest && heavy || result.is_none());
        result
    }

    /// Before the wait in the kernel: looks for events without sleeping, if that has paid lately. Whether there is something
    /// to do.
    fn look(&self, events: &mut Events, done: impl Fn() -> bool) -> bool {
        let Some(limit) = may_look().then(|| self.look.lock().occasion()).flatten() else { return false };
        let (found, took) = self.look_for(limit, events, done);
        self.look.lock().learn(found, took);
        found
    }

    /// Whether there is something to do within this time, and after how long that was known.
    fn look_for(&self, limit: Duration, events: &mut Events, done: impl Fn() -> bool) -> (bool, Duration) {
        let begun = Instant::now();
        loop {
            // What goes wrong is for the wait that follows.
            let seen = self.poller.wait(events, Some(Duration::ZERO)).is_ok() && events.iter().next().is_some();
            let (found, took) = (seen || done(), begun.elapsed());
            if found || took >= limit {
                return (found, took);
            }
        }
    }

    /// Gives the role back; `more` if there is more to do than a waiter should.
    fn resign(&self, more: bool) {
        let kick = {
            let mut mailbox = self.mailbox.lock();
            let more = more || !mailbox.commands.is_empty() || self.corked.load(Ordering::Relaxed);
            mailbox.roles.leave(more)
        };
        self.kick(kick);
    }
}

/// Whether there may be looks at all.
fn may_look() -> bool {
    patience_allowed() && several_processors()
}

/// Tells the running thread from others that run at the same time.
fn this_thread() -> usize {
    thread_local!(static MARK: u8 = const { 0 });
    MARK.with(|mark| std::ptr::from_ref(mark).addr())
}
