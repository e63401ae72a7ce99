//! The I/O loop: a value that owns connections, listeners and their deadlines, and offers one step.
//!
//! Everything that has a descriptor or a deadline is an [`Actor`] in a loop. The loop hands it what concerns it: readiness
//! of its descriptor, its deadline, events of its pipe, notes of others. An actor works only while the loop's state is
//! locked, on whichever thread runs the step: nothing in it may depend on that thread. The background thread
//! ([`Loop::run`]) is merely who runs it when nobody else does: a thread that waits for what the loop brings may do it as
//! well ([`Loop::wait`], `roles.rs`, `runner.rs`).
//!
//! ```text
//! socket ──pipe event / note──> mailbox ──┐
//! kernel ──readiness──> poll backend ─────┼─> step: actor.on_*(io) ──> pipe, descriptor, socket's mailbox
//! clock ──deadline──> timers ─────────────┘
//! ```
//!
//! Locks: the state's lock is taken before no other lock of the library but leaf locks (mailboxes, a pipe's conflate cell,
//! a monitor's socket); threads that hold a socket's lock only ever *try* to take it.
//!
//! A panic inside an actor ends that actor, never the loop.

mod corks;
#[cfg(test)]
mod corks_tests;
mod courtesy;
mod key_map;
pub mod look;
pub mod poll;
pub mod restraint;
mod roles;
mod runner;
mod switches;
mod timers;

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::error::{Error, Result};
use crate::msg::{self, Deferral, Intake};
use crate::pipe::{Batch, PipeEvent, Wake};
use crate::security::{zap, Failure};
use crate::sys::{cancel::HeldOff, SockAddr};
use corks::Corks;
use key_map::KeyMap;
use look::Look;
use poll::{Event, Events, Interest, Poller};
use roles::Roles;
pub use roles::{Load, Waiter};
use switches::inline_allowed;
pub use switches::patience_allowed;
use timers::Timers;

/// Names an actor within its loop; never used again for another one.
pub type Key = u64;

/// Key under which the mailbox's waker is registered.
const WAKER: Key = u64::MAX - 1;

/// Actors that are stopped together: those of one endpoint of one socket.
pub type Group = u64;

/// What others tell an actor.
pub enum Note {
    /// The socket does not want the endpoint any more. An actor whose pipe tells it the same may ignore this.
    Stop,
    /// The resolver's answer.
    Resolved(Result<Vec<SockAddr>>),
    /// What became of a question to the ZAP handler, which ran as the actor of this key.
    Zap(Key, std::result::Result<zap::Reply, Failure>),
}

/// Something that lives in a loop.
pub trait Actor: Send {
    /// First call, on the loop.
    fn start(&mut self, io: &mut Io<'_>);
    /// The descriptor registered by [`Io::register`] is ready.
    fn on_ready(&mut self, io: &mut Io<'_>, readable: bool, writable: bool);
    /// The deadline of [`Io::set_deadline`] has come.
    fn on_deadline(&mut self, _io: &mut Io<'_>) {}
    /// Whether `Readable` shall be worked off at once by the thread that wrote, if it can have the loop: true in a dialogue,
    /// where a hand-over to the loop's thread would cost more than the work; false in a stream, where that thread makes
    /// batches while the writer goes on.
    fn in_dialogue(&self) -> bool {
        false
    }
    /// Whether `Writable` may be worked off at once by the thread that has read, if it can have the loop: true where what it
    /// will read next only has to be decoded.
    fn goes_on_at_once(&self) -> bool {
        false
    }
    /// Whether `Closed` may be worked off at once by the thread that closed, if it can have the loop: true where nothing is
    /// left to deliver, so that it costs that thread a moment only.
    fn leaves_at_once(&mut self) -> bool {
        false
    }
    /// The writer of the pipe has put an armful of messages into it, while the actor is corked: takes them, on the writer's
    /// thread. Whether [`PipeEvent::Readable`] shall come now.
    fn take_over(&mut self) -> bool {
        false
    }
    /// Some time has passed since [`Io::cork`]; or a thread begins to wait (`at_once`), and what was kept back is to go.
    fn uncork(&mut self, _io: &mut Io<'_>, _at_once: bool) {}
    /// Something happened at the pipe attached with this actor's key.
    fn on_pipe(&mut self, _io: &mut Io<'_>, _event: PipeEvent) {}
    /// Somebody left a note.
    fn on_note(&mut self, _io: &mut Io<'_>, _note: Note) {}
}

struct Member {
    actor: Box<dyn Actor>,
    group: Group,
}

enum Command {
    Add(Key, Member),
    Pipe(Key, PipeEvent),
    Note(Key, Note),
    Stop(Group),
}

/// One I/O loop.
pub struct Loop {
    me: Weak<Self>,
    poller: Poller,
    waker: crate::sys::Waker,
    mailbox: Mutex<Mailbox>,
    state: Mutex<State>,
    /// The events of waiters that run the loop; the background thread has its own.
    events: Mutex<Events>,
    /// Whether looks of waiters pay.
    look: Mutex<Look>,
    /// Something is corked; and somebody began to wait since, so the next that is about to be is not.
    corked: AtomicBool,
    hurry: AtomicBool,
    /// What the background thread sleeps on while it is not the runner.
    bell: AtomicU32,
    next_key: AtomicUsize,
    stop: AtomicBool,
    /// Number of connections and listeners, for choosing the least loaded loop.
    load: AtomicUsize,
}

struct Mailbox {
    commands: Vec<Command>,
    roles: Roles,
}

struct State {
    actors: KeyMap<Member>,
    timers: Timers,
    corks: Corks,
    intake: Intake,
    /// Lent to the connection that is being written to.
    outgoing: Vec<u8>,
    /// Spare vector that swaps places with the mailbox's.
    commands: Vec<Command>,
    /// What the running actor has brought.
    brought: Load,
    /// Connections and listeners that are ready in this step.
    crowd: usize,
}

impl State {
    /// When something is due.
    fn next_deadline(&self) -> Option<Instant> {
        [self.timers.next(), self.corks.next()].into_iter().flatten().min()
    }
}

/// Connections whose messages are told together, at most: so long their readers wait while others are read from.
const TOGETHER: usize = 32;

/// What an actor may do during a call.
pub struct Io<'a> {
    lp: &'a Arc<Loop>,
    timers: &'a mut Timers,
    corks: &'a mut Corks,
    /// Memory to read into; its content means nothing between calls. Missing before the first read, and after an actor that had
    /// it in hand has panicked.
    pub intake: &'a mut Intake,
    /// Memory for encoding what is written at once: used by one connection after the other, it stays in the processor's
    /// cache.
    pub outgoing: &'a mut Vec<u8>,
    /// The time at which this step's work began.
    pub now: Instant,
    key: Key,
    finished: bool,
    brought: &'a mut Load,
    crowd: usize,
}

impl Io<'_> {
    /// The key of the running actor.
    pub fn key(&self) -> Key {
        self.key
    }

    /// The loop.
    pub fn this(&self) -> Arc<Loop> {
        self.lp.clone()
    }

    /// Registers a descriptor of the running actor; it must be given to [`Self::deregister`] before it is closed.
    pub fn register(&self, fd: std::os::fd::BorrowedFd<'_>, interest: Interest) -> Result<()> {
        self.lp.poller.add(fd, self.key, interest)
    }

    /// Changes what the descriptor is watched for.
    pub fn watch(&self, fd: std::os::fd::BorrowedFd<'_>, interest: Interest) -> Result<()> {
        self.lp.poller.modify(fd, self.key, interest)
    }

    /// Ends watching the descriptor.
    pub fn deregister(&self, fd: std::os::fd::BorrowedFd<'_>) {
        // A descriptor that the system has forgotten already needs no removal.
        let _ = self.lp.poller.delete(fd);
    }

    /// Sets, moves or removes the actor's one deadline.
    pub fn set_deadline(&mut self, at: Option<Instant>) {
        self.timers.set(self.key, at);
    }

    /// The running actor hears [`Actor::uncork`] soon. False if nothing is to be kept back now.
    pub fn cork(&mut self) -> bool {
        let may = inline_allowed()
            && Poller::has_short_waits()
            && self.lp.load() <= corks::FEW
            && !self.lp.hurry.swap(false, Ordering::Relaxed);
        if may {
            self.corks.add(self.key, self.now);
            self.lp.corked.store(true, Ordering::Relaxed);
        }
        may
    }

    /// The running actor has read so many bytes, and given its socket so many messages; what it has brought in this step.
    pub fn count(&mut self, bytes: usize, messages: u64) -> Load {
        self.brought.bytes += bytes;
        self.brought.messages += messages as usize;
        *self.brought
    }

    /// How many actors have this step to share, the running one included.
    pub fn crowd(&self) -> usize {
        self.crowd
    }

    /// The actor is done; it is dropped after this call.
    pub fn finish(&mut self) {
        self.finished = true;
    }
}

impl Loop {
    /// A loop that nobody runs yet. EMFILE, ENOMEM and the like when the system has no descriptors left.
    pub fn new() -> Result<Arc<Self>> {
        let (poller, waker) = (Poller::new()?, crate::sys::Waker::new()?);
        poller.add(waker.fd(), WAKER, Interest { read: true, write: false })?;
        let state = State {
            actors: Default::default(),
            timers: Timers::default(),
            corks: Corks::default(),
            intake: Intake::default(),
            outgoing: Vec::new(),
            commands: Vec::new(),
            brought: Load::default(),
            crowd: 1,
        };
        let mailbox = Mailbox { commands: Vec::new(), roles: Roles::new() };
        Ok(Arc::new_cyclic(|me| Self {
            me: me.clone(),
            poller,
            waker,
            mailbox: Mutex::new(mailbox),
            state: Mutex::new(state),
            events: Mutex::default(),
            look: Mutex::new(Look::new(runner::LOOK, runner::LONG_LOOK, &restraint::RESTRAINT)),
            corked: AtomicBool::new(false),
            hurry: AtomicBool::new(false),
            bell: AtomicU32::new(0),
            next_key: AtomicUsize::new(1),
            stop: AtomicBool::new(false),
            load: AtomicUsize::new(0),
        }))
    }

    /// Adds an actor; its [`Actor::start`] runs at once if the calling thread can have the loop, else soon.
    pub fn add(&self, actor: Box<dyn Actor>, group: Group) -> Key {
        let key = self.next_key.fetch_add(1, Ordering::Relaxed) as Key;
        self.load.fetch_add(1, Ordering::Relaxed);
        let member = Member { actor, group };
        // Not before those that were added earlier and wait for the loop: connections are made in the order of the calls.
        match self.state.try_lock().filter(|_| inline_allowed() && self.mailbox.lock().commands.is_empty()) {
            Some(mut state) => {
                state.actors.insert(key, member);
                self.call_inline(&mut state, key, |a, io| a.start(io));
            }
            None => self.post(Command::Add(key, member)),
        }
        key
    }

    /// Gives an actor [`Note::Stop`], at once if the calling thread can have the loop.
    pub fn stop_one(&self, key: Key) {
        if !self.work_inline(key, |_| true, |a, io| a.on_note(io, Note::Stop)) {
            self.note(key, Note::Stop);
        }
    }

    /// Leaves a note for an actor; one that is gone does not hear it.
    pub fn note(&self, key: Key, note: Note) {
        self.post(Command::Note(key, note));
    }

    /// Gives every actor of the group [`Note::Stop`].
    pub fn stop_group(&self, group: Group) {
        self.post(Command::Stop(group));
    }

    /// Ends watching a descriptor that another thread is about to close.
    pub fn deregister(&self, fd: std::os::fd::BorrowedFd<'_>) {
        // One that is not watched needs no removal.
        let _ = self.poller.delete(fd);
    }

    /// Number of actors, for choosing the least loaded loop.
    pub fn load(&self) -> usize {
        self.load.load(Ordering::Relaxed)
    }

    fn post(&self, command: Command) {
        let kick = {
            let mut mailbox = self.mailbox.lock();
            mailbox.commands.push(command);
            mailbox.roles.news()
        };
        self.kick(kick);
    }

    /// True if there is no command; from now on news wake the runner.
    fn fall_asleep(&self) -> bool {
        let mut mailbox = self.mailbox.lock();
        let idle = mailbox.commands.is_empty();
        if idle {
            mailbox.roles.fall_asleep();
        }
        idle
    }

    /// Waits in the kernel, not at all if there is work already. EINTR.
    fn wait_for_events(&self, events: &mut Events, idle: bool, deadline: Option<Instant>) -> Result<()> {
        let timeout = if idle {
            let now = Instant::now();
            let of_caller = deadline.map(|at| at.saturating_duration_since(now));
            let of_state = self.state.lock().next_deadline().map(|at| at.saturating_duration_since(now));
            [of_caller, of_state, msg::tidy(now)].into_iter().flatten().min()
        } else {
            Some(Duration::ZERO)
        };
        let waited = self.poller.wait(events, timeout);
        if waited.is_err() {
            events.clear();
        }
        if waited.is_err_and(|e| e != Error::EINTR) {
            // ENOMEM and the like pass; the next step tries again.
            std::thread::yield_now();
        }
        waited
    }

    /// Does what there is to do. Whether one connection brought a heavy stream; a crowd with a message each is many dialogues.
    fn work(self: &Arc<Self>, events: &Events) -> bool {
        let _deferral = Deferral::begin();
        let mut state = self.state.lock();
        let (now, mut heavy) = (Instant::now(), false);
        state.crowd = events.iter().filter(|event| event.token != WAKER).count().max(1);
        self.run_commands(&mut state, now);
        for events in events.chunks(TOGETHER) {
            heavy |= self.hear(&mut state, events, now);
        }
        state.crowd = 1;
        self.run_commands(&mut state, now);
        while let Some(key) = state.timers.pop_due(now) {
            self.call(&mut state, key, now, |a, io| a.on_deadline(io));
        }
        while let Some(key) = state.corks.pop_due(now) {
            self.call(&mut state, key, now, |a, io| a.uncork(io, false));
        }
        self.corked.store(state.corks.len() > 0, Ordering::Relaxed);
        heavy
    }

    /// Does what these descriptors are ready for. Whether one connection brought a heavy stream.
    fn hear(self: &Arc<Self>, state: &mut State, events: &[Event], now: Instant) -> bool {
        // Often one thread serves all peers: woken once, it finds a message of each. Who reads a stream goes on at once.
        let mut batch = (state.crowd > 1).then(Batch::begin);
        let mut heavy = false;
        for &event in events {
            state.brought = Load::default();
            match event.token {
                WAKER => self.hear_waker(),
                key => self.call(state, key, now, |a, io| {
                    a.on_ready(io, event.readable || event.error, event.writable || event.error);
                }),
            }
            heavy |= state.brought.is_heavy(state.crowd);
            if state.brought.is_stream() {
                batch = None;
            }
        }
        drop(batch);
        heavy
    }

    /// Makes the waker quiet, unless the background thread has still to hear it.
    fn hear_waker(&self) {
        match self.roles(|roles| roles.is_evicting()) {
            true => std::thread::yield_now(),
            false => self.waker.drain(),
        }
    }

    fn run_commands(self: &Arc<Self>, state: &mut State, now: Instant) {
        let mut commands = std::mem::take(&mut state.commands);
        std::mem::swap(&mut commands, &mut self.mailbox.lock().commands);
        for command in commands.drain(..) {
            match command {
                Command::Add(key, member) => {
                    state.actors.insert(key, member);
                    self.call(state, key, now, |a, io| a.start(io));
                }
                Command::Pipe(key, event) => self.call(state, key, now, |a, io| a.on_pipe(io, event)),
                Command::Note(key, note) => self.call(state, key, now, |a, io| a.on_note(io, note)),
                Command::Stop(group) => {
                    let members = state.actors.iter().filter(|(_, m)| m.group == group).map(|(k, _)| *k);
                    for key in members.collect::<Vec<_>>() {
                        self.call(state, key, now, |a, io| a.on_note(io, Note::Stop));
                    }
                }
            }
        }
        state.commands = commands;
    }

    /// Calls an actor; ends it when it says so or panics.
    fn call(self: &Arc<Self>, state: &mut State, key: Key, now: Instant, f: impl FnOnce(&mut dyn Actor, &mut Io<'_>)) {
        let Some(Member { actor, .. }) = state.actors.get_mut(&key) else { return };
        let State { timers, corks, intake, outgoing, brought, crowd, .. } = state;
        let mut io =
            Io { lp: self, timers, corks, intake, outgoing, now, key, finished: false, brought, crowd: *crowd };
        let survived = catch_unwind(AssertUnwindSafe(|| f(actor.as_mut(), &mut io))).is_ok();
        if io.finished || !survived {
            state.timers.set(key, None);
            self.load.fetch_sub(1, Ordering::Relaxed);
            let actor = state.actors.remove(&key);
            // A drop that panics as well must not end the loop either.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(actor)));
        }
    }
}

impl Wake for Loop {
    fn pipe_event(&self, token: u64, event: PipeEvent) {
        let done = match event {
            PipeEvent::Readable => self.work_inline(token, |a| a.in_dialogue(), |a, io| a.on_pipe(io, event)),
            PipeEvent::Closed => self.work_inline(token, |a| a.leaves_at_once(), |a, io| a.on_pipe(io, event)),
            PipeEvent::Writable => self.work_inline(token, |a| a.goes_on_at_once(), |a, io| a.on_pipe(io, event)),
            PipeEvent::Hiccup => false,
        };
        if !done {
            self.post(Command::Pipe(token, event));
        }
    }

    /// Writes a batch, or reads on, on the thread that made it: that costs no more than telling another one.
    fn batch_event(&self, token: u64, event: PipeEvent) -> bool {
        if event == PipeEvent::Closed || !self.work_inline(token, |_| true, |a, io| a.on_pipe(io, event)) {
            self.pipe_event(token, event);
        }
        false
    }

    fn take_over(&self, token: u64) {
        // Who has the loop now will look at the pipe.
        let _ = self.work_inline(token, |a| a.take_over(), |a, io| a.on_pipe(io, PipeEvent::Readable));
    }
}

impl Loop {
    /// Has an actor work on the calling thread. False if the loop is busy, the actor is not there or does not want it.
    fn work_inline(
        &self,
        key: Key,
        wanted: impl FnOnce(&mut dyn Actor) -> bool,
        f: impl FnOnce(&mut dyn Actor, &mut Io<'_>),
    ) -> bool {
        let Some(mut state) = self.state.try_lock() else { return false };
        let wanted = state.actors.get_mut(&key).is_some_and(|m| wanted(m.actor.as_mut())) && inline_allowed();
        let done = wanted && self.call_inline(&mut state, key, f);
        drop(state);
        if done {
            self.roles(Roles::stay);
        }
        done
    }

    /// Calls an actor on a thread that is not the loop's.
    fn call_inline(&self, state: &mut State, key: Key, f: impl FnOnce(&mut dyn Actor, &mut Io<'_>)) -> bool {
        let Some(me) = self.me.upgrade() else { return false };
        let _held_off = HeldOff::begin();
        let (before, corks) = (state.next_deadline(), state.corks.len());
        me.call(state, key, Instant::now(), f);
        // The loop's thread may be asleep until a later time; what is corked cannot wait until somebody runs the loop.
        if state.next_deadline().is_some_and(|at| before.is_none_or(|b| at < b)) {
            self.kick(self.roles(if state.corks.len() > corks { Roles::news } else { Roles::interrupt }));
        }
        true
    }

    /// The calling thread is about to wait: what was kept back may be what the answer depends on.
    fn uncork(&self) {
        if !self.corked.load(Ordering::Relaxed) {
            return;
        }
        // Whoever has the loop now shall not begin anew.
        self.hurry.store(true, Ordering::Relaxed);
        let Some(mut state) = self.state.try_lock() else { return };
        // What others cork meanwhile is not this thread's.
        for _ in 0..state.corks.len() {
            let Some(key) = state.corks.pop() else { break };
            self.hurry.store(true, Ordering::Relaxed);
            self.call_inline(&mut state, key, |a, io| a.uncork(io, true));
        }
        self.hurry.store(false, Ordering::Relaxed);
        self.corked.store(state.corks.len() > 0, Ordering::Relaxed);
    }
}
