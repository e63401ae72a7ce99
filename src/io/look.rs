//! Looking instead of sleeping. Falling asleep and being woken costs ten microseconds and more, on a machine whose processors
//! rest deeply a hundred, and as much time of the processor; who looks out for what is about to come has it at once.
//!
//! It pays where the answer is on its way, and is a waste where it is not. Which is the case is learned by trying: what has
//! paid goes on, what has not is tried rarely, and ever more rarely. Called by threads that run the loop (`runner.rs`), and by
//! sockets whose peers are threads of the process.

use std::sync::OnceLock;
use std::time::Duration;

use super::restraint::Restraint;
use crate::sys;

/// With one processor the others stand still while a thread looks.
pub fn several_processors() -> bool {
    static SEVERAL: OnceLock<bool> = OnceLock::new();
    *SEVERAL.get_or_init(|| sys::thread::processors() > 1)
}

/// Whether something pays, learned by trying.
pub struct Habit {
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
    pub fn occasion(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.credit > 0 || self.left == 0
    }

    /// Not again for so many occasions.
    fn give_up(&mut self, occasions: u32) {
        *self = Self { credit: 0, left: occasions, pause: RARE };
    }

    /// Whether what was done has paid.
    pub fn learn(&mut self, paid: bool) {
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

/// Looks on trial last longer, and there are so many of them. In a dialogue both have to look: so long must one wait for the
/// other, who still sleeps and wakes up slowly, until that one makes a trial, too.
const TRIAL: u32 = 64;

/// Looks of a trial that must have found something as soon as any look should.
const ENOUGH: u32 = 4;

/// A look that lasts so much longer than it should was interrupted: others want the processor, and take it from whoever uses
/// it for long, but seldom from one who only comes for a moment.
const GAP: Duration = Duration::from_millis(1);

/// Occasions without a look after one that was interrupted; twice as many each time, up to the most, unless as many looks as
/// the third number went well in between.
const SHY: u32 = 32;
const SHYEST: u32 = 1 << 14;
const CALM: u32 = 1000;

/// What was learned about looks of one kind.
pub struct Look {
    /// How long one lasts, and one on trial.
    usual: Duration,
    long: Duration,
    habit: Habit,
    /// Looks that are left of the trial.
    trial: u32,
    /// Looks since one was interrupted, and occasions without a look after the next time.
    calm: u32,
    shy: u32,
    /// What holds for all looks.
    restraint: &'static Restraint,
}

impl Look {
    /// `usual`: how long a look lasts, less than what a sleep and a wake-up cost; `long`: the same of one on trial.
    pub fn new(usual: Duration, long: Duration, restraint: &'static Restraint) -> Self {
        Self { usual, long, habit: Habit::default(), trial: 0, calm: 0, shy: SHY, restraint }
    }

    /// A wait begins: for how long to look first, if at all. [`Self::learn`] afterwards.
    pub fn occasion(&mut self) -> Option<Duration> {
        let looks = self.habit.occasion() || self.trial > 0;
        (looks && !self.restraint.holds()).then_some(if self.is_proven() { self.usual } else { self.long })
    }

    fn is_proven(&self) -> bool {
        self.trial == 0 && self.habit.credit > 0
    }

    /// The look has found something or not, and taken so long.
    pub fn learn(&mut self, found: bool, took: Duration) {
        self.calm = self.calm.saturating_add(1);
        if took > self.long + GAP {
            return self.was_interrupted();
        }
        if self.is_proven() {
            return self.habit.learn(found);
        }
        let took = found.then_some(took);
        self.trial = match (took, self.trial) {
            (None, _) => 0,
            (Some(_), 0) => TRIAL,
            (Some(_), left) => left - 1,
        };
        let quick = took.is_some_and(|took| took <= self.usual);
        if quick || self.trial == 0 {
            self.habit.learn(quick);
        }
        if self.habit.credit >= ENOUGH {
            self.trial = 0;
        }
    }

    #[cold]
    fn was_interrupted(&mut self) {
        self.shy = if self.calm > CALM { SHY } else { (2 * self.shy).min(SHYEST) };
        (self.calm, self.trial) = (0, 0);
        self.habit.give_up(self.shy);
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

    const USUAL: Duration = Duration::from_micros(4);
    const LONG: Duration = Duration::from_micros(30);

    fn look() -> Look {
        Look::new(USUAL, LONG, Box::leak(Box::new(Restraint::new())))
    }

    /// The limits of the looks in so many waits, each of which would find something after so long.
    fn looks(look: &mut Look, waits: u32, after: Duration) -> Vec<Duration> {
        let once = |_| look.occasion().inspect(|&limit| look.learn(after <= limit, after.min(limit)));
        (0..waits).filter_map(once).collect()
    }

    #[test]
    fn a_trial_ends_with_quick_answers() {
        let limits = looks(&mut look(), RARE + 99, USUAL);
        assert_eq!(limits[..ENOUGH as usize], [LONG; ENOUGH as usize]);
        assert_eq!(limits[ENOUGH as usize..], [USUAL; 100 - ENOUGH as usize]);
    }

    #[test]
    fn answers_that_are_never_quick_do_not_pay() {
        let mut look = look();
        looks(&mut look, 100_000, LONG);
        let limits = looks(&mut look, 10_000, LONG);
        assert!(limits.len() as u32 <= 10_000 / RAREST * (TRIAL + 1) + TRIAL, "{}", limits.len());
        // In the middle of a trial the other side begins to look as well.
        looks(&mut look, RAREST, LONG);
        looks(&mut look, RAREST + TRIAL, USUAL);
        assert_eq!(looks(&mut look, 1000, USUAL), vec![USUAL; 1000]);
    }

    #[test]
    fn who_is_interrupted_looks_ever_more_rarely_until_all_is_calm() {
        let (mut look, late) = (look(), LONG + 2 * GAP);
        // Occasions until the next look that is interrupted, after some that go well.
        let mut pause = |calm: u32| {
            looks(&mut look, 2 * SHYEST, USUAL);
            look.calm = calm;
            look.learn(true, late);
            (0..).take_while(|_| look.occasion().is_none()).count() as u32 + 1
        };
        assert_eq!([pause(1), pause(100), pause(100)], [2 * SHY, 4 * SHY, 8 * SHY]);
        assert_eq!((0..20).map(|_| pause(100)).last(), Some(SHYEST));
        assert_eq!(pause(CALM + 1), SHY);
    }
}
