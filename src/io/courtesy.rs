//! Whether the loop's thread lets others run before it waits for the next events.
//!
//! Somebody who writes to many connections of the loop, in this process or another one of the machine, wakes it with the first
//! message. Where both share a processor the loop displaces the writer at once, finds that one message and sleeps again: two
//! switches and a wake-up for every message. If it makes room before it sleeps, the writer goes on, has nobody to wake, and
//! the loop finds what was written in one go. Whether that happens is seen by what the next wait finds; what did not pay is
//! tried again after more and more steps, so that a thread which merely computes is not given its time for nothing. Used by
//! the background thread (`runner.rs`).
//!
//! The system may count what was left of the thread's turn as used up, and then, where others compute, the loop comes back
//! only after several turns of theirs, of milliseconds each. If that happens often, no room is made for some seconds; and for
//! so long the thread asks for short turns, with which the system lets it run soon after it was woken. That would cost where
//! nobody computes, for who has short turns is also displaced sooner by those that it wakes.

use std::time::{Duration, Instant};

use super::poll::Events;
use super::{Key, WAKER};
use crate::sys;

/// With so many connections ready after it, making room has paid.
const PAYS: usize = 4;

/// Most steps between two trials.
const SELDOM: u32 = 63;

/// Who comes back after this has let others have turns of their own, not only what they had to do for the loop.
const LONG: Duration = Duration::from_millis(2);

/// One such absence weighs as much as so many others, and so much more of them is too much.
const WEIGHT: u32 = 3;
const TOO_MUCH: u32 = 60;

/// For how long no room is made then, and how long the turns are meanwhile.
const SHY: Duration = Duration::from_secs(5);
const TURN: Duration = Duration::from_micros(200);

/// See the module comment.
#[derive(Default)]
pub(super) struct Courtesy {
    /// What long absences weigh more than others.
    absences: u32,
    /// Until when no room is made.
    shy: Option<Instant>,
    /// Room was made before the step that comes.
    made: bool,
    /// Steps before the next trial, and how many there were before the last.
    wait: u32,
    pause: u32,
    /// The last connection that was ready.
    last: Key,
}

impl Courtesy {
    /// A step with these events is done: whether to make room before the next. A single connection has a dialogue, or a
    /// stream that the loop keeps up with.
    pub(super) fn is_due(&mut self, events: &Events) -> bool {
        let mut keys = events.iter().map(|event| event.token).filter(|&token| token != WAKER);
        let (first, more) = (keys.next(), keys.count());
        let crowd = more > 0 || first.is_some_and(|key| key != self.last);
        self.last = first.unwrap_or(self.last);
        self.due(more + usize::from(first.is_some()), crowd)
    }

    /// Lets others run, unless that takes long these days.
    pub(super) fn make_room(&mut self) {
        let begun = Instant::now();
        if let Some(over) = self.shy {
            if begun < over {
                self.made = false;
                return;
            }
            self.shy = None;
            sys::thread::take_turns(None);
        }
        std::thread::yield_now();
        let now = Instant::now();
        if self.is_away_too_much(now - begun) {
            self.shy = Some(now + SHY);
            sys::thread::take_turns(Some(TURN));
        }
    }

    /// Another absence. Whether there have been too many long ones, which are then forgotten.
    fn is_away_too_much(&mut self, time: Duration) -> bool {
        self.absences = if time > LONG { self.absences + WEIGHT } else { self.absences.saturating_sub(1) };
        let too_much = self.absences >= TOO_MUCH;
        if too_much {
            self.absences = 0;
        }
        too_much
    }

    fn due(&mut self, ready: usize, crowd: bool) -> bool {
        if std::mem::take(&mut self.made) {
            self.pause = if ready >= PAYS { 0 } else { (2 * self.pause + 1).min(SELDOM) };
            self.wait = self.pause;
        }
        if !crowd {
            return false;
        }
        self.made = self.wait == 0;
        self.wait = self.wait.saturating_sub(1);
        self.made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps from one trial to the next, while each finds so many connections.
    fn gaps(courtesy: &mut Courtesy, ready: usize, crowd: bool) -> Vec<usize> {
        let trials: Vec<_> = (0..400).filter(|_| courtesy.due(ready, crowd)).collect();
        trials.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    #[test]
    fn what_does_not_pay_is_tried_less_and_less() {
        let mut courtesy = Courtesy::default();
        assert!(gaps(&mut courtesy, PAYS, true).iter().all(|&gap| gap == 1));
        assert_eq!(gaps(&mut courtesy, PAYS - 1, true), [4, 8, 16, 32, 64, 64, 64, 64, 64]);
        assert!(gaps(&mut courtesy, PAYS, true).iter().rev().take(200).all(|&gap| gap == 1), "and again when it does");
    }

    #[test]
    fn absences_that_are_often_long_are_too_much() {
        let too_much = |often: u32| {
            let mut courtesy = Courtesy::default();
            let mut away =
                |i: u32| courtesy.is_away_too_much(if i.is_multiple_of(often) { 2 * LONG } else { LONG / 2 });
            (0..180).filter(|&i| away(i)).count()
        };
        assert_eq!([1, 2, 3].map(too_much), [9, 3, 1]);
        assert_eq!([4, 5, 10].map(too_much), [0, 0, 0]);
    }

    #[test]
    fn nobody_gets_room_in_a_dialogue() {
        assert!(gaps(&mut Courtesy::default(), 1, false).is_empty());
        assert!(!Courtesy::default().due(1, false));
    }
}
