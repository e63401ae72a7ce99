//! Who runs the loop: the background thread, or a thread that waits for what the loop will bring (leader / follower).
//!
//! A thread that blocks in a receive would sleep until the background thread has read for it and woken it: two hops of
//! threads for each message. In a dialogue it runs the loop itself instead. [`Roles`] is the state of that, kept under the
//! mailbox's lock; it does nothing itself but says what is to be done, so that it can be checked without threads.
//!
//! ```text
//!             enter (steady rhythm: evicts it)               enter
//! Background ──────────────────────────────────> Waiter <──────────── Nobody
//!     ^                                             └─────── leave ──────^
//!     └────────── the bell rings, or two ticks without a waiter ─────────┘
//! ```
//!
//! *Lent.* While waiters come and go quickly, nobody is told when one leaves: the next will be there in no time. The
//! background thread dozes, looks after each [`TICK`] and takes the role back if no waiter has come since its last look. While
//! they go on coming it looks less often, up to every [`LONGEST`] ticks: each look takes the processor from them. Whoever
//! needs the loop at once (a command, a wait that cannot lead) rings for it.
//!
//! *Slow.* A waiter that waits for longer than a tick lets the background thread rest, so that an idle process does
//! nothing; in return it rings when it leaves, and the role is the background thread's until a quick rhythm comes again. So
//! does a waiter that leaves others waiting, and one that found itself in a stream of larger messages ([`Load::is_heavy`]),
//! where two threads are better than one. What counts is what one connection brings: many peers with a message each are many
//! dialogues, and a waiter that answers them one after the other is given more time to come back.
//!
//! *Resident.* A proxy's thread does nothing but wait and pass messages on, so it runs the loop in every stream.

use std::time::{Duration, Instant};

/// How long the loop may be without a runner while waiters come and go, half of it at least; [`LONGEST`] times as long after
/// many of them.
pub(super) const TICK: Duration = Duration::from_micros(500);

/// Ticks between two looks, at most.
const LONGEST: u32 = 4;

/// Waits of one thread that follow each other in less than this make a rhythm.
const BEAT: Duration = Duration::from_millis(1);

/// Beats after which a waiter takes the role from the background thread.
const STEADY: u32 = 4;

/// How many looks of the background thread a busy waiter may be away.
const PATIENCE: u32 = 10;

/// What one step brings over one connection.
#[derive(Clone, Copy, Default)]
pub struct Load {
    /// Bytes read.
    pub bytes: usize,
    /// Messages given to the socket.
    pub messages: usize,
}

/// So many bytes count as much as a message: who reads large ones is better off if it need not copy them itself.
const MUCH: usize = 4096;

/// Bytes of a message up to which decoding it costs less than handing it to another processor.
const LIGHT: usize = 512;

impl Load {
    /// Messages in a dialogue, at most.
    pub const FEW: usize = 8;

    /// Whether it is more than a dialogue brings.
    pub fn is_stream(self) -> bool {
        self.messages + self.bytes / MUCH > Self::FEW
    }

    /// Whether it is a stream of small messages, which the thread that uses them reads best itself.
    pub fn is_light(self) -> bool {
        self.bytes <= LIGHT * self.messages
    }

    /// Whether two threads are better than one, where a `crowd` of connections is ready: one thread for many streams would be
    /// the narrow place, however small their messages.
    pub fn is_heavy(self, crowd: usize) -> bool {
        self.is_stream() && (crowd > 1 || !self.is_light())
    }
}

/// A thread that waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waiter {
    /// The application's: it runs the loop in a dialogue, and may do anything before it waits again.
    Guest,
    /// One that passes messages on and waits, for ever (a proxy): it may as well run the loop in a stream, where reading,
    /// passing on and writing without a hand-over cost the least.
    Resident,
}

/// Who runs the loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Runner {
    #[default]
    Nobody,
    Background,
    Waiter,
}

/// Whom to wake after the lock was given back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub(super) enum Kick {
    Nobody,
    /// The runner, who is in the kernel.
    Runner,
    /// The background thread, which is not the runner.
    Bell,
}

/// What a waiter shall do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    /// Run the loop, until [`Roles::leave`].
    Lead(Kick),
    /// Sleep; [`Roles::end_following`] afterwards.
    Follow,
}

/// What the background thread shall do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Duty {
    /// Run the loop until it has been evicted.
    Run,
    /// Look again after so many ticks, or when the bell rings.
    Doze(u32),
    /// Sleep until the bell rings.
    Rest,
}

/// See the module comment.
#[derive(Default)]
pub(super) struct Roles {
    runner: Runner,
    /// The runner is (or is about to be) in the kernel and must be kicked to see news.
    asleep: bool,
    /// Number of times that a waiter took the role.
    turns: u32,
    /// What `turns` was at the background thread's last look.
    seen: Option<u32>,
    /// The waiter that has gone has answered somebody since the background thread's last look.
    busy: bool,
    /// Looks that only found it busy.
    looks: u32,
    /// Ticks until the next look.
    doze: u32,
    /// The background thread sleeps until the bell rings.
    resting: bool,
    /// The bell has been rung and not been heard yet.
    rung: bool,
    /// The background thread has lost the role and does not know it yet.
    evicted: bool,
    /// Waiters that sleep.
    followers: u32,
    /// Reasons never to lend.
    holds: u32,
    rhythm: Rhythm,
}

#[derive(Default)]
struct Rhythm {
    asker: usize,
    last: Option<Instant>,
    beats: u32,
    /// Those of them since the last sign of a stream.
    calm: u32,
}

impl Rhythm {
    fn beat(&mut self, asker: usize, waiter: Waiter, now: Instant) -> bool {
        let goes_on = self.asker == asker && self.last.is_some_and(|last| now.saturating_duration_since(last) < BEAT);
        (self.beats, self.calm) = if goes_on { (self.beats + 1, self.calm + 1) } else { (0, 0) };
        (self.asker, self.last) = (asker, Some(now));
        STEADY
            <= match waiter {
                Waiter::Guest => self.calm,
                Waiter::Resident => self.beats,
            }
    }
}

impl Roles {
    /// The background thread will run the loop at its first look.
    pub(super) fn new() -> Self {
        Self { seen: Some(0), ..Self::default() }
    }

    /// Something is there for the runner, whoever that is.
    pub(super) fn news(&mut self) -> Kick {
        match self.runner {
            Runner::Nobody => self.ring(),
            _ => self.interrupt(),
        }
    }

    /// The runner, if there is one, shall look.
    pub(super) fn interrupt(&mut self) -> Kick {
        match std::mem::take(&mut self.asleep) {
            true => Kick::Runner,
            false => Kick::Nobody,
        }
    }

    /// The background thread shall run the loop if nobody does.
    pub(super) fn attend(&mut self) -> Kick {
        match self.runner {
            Runner::Nobody => self.ring(),
            _ => Kick::Nobody,
        }
    }

    fn ring(&mut self) -> Kick {
        match std::mem::replace(&mut self.rung, true) {
            true => Kick::Nobody,
            false => Kick::Bell,
        }
    }

    /// From now on until [`Self::release`] the background thread alone runs the loop.
    pub(super) fn hold(&mut self) -> Kick {
        self.holds += 1;
        self.attend()
    }

    /// Ends a [`Self::hold`].
    pub(super) fn release(&mut self) {
        self.holds -= 1;
    }

    /// A thread is about to wait for what the loop will bring; `asker` tells it from others.
    pub(super) fn enter(&mut self, asker: usize, waiter: Waiter, now: impl FnOnce() -> Instant) -> Turn {
        let kick = match self.runner {
            _ if self.holds > 0 || self.followers > 0 => None,
            Runner::Nobody => Some(Kick::Nobody),
            Runner::Background if self.rhythm.beat(asker, waiter, now()) && self.asleep => {
                self.evicted = true;
                Some(self.interrupt())
            }
            _ => None,
        };
        if let Some(kick) = kick {
            self.runner = Runner::Waiter;
            self.turns = self.turns.wrapping_add(1);
            return Turn::Lead(kick);
        }
        self.followers += 1;
        Turn::Follow
    }

    /// A follower waits no more.
    pub(super) fn end_following(&mut self) {
        self.followers -= 1;
    }

    /// A leading waiter goes. `more`: commands are left, or there is more to do than it should.
    pub(super) fn leave(&mut self, more: bool) -> Kick {
        (self.runner, self.asleep) = (Runner::Nobody, false);
        match more || self.followers > 0 || self.holds > 0 || self.resting {
            true => self.ring(),
            false => Kick::Nobody,
        }
    }

    /// Somebody has answered a peer without the loop's help: if nobody runs it, the last waiter works through what it found
    /// and will be back.
    pub(super) fn stay(&mut self) {
        self.busy = true;
    }

    /// The runner is about to wait in the kernel.
    pub(super) fn fall_asleep(&mut self) {
        self.asleep = true;
    }

    /// The runner is back from the kernel.
    pub(super) fn wake_up(&mut self) {
        self.asleep = false;
    }

    /// The background thread is back from the kernel. False if it has lost the role, which it learns by this.
    pub(super) fn wake_up_background(&mut self) -> bool {
        if std::mem::take(&mut self.evicted) {
            return false;
        }
        self.asleep = false;
        true
    }

    /// Whether the background thread has still to learn that it is not the runner.
    pub(super) fn is_evicting(&self) -> bool {
        self.evicted
    }

    /// The traffic is no dialogue.
    pub(super) fn note_stream(&mut self) {
        self.rhythm.calm = 0;
    }

    /// The background thread, which is not the runner, looks what there is to do.
    pub(super) fn look(&mut self) -> Duty {
        let rung = std::mem::take(&mut self.rung);
        let rested = std::mem::take(&mut self.resting);
        let unchanged = self.seen.replace(self.turns) == Some(self.turns);
        let busy = std::mem::take(&mut self.busy) && self.looks < PATIENCE;
        (self.looks, self.doze) = if unchanged { (self.looks + 1, 1) } else { (0, (self.doze * 2).clamp(1, LONGEST)) };
        match self.runner {
            Runner::Nobody if rung || unchanged && !busy => {
                (self.runner, self.seen, self.doze) = (Runner::Background, None, 0);
                (self.rhythm.beats, self.rhythm.calm) = (0, 0);
                Duty::Run
            }
            Runner::Waiter if unchanged || rested => {
                self.resting = true;
                Duty::Rest
            }
            _ => Duty::Doze(self.doze),
        }
    }
}

#[cfg(all(test, loom))]
mod loom_models;

#[cfg(test)]
mod tests {
    use super::*;

    /// Roles whose background thread runs the loop and is in the kernel.
    fn in_background() -> Roles {
        let mut roles = Roles::new();
        assert_eq!(roles.look(), Duty::Run);
        roles.fall_asleep();
        roles
    }

    /// Roles that a waiter has, after the rhythm that it takes.
    fn led(asker: usize) -> Roles {
        let (mut roles, now) = (in_background(), Instant::now());
        for _ in 0..STEADY {
            assert_eq!(roles.enter(asker, Waiter::Guest, || now), Turn::Follow);
            roles.end_following();
        }
        assert_eq!(roles.enter(asker, Waiter::Guest, || now), Turn::Lead(Kick::Runner));
        assert!(roles.is_evicting() && !roles.wake_up_background());
        roles
    }

    #[test]
    fn a_steady_waiter_takes_the_loop_and_keeps_it() {
        let mut roles = led(1);
        assert_eq!(roles.look(), Duty::Doze(1));
        for ticks in [2, 4, LONGEST, LONGEST] {
            assert_eq!(roles.leave(false), Kick::Nobody);
            assert_eq!(roles.enter(1, Waiter::Guest, || unreachable!()), Turn::Lead(Kick::Nobody));
            assert_eq!(roles.look(), Duty::Doze(ticks));
        }
        assert_eq!(roles.leave(false), Kick::Nobody);
        roles.stay();
        assert_eq!((roles.look(), roles.look()), (Duty::Doze(1), Duty::Run));
    }

    #[test]
    fn slow_waiters_and_several_follow() {
        let (mut roles, mut now) = (in_background(), Instant::now());
        for i in 0..100 {
            let asker = if i < 50 { 1 } else { i };
            assert_eq!(roles.enter(asker, Waiter::Guest, || now), Turn::Follow);
            roles.end_following();
            now += if i < 50 { BEAT } else { Duration::ZERO };
        }
    }

    #[test]
    fn the_background_thread_comes_back_when_no_waiter_does() {
        let mut roles = led(1);
        assert_eq!(roles.look(), Duty::Doze(1));
        assert_eq!(roles.leave(false), Kick::Nobody);
        assert_eq!(roles.look(), Duty::Run);
    }

    #[test]
    fn a_waiter_that_answers_is_waited_for_but_not_for_ever() {
        let mut roles = led(1);
        assert_eq!(roles.look(), Duty::Doze(1));
        assert_eq!(roles.leave(false), Kick::Nobody);
        for _ in 0..PATIENCE {
            roles.stay();
            assert_eq!(roles.look(), Duty::Doze(1));
        }
        roles.stay();
        assert_eq!(roles.look(), Duty::Run);
    }

    #[test]
    fn in_a_stream_only_a_resident_takes_the_loop() {
        for (waiter, leads) in [(Waiter::Guest, false), (Waiter::Resident, true)] {
            let (mut roles, now) = (in_background(), Instant::now());
            let mut turn = Turn::Follow;
            for _ in 0..=STEADY {
                roles.note_stream();
                turn = roles.enter(1, waiter, || now);
                if turn == Turn::Follow {
                    roles.end_following();
                }
            }
            assert_eq!(turn == Turn::Lead(Kick::Runner), leads);
        }
    }

    #[test]
    fn a_long_wait_lets_the_background_thread_rest_and_calls_it_in_the_end() {
        let mut roles = led(1);
        assert_eq!(roles.look(), Duty::Doze(1));
        assert_eq!(roles.look(), Duty::Rest);
        assert_eq!(roles.leave(false), Kick::Bell);
        assert_eq!(roles.look(), Duty::Run);
    }

    #[test]
    fn who_leaves_others_or_work_behind_rings() {
        let mut roles = led(1);
        assert_eq!(roles.enter(2, Waiter::Guest, Instant::now), Turn::Follow);
        assert_eq!(roles.leave(false), Kick::Bell);
        assert_eq!(roles.enter(3, Waiter::Guest, Instant::now), Turn::Follow);
        assert_eq!(roles.look(), Duty::Run);
        assert_eq!(led(1).leave(true), Kick::Bell);
    }

    #[test]
    fn news_reach_whoever_runs_the_loop_or_the_bell_once() {
        let mut roles = led(1);
        assert_eq!(roles.news(), Kick::Nobody);
        roles.fall_asleep();
        assert_eq!(roles.news(), Kick::Runner);
        assert_eq!(roles.news(), Kick::Nobody);
        assert_eq!(roles.leave(false), Kick::Nobody);
        assert_eq!((roles.news(), roles.news()), (Kick::Bell, Kick::Nobody));
        assert_eq!(roles.look(), Duty::Run);
    }

    #[test]
    fn nothing_is_lent_while_somebody_holds_it() {
        let mut roles = led(1);
        assert_eq!(roles.hold(), Kick::Nobody);
        assert_eq!(roles.leave(false), Kick::Bell);
        assert_eq!(roles.enter(1, Waiter::Guest, Instant::now), Turn::Follow);
        roles.end_following();
        assert_eq!(roles.look(), Duty::Run);
        roles.release();
    }
}
