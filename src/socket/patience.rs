//! How a wait for another thread of the process begins: with a sleep, or with something that may be cheaper.
//!
//! Falling asleep and being woken costs both threads together about ten microseconds, during which a stream brings hundreds
//! of messages. Three things can save that, each in its own case:
//!
//! * *Look*: the peer is busy on another processor and has the next message ready sooner than a sleep takes. A few
//!   microseconds of looking find it.
//! * *Gather*: the peer writes a stream. Found out at once, each message would be fought over by two processors, which costs both
//!   more than the rest of its way. Some microseconds more, and there are many.
//! * *Doze*: the peer shares this thread's processor. Woken for each message, this thread would push the writer aside, read
//!   one, and sleep again. A sleep of fixed short length that nobody has to end lets messages gather.
//!
//! Which of them pays is learned by trying (`io/look.rs`). A doze delays messages, so it is tried only in a dense stream, and
//! goes on only while it gathers many.

use std::time::{Duration, Instant};

use crate::io::look::{Habit, Look};
use crate::io::restraint::{Restraint, RESTRAINT};

/// How long a look lasts: less than what a sleep and a wake-up cost; and one on trial: until a peer that sleeps has been woken,
/// also by a slow machine, and has answered.
const LOOK: Duration = Duration::from_micros(4);
const LONG_LOOK: Duration = Duration::from_micros(70);

/// How long a doze lasts, as asked for; the system adds about as much.
const DOZE: Duration = Duration::from_micros(50);

/// How long a look lets more come.
pub(super) const GATHER: Duration = Duration::from_micros(10);

/// Messages that a doze or such a look has to gather, and the time in which it and their reading have to be over: where the
/// system counts time in milliseconds, a doze is a sleep.
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
    /// A look that lets more come when it has found something.
    Gather(Duration),
    /// A sleep for so long at most, that nobody ends.
    Doze(Duration),
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
pub(super) struct Patience {
    look: Look,
    gather: Habit,
    doze: Habit,
    /// The wait before.
    last: Manner,
    begun: Option<Instant>,
}

impl Default for Patience {
    fn default() -> Self {
        Self::new(&RESTRAINT)
    }
}

impl Patience {
    fn new(restraint: &'static Restraint) -> Self {
        Self {
            look: Look::new(LOOK, LONG_LOOK, restraint),
            gather: Habit::default(),
            doze: Habit::default(),
            last: Manner::default(),
            begun: None,
        }
    }

    /// How to begin the wait that comes `now`; `received` parts have come since the wait before.
    pub(super) fn choose(&mut self, now: Instant, received: u32, means: Means) -> Manner {
        let since = self.begun.replace(now).map_or(Duration::MAX, |begun| now - begun);
        let many = received >= MANY && since < SOON;
        match self.last {
            Manner::Doze(_) => self.doze.learn(many),
            Manner::Gather(_) => self.gather.learn(many),
            Manner::Look(_) | Manner::Sleep => {}
        }
        let (dozed, gathered) = (matches!(self.last, Manner::Doze(_)), matches!(self.last, Manner::Gather(_)));
        let look = if means.look { self.look.occasion() } else { None };
        self.last = match look {
            Some(limit) if means.doze && (gathered || since < DENSE) && self.gather.occasion() => Manner::Gather(limit),
            Some(limit) => Manner::Look(limit),
            None if means.doze && (dozed || since < DENSE) && self.doze.occasion() => Manner::Doze(DOZE),
            None => Manner::Sleep,
        };
        self.last
    }

    /// Whether a look that lasts so long is one on trial.
    pub(super) fn is_trial(limit: Duration) -> bool {
        limit > LOOK
    }

    /// How long the look took until it found something, if it did.
    pub(super) fn looked(&mut self, took: Option<Duration>) {
        self.look.learn(took.is_some(), took.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTENS: Means = Means { look: true, doze: true };
    const TALKS: Means = Means { look: true, doze: false };

    fn alone() -> Patience {
        Patience::new(Box::leak(Box::new(Restraint::new())))
    }

    /// How often a doze is chosen in 10,000 waits, each so long after the one before, for a peer that no look finds.
    fn dozes(gap: Duration, gathered: u32, means: Means) -> usize {
        let (mut patience, mut now) = (alone(), Instant::now());
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

    #[test]
    fn a_look_gathers_where_many_come() {
        for (gathered, means, most) in [(MANY, LISTENS, 9_999), (MANY - 1, LISTENS, 20), (MANY, TALKS, 0)] {
            let (mut patience, mut now, mut count) = (alone(), Instant::now(), 0);
            for _ in 0..10_000 {
                now += Duration::from_micros(2);
                let received = if matches!(patience.last, Manner::Gather(_)) { gathered } else { 1 };
                count += u32::from(matches!(patience.choose(now, received, means), Manner::Gather(_)));
                patience.looked(Some(Duration::from_micros(1)));
            }
            assert!(count <= most && (most < 9_000 || count > 9_000), "{count} of {most}");
        }
    }

    #[test]
    fn without_another_processor_there_is_no_look() {
        let mut patience = alone();
        let only_one = Means { look: false, doze: true };
        let looks = |_: &u32| matches!(patience.choose(Instant::now(), 1, only_one), Manner::Look(_));
        assert_eq!((0..10_000).filter(looks).count(), 0);
    }
}
