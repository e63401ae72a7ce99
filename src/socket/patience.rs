//! How a wait for another thread of the process begins: with a sleep, or with something that may be cheaper.
//!
//! Falling asleep and being woken costs both threads together about ten microseconds, during which a stream brings hundreds
//! of messages. Two things can save that, each in its own case:
//!
//! * *Look*: the peer is busy on another processor and has the next message ready sooner than a sleep takes. A few
//!   microseconds of looking find it.
//! * *Doze*: the peer shares this thread's processor. Woken for each message, this thread would push the writer aside, read
//!   one, and sleep again. A sleep of fixed short length that nobody has to end lets messages gather.
//!
//! Which of them pays is learned by trying: what has paid goes on, what has not is tried rarely, and ever more rarely. A
//! doze delays messages, so it is tried only in a dense stream, and goes on only while it gathers many.

use std::time::{Duration, Instant};

/// How long a look lasts: less than what a sleep and a wake-up cost.
const LOOK: Duration = Duration::from_micros(4);

/// Looks on trial last longer, and there are so many of them. In a dialogue both have to look: so long must one wait for the
/// other, who still sleeps and wakes up slowly, until that one makes a trial, too.
const LONG_LOOK: Duration = Duration::from_micros(30);
const TRIAL: u32 = 64;

/// Looks of a trial that must have found something within [`LOOK`].
const ENOUGH: u32 = 4;

/// How long a doze lasts, as asked for; the system adds about as much.
const DOZE: Duration = Duration::from_micros(50);

/// Messages that a doze has to gather, and the time in which it and their reading have to be over: where the system counts
/// time in milliseconds, a doze is a sleep.
const MANY: u32 = 16;
const SOON: Duration = Duration::from_millis(1);

/// Waits closer together than this are those of a stream or a dialogue, not of single messages.
const DENSE: Duration = Duration::from_micros(25);

/// See the module comment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Manner {
    /// Until woken.
    #[default]
    Sleep,
    /// Looks for so long, then a sleep.
    Look(Duration),
    /// A sleep for so long at most, that nobody ends.
    Doze(Duration),
}

/// Whether something pays.
struct Habit {
    /// It does, as long as this is not 0.
    credit: u32,
    /// Occasions until the next try, and between tries.
    left: u32,
    pause: u32,
}

/// Failures, more than successes, after which it does not pay any more.
const MOST_CREDIT: u32 = 16;

/// Occasions between two tries: at first, and after many in vain.
const RARE: u32 = 32;
const RAREST: u32 = 2048;

impl Default for Habit {
    fn default() -> Self {
        Self { credit: 0, left: RARE, pause: RARE }
    }
}

impl Habit {
    /// An occasion: whether to do it.
    fn occasion(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.credit > 0 || self.left == 0
    }

    /// Whether what was done has paid.
    fn learn(&mut self, paid: bool) {
        if paid {
            (self.credit, self.pause) = ((self.credit + 1).min(MOST_CREDIT), RARE);
        } else if self.credit > 0 {
            self.credit -= 1;
        } else {
            self.pause = (self.pause * 2).min(RAREST);
        }
        self.left = self.pause;
    }
}

/// What may be done.
#[derive(Clone, Copy)]
pub(super) struct Means {
    /// There is another processor for the peer.
    pub(super) look: bool,
    /// The socket was only listened to since the wait before.
    pub(super) doze: bool,
}

/// What a socket has learned about its waits.
#[derive(Default)]
pub(super) struct Patience {
    look: Habit,
    /// Looks that are left of the trial.
    trial: u32,
    doze: Habit,
    /// The wait before.
    last: Manner,
    begun: Option<Instant>,
}

impl Patience {
    /// How to begin the wait that comes `now`; `received` parts have come since the wait before.
    pub(super) fn choose(&mut self, now: Instant, received: u32, means: Means) -> Manner {
        let since = self.begun.replace(now).map_or(Duration::MAX, |begun| now - begun);
        let dozed = matches!(self.last, Manner::Doze(_));
        if dozed {
            self.doze.learn(received >= MANY && since < SOON);
        }
        self.last = if means.look && (self.look.occasion() || self.trial > 0) {
            Manner::Look(if self.is_proven() { LOOK } else { LONG_LOOK })
        } else if means.doze && (dozed || since < DENSE) && self.doze.occasion() {
            Manner::Doze(DOZE)
        } else {
            Manner::Sleep
        };
        self.last
    }

    fn is_proven(&self) -> bool {
        self.trial == 0 && self.look.credit > 0
    }

    /// How long the look took until it found something, if it did.
    pub(super) fn looked(&mut self, took: Option<Duration>) {
        if self.is_proven() {
            return self.look.learn(took.is_some());
        }
        self.trial = match (took, self.trial) {
            (None, _) => 0,
            (Some(_), 0) => TRIAL,
            (Some(_), left) => left - 1,
        };
        let quick = took.is_some_and(|took| took <= LOOK);
        if quick || self.trial == 0 {
            self.look.learn(quick);
        }
        if self.look.credit >= ENOUGH {
            self.trial = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times that it is done on so many occasions, where it pays as `pays` says.
    fn done(habit: &mut Habit, occasions: u32, pays: impl Fn(u32) -> bool) -> u32 {
        let mut once = |i: &u32| {
            let done = habit.occasion();
            done.then(|| habit.learn(pays(*i)));
            done
        };
        (0..occasions).filter(|i| once(i)).count() as u32
    }

    #[test]
    fn what_pays_goes_on() {
        let mut habit = Habit::default();
        assert_eq!(done(&mut habit, RARE - 1 + 1000, |_| true), 1000);
        assert_eq!(done(&mut habit, 1000, |i| i % 4 != 0), 1000, "one in four in vain does no harm");
    }

    #[test]
    fn what_does_not_becomes_rare_and_rarer() {
        let mut habit = Habit::default();
        done(&mut habit, 1000, |_| true);
        assert!(done(&mut habit, 1000, |_| false) <= MOST_CREDIT + 5);
        assert!(done(&mut habit, 100_000, |_| false) <= 100_000 / RAREST + 5);
        assert!(done(&mut habit, 100_000, |i| i % 4 == 0) < 10_000, "one in four is not enough");
        assert!(done(&mut habit, 10_000, |_| true) > 10_000 - RAREST, "a new partner is found out");
    }

    const LISTENS: Means = Means { look: true, doze: true };
    const TALKS: Means = Means { look: true, doze: false };

    /// How often a doze is chosen in 10,000 waits, each so long after the one before, for a peer that no look finds.
    fn dozes(gap: Duration, gathered: u32, means: Means) -> usize {
        let (mut patience, mut now) = (Patience::default(), Instant::now());
        let is_doze = |manner: Manner| matches!(manner, Manner::Doze(_));
        let mut once = |_: &u32| {
            now += gap;
            let manner = patience.choose(now, if is_doze(patience.last) { gathered } else { 1 }, means);
            if matches!(manner, Manner::Look(_)) {
                patience.looked(None);
            }
            is_doze(manner)
        };
        (0..10_000).filter(|i| once(i)).count()
    }

    #[test]
    fn only_a_dense_stream_is_dozed_over() {
        let (dense, sparse) = (Duration::from_micros(10), Duration::from_micros(100));
        assert!(dozes(dense, MANY, LISTENS) > 9_000);
        assert!(dozes(dense, MANY - 1, LISTENS) < 20);
        assert_eq!(dozes(sparse, MANY, LISTENS), 0);
        assert_eq!(dozes(dense, MANY, TALKS), 0, "a dialogue");
    }

    /// The limits of the looks in so many waits, each of which would find something after so long.
    fn looks(patience: &mut Patience, waits: u32, after: Duration) -> Vec<Duration> {
        let once = |_| match patience.choose(Instant::now(), 1, TALKS) {
            Manner::Look(limit) => {
                patience.looked((after <= limit).then_some(after));
                Some(limit)
            }
            _ => None,
        };
        (0..waits).filter_map(once).collect()
    }

    #[test]
    fn a_trial_ends_with_quick_answers() {
        let limits = looks(&mut Patience::default(), RARE + 99, LOOK);
        assert_eq!(limits[..ENOUGH as usize], [LONG_LOOK; ENOUGH as usize]);
        assert_eq!(limits[ENOUGH as usize..], [LOOK; 100 - ENOUGH as usize]);
    }

    #[test]
    fn answers_that_are_never_quick_do_not_pay() {
        let mut patience = Patience::default();
        looks(&mut patience, 100_000, LONG_LOOK);
        let limits = looks(&mut patience, 10_000, LONG_LOOK);
        assert!(limits.len() as u32 <= 10_000 / RAREST * (TRIAL + 1) + TRIAL, "{}", limits.len());
        // In the middle of a trial the other side begins to look as well.
        looks(&mut patience, RAREST, LONG_LOOK);
        looks(&mut patience, RAREST + TRIAL, LOOK);
        assert_eq!(looks(&mut patience, 1000, LOOK), vec![LOOK; 1000]);
    }

    #[test]
    fn without_another_processor_there_is_no_look() {
        let mut patience = Patience::default();
        let alone = Means { look: false, doze: true };
        let looks = |_: &u32| matches!(patience.choose(Instant::now(), 1, alone), Manner::Look(_));
        assert_eq!((0..10_000).filter(looks).count(), 0);
    }
}
