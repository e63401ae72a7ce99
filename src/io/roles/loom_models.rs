//! `RUSTFLAGS="--cfg loom" cargo test --lib loom_models`: the background thread, waiters and a poster around [`Roles`], in
//! every order of their locks (up to two preemptions). What `io/mod.rs` does around the kernel is here a few lines
//! around condition variables.
//!
//! Nothing here ever times out, but the background thread's doze where a model says so: a thread that sleeps while there is
//! work for it is a deadlock, which loom reports.

use std::time::Instant;

use loom::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

use super::*;

/// A value under a lock that threads wait for.
#[derive(Default)]
struct Cell<T>(Mutex<T>, Condvar);

impl<T> Cell<T> {
    fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let result = change(&mut self.0.lock().unwrap());
        self.1.notify_all();
        result
    }

    fn wait_until<R>(&self, found: impl Fn(&T) -> Option<R>) -> R {
        let mut guard = self.0.lock().unwrap();
        loop {
            match found(&guard) {
                Some(result) => return result,
                None => guard = self.1.wait(guard).unwrap(),
            }
        }
    }
}

/// What the poll backend watches: readiness stays until somebody reads.
#[derive(Clone, Default)]
struct Events {
    waker: bool,
    /// For whom messages have arrived.
    ready: Vec<usize>,
}

/// How the one of this number is told of its messages.
#[derive(Default)]
struct Signal {
    epoch: Cell<u32>,
    leaders: AtomicU32,
}

struct Loop {
    /// Commands, each the number of somebody for whom it is a message; the roles.
    mailbox: Mutex<(Vec<usize>, Roles)>,
    state: Mutex<()>,
    kernel: Cell<Events>,
    bell: Cell<u32>,
    /// Whether time passes while the background thread dozes.
    ticks: bool,
    stop: AtomicBool,
    signals: [Signal; 3],
    now: Instant,
}

impl Loop {
    /// The background thread runs it; waiter 0 may take it at once.
    fn new(ticks: bool) -> Arc<Self> {
        let (mut roles, now) = (Roles::new(), Instant::now());
        assert_eq!(roles.look(), Duty::Run);
        roles.rhythm = Rhythm { asker: 0, last: Some(now), beats: STEADY, calm: STEADY };
        Arc::new(Self {
            mailbox: Mutex::new((Vec::new(), roles)),
            state: Mutex::new(()),
            kernel: Cell::default(),
            bell: Cell::default(),
            ticks,
            stop: AtomicBool::new(false),
            signals: Default::default(),
            now,
        })
    }

    fn roles<T>(&self, f: impl FnOnce(&mut Roles) -> T) -> T {
        f(&mut self.mailbox.lock().unwrap().1)
    }

    fn kick(&self, kick: Kick) {
        match kick {
            Kick::Nobody => {}
            Kick::Runner => self.kernel.change(|events| events.waker = true),
            Kick::Bell => self.bell.change(|rings| *rings += 1),
        }
    }

    /// A command of another thread.
    fn post(&self, whom: usize) {
        let kick = {
            let mut mailbox = self.mailbox.lock().unwrap();
            mailbox.0.push(whom);
            mailbox.1.news()
        };
        self.kick(kick);
    }

    /// A message from the network.
    fn arrive(&self, whom: usize) {
        self.kernel.change(|events| events.ready.push(whom));
    }

    fn raise(&self, whom: usize) {
        let signal = &self.signals[whom];
        signal.epoch.change(|epoch| *epoch += 1);
        if signal.leaders.load(Ordering::SeqCst) > 0 {
            self.kick(self.roles(Roles::interrupt));
        }
    }

    fn sleep(&self, who: usize, epoch: u32) {
        self.signals[who].epoch.wait_until(|now| (*now != epoch).then_some(()));
    }

    // --- a step ------------------------------------------------------------------------------------------------------

    fn fall_asleep(&self) -> bool {
        let mut mailbox = self.mailbox.lock().unwrap();
        let idle = mailbox.0.is_empty();
        if idle {
            mailbox.1.fall_asleep();
        }
        idle
    }

    fn wait_for_events(&self, idle: bool) -> Events {
        self.kernel.wait_until(|events| (!idle || events.waker || !events.ready.is_empty()).then(|| events.clone()))
    }

    fn work(&self, events: Events) {
        let _state = self.state.lock().unwrap();
        if events.waker {
            match self.roles(|roles| roles.is_evicting()) {
                true => thread::yield_now(),
                false => self.kernel.change(|events| events.waker = false),
            }
        }
        if !events.ready.is_empty() {
            let arrived = self.kernel.change(|events| std::mem::take(&mut events.ready));
            arrived.into_iter().for_each(|whom| self.raise(whom));
        }
        let commands = std::mem::take(&mut self.mailbox.lock().unwrap().0);
        commands.into_iter().for_each(|whom| self.raise(whom));
    }

    // --- the background thread ---------------------------------------------------------------------------------------

    fn run(&self) {
        self.run_until_evicted();
        loop {
            let bell = self.bell.change(|rings| *rings);
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            match self.roles(Roles::look) {
                Duty::Run => self.run_until_evicted(),
                Duty::Doze(_) if self.ticks => thread::yield_now(),
                _ => self.bell.wait_until(|rings| (*rings != bell).then_some(())),
            }
        }
    }

    fn run_until_evicted(&self) {
        while !self.stop.load(Ordering::SeqCst) {
            let idle = self.fall_asleep();
            let events = self.wait_for_events(idle);
            if !self.roles(Roles::wake_up_background) {
                return;
            }
            self.work(events);
        }
    }

    fn end(&self) {
        self.stop.store(true, Ordering::SeqCst);
        self.kick(Kick::Runner);
        self.kick(Kick::Bell);
    }

    // --- waiters -----------------------------------------------------------------------------------------------------

    fn wait(&self, who: usize, epoch: u32) {
        let signal = &self.signals[who];
        signal.leaders.fetch_add(1, Ordering::SeqCst);
        match self.roles(|roles| roles.enter(who, Waiter::Guest, || self.now)) {
            Turn::Lead(kick) => {
                self.kick(kick);
                self.lead(|| signal.epoch.change(|now| *now != epoch));
            }
            Turn::Follow => {
                self.sleep(who, epoch);
                self.roles(Roles::end_following);
            }
        }
        signal.leaders.fetch_sub(1, Ordering::SeqCst);
    }

    fn lead(&self, done: impl Fn() -> bool) {
        loop {
            let idle = self.fall_asleep();
            if done() {
                break;
            }
            let events = self.wait_for_events(idle);
            self.roles(Roles::wake_up);
            self.work(events);
            if done() {
                break;
            }
        }
        let kick = {
            let mut mailbox = self.mailbox.lock().unwrap();
            let more = !mailbox.0.is_empty();
            mailbox.1.leave(more)
        };
        self.kick(kick);
    }
}

/// Runs a model: the background thread, waiters of which number `i` waits for `waits[i]` messages one after another, and
/// `main`; whoever sleeps in the end sleeps for ever.
fn in_every_order(ticks: bool, waits: &'static [u32], main: impl Fn(&Loop) + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(move || {
        let lp = Loop::new(ticks);
        let background = spawn(&lp, |lp| lp.run());
        let waiter = |who: usize| spawn(&lp, move |lp| (0..waits[who]).for_each(|epoch| lp.wait(who, epoch)));
        let waiters: Vec<_> = (0..waits.len()).map(waiter).collect();
        main(&lp);
        waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
        lp.end();
        background.join().unwrap();
    });
}

fn spawn(lp: &Arc<Loop>, body: impl FnOnce(&Loop) + 'static) -> thread::JoinHandle<()> {
    let lp = lp.clone();
    thread::spawn(move || body(&lp))
}

/// Number of the main thread, which never leads.
const MAIN: usize = 2;

#[test]
fn a_waiter_hears_every_message() {
    in_every_order(false, &[2], |lp| {
        lp.arrive(0);
        lp.post(0);
    });
}

#[test]
fn who_follows_is_not_forgotten_by_who_leads() {
    in_every_order(false, &[1, 1], |lp| {
        lp.arrive(0);
        lp.arrive(1);
    });
}

#[test]
fn a_command_finds_somebody_who_runs_the_loop() {
    in_every_order(false, &[1], |lp| {
        lp.arrive(0);
        lp.post(MAIN);
        lp.sleep(MAIN, 0);
    });
}

#[test]
fn the_loop_is_not_left_alone_while_somebody_holds_it() {
    in_every_order(false, &[1], |lp| {
        lp.kick(lp.roles(Roles::hold));
        lp.arrive(0);
        lp.arrive(MAIN);
        lp.sleep(MAIN, 0);
        lp.roles(Roles::release);
    });
}

#[test]
fn after_a_tick_the_loop_has_somebody_again() {
    in_every_order(true, &[1], |lp| {
        lp.kick(lp.roles(Roles::attend));
        lp.arrive(0);
        lp.arrive(MAIN);
        lp.sleep(MAIN, 0);
    });
}

#[test]
fn who_answers_keeps_the_loop_without_a_runner_for_some_ticks_only() {
    in_every_order(true, &[1], |lp| {
        lp.kick(lp.roles(Roles::attend));
        lp.arrive(0);
        lp.roles(Roles::stay);
        lp.arrive(MAIN);
        lp.sleep(MAIN, 0);
    });
}
