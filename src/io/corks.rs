//! Connections that are corked: messages collect for a moment, so that many leave in one write.
//!
//! In a dense stream of small messages the thread that sends and the I/O thread would wake each other all the time, and every
//! message would go through the caches of two processors. So a connection that has just written many of them is *corked*: it
//! does not ask to be told of more. The thread that sends encodes what it has written, an armful at a time, while it is still
//! in its cache ([`super::Actor::take_over`]), and writes that when it is enough. What remains when the stream ends is written
//! after [`CORKED`] by whoever runs the loop, or at once when a thread of the process begins to wait. Kept by the loop's state.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Key;

/// For so long messages collect, twice at most: some hundred of them in a dense stream, and not much longer than it may take
/// to wake a thread.
const CORKED: Duration = Duration::from_micros(100);

/// Connections and listeners of a loop, at most: who sends to many is better off with help.
pub(super) const FEW: usize = 16;

/// The corked connections, in the order in which they are to be looked at.
#[derive(Default)]
pub(super) struct Corks(VecDeque<(Instant, Key)>);

impl Corks {
    /// A connection was corked at `now`.
    pub(super) fn add(&mut self, key: Key, now: Instant) {
        self.0.push_back((now + CORKED, key));
    }

    /// When the first is to be looked at.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.front().map(|(at, _)| *at)
    }

    /// Takes one whose time has come.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<Key> {
        self.next().filter(|at| *at <= now).and_then(|_| self.pop())
    }

    /// Takes the first.
    pub(super) fn pop(&mut self) -> Option<Key> {
        self.0.pop_front().map(|(_, key)| key)
    }

    /// Their number.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_looked_at_after_its_time() {
        let (mut corks, now) = (Corks::default(), Instant::now());
        assert_eq!((corks.next(), corks.pop_due(now)), (None, None));
        let later = now + CORKED / 2;
        corks.add(1, now);
        corks.add(2, later);
        assert_eq!((corks.len(), corks.next(), corks.pop_due(later)), (2, Some(now + CORKED), None));
        assert_eq!([(); 2].map(|()| corks.pop_due(now + CORKED)), [Some(1), None]);
        assert_eq!((corks.pop(), corks.pop()), (Some(2), None));
    }
}
