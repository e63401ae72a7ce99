//! Deadlines of the actors of one loop: at most one each, soonest first.

use std::collections::BTreeSet;
use std::time::Instant;

use super::key_map::KeyMap;

/// One deadline per key.
#[derive(Default)]
pub(super) struct Timers {
    order: BTreeSet<(Instant, u64)>,
    by_key: KeyMap<Instant>,
}

impl Timers {
    /// Sets, moves or removes the deadline of `key`.
    pub(super) fn set(&mut self, key: u64, deadline: Option<Instant>) {
        let old = match deadline {
            Some(at) => self.by_key.insert(key, at),
            None => self.by_key.remove(&key),
        };
        if old == deadline {
            return;
        }
        if let Some(at) = old {
            self.order.remove(&(at, key));
        }
        if let Some(at) = deadline {
            self.order.insert((at, key));
        }
    }

    /// The soonest deadline.
    pub(super) fn next(&self) -> Option<Instant> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Takes one key whose deadline has come.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<u64> {
        let &(at, key) = self.order.first()?;
        if at > now {
            return None;
        }
        self.set(key, None);
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn one_deadline_each_soonest_first() {
        let (mut t, now) = (Timers::default(), Instant::now());
        let at = |ms| now + Duration::from_millis(ms);
        t.set(1, Some(at(30)));
        t.set(2, Some(at(10)));
        t.set(1, Some(at(5)));
        t.set(3, Some(at(1)));
        t.set(3, None);
        assert_eq!(t.next(), Some(at(5)));
        assert_eq!(t.pop_due(now), None);
        assert_eq!([(); 3].map(|()| t.pop_due(at(50))), [Some(1), Some(2), None]);
        assert_eq!(t.next(), None);
    }
}
