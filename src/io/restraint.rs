//! What the looks of a whole process have in common: where more threads want to run than there are processors, nobody looks.
//!
//! A thread that looks keeps a processor from others, whom it may even be waiting for. Whether there are others is asked before
//! a look on trial, which is long: the thread makes room, and knows from the system whether somebody took it. Then all looks
//! of the process pause, for longer if that happens again soon. Called by `look.rs` and by waits for other threads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::sys;

/// The first pause, and the longest.
const LEAST: Duration = Duration::from_millis(50);
const MOST: Duration = Duration::from_secs(1);

/// What comes within so many pauses of the time before comes soon again.
const SOON: u32 = 8;

/// See the module comment.
pub struct Restraint {
    /// A thread is making room. One is enough to find out, and it may be away for long: the system may count what is left of
    /// its turn as used up. In the child of a fork this may stay as it is; then nobody looks there.
    asking: AtomicBool,
    /// There is a pause, which may be over.
    pausing: AtomicBool,
    /// Only tried, as every lock that a forked child may find held for ever.
    past: Mutex<Past>,
}

struct Past {
    /// When the last pause began, and its length.
    last: Option<Instant>,
    pause: Duration,
}

/// Of all looks in the process.
pub static RESTRAINT: Restraint = Restraint::new();

impl Restraint {
    /// Looks may be.
    pub(crate) const fn new() -> Self {
        let (asking, pausing) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { asking, pausing, past: Mutex::new(Past { last: None, pause: LEAST }) }
    }

    /// Whether nobody shall look now.
    #[inline]
    pub fn holds(&self) -> bool {
        self.pausing.load(Ordering::Relaxed) && self.still_holds(Instant::now())
    }

    #[cold]
    fn still_holds(&self, now: Instant) -> bool {
        let Some(past) = self.past.try_lock() else { return true };
        let holds = past.last.is_some_and(|last| now.saturating_duration_since(last) < past.pause);
        self.pausing.store(holds, Ordering::Relaxed);
        holds
    }

    /// A long look is about to begin: makes room for others. Whether there were any, so that the look had better not be.
    #[cold]
    pub fn is_crowded(&self) -> bool {
        if self.asking.swap(true, Ordering::Relaxed) {
            return true;
        }
        let times = sys::thread::times_pushed_aside();
        std::thread::yield_now();
        let crowded = sys::thread::times_pushed_aside() != times;
        if crowded {
            self.begin_pause(Instant::now());
        }
        self.asking.store(false, Ordering::Relaxed);
        crowded
    }

    fn begin_pause(&self, now: Instant) {
        // Who holds it is doing the same.
        let Some(mut past) = self.past.try_lock() else { return };
        let since = past.last.map(|last| now.saturating_duration_since(last));
        if since.is_some_and(|since| since < past.pause) {
            return;
        }
        let soon = since.is_some_and(|since| since < SOON * past.pause);
        past.pause = if soon { (2 * past.pause).min(MOST) } else { LEAST };
        past.last = Some(now);
        self.pausing.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_while_they_are_needed_again_soon() {
        let (restraint, begin) = (Restraint::new(), Instant::now());
        let holds = |now| restraint.pausing.load(Ordering::Relaxed) && restraint.still_holds(now);
        let mut now = begin;
        assert!(!restraint.holds());
        let mut lengths = Vec::new();
        for gap in [0, 1, 1, 1, 1, 1, 1, 10_000] {
            now += Duration::from_millis(gap);
            restraint.begin_pause(now);
            restraint.begin_pause(now + Duration::from_millis(1));
            let length = (0..).find(|&ms| !holds(now + Duration::from_millis(ms))).unwrap();
            lengths.push(length);
            now += Duration::from_millis(length);
        }
        assert_eq!(lengths, [50, 100, 200, 400, 800, 1000, 1000, 50]);
    }

    #[test]
    fn one_thread_asks_for_all() {
        let restraint = Restraint::new();
        restraint.asking.store(true, Ordering::Relaxed);
        assert!((0..1000).all(|_| restraint.is_crowded()));
        // It has not asked itself.
        assert!(!restraint.pausing.load(Ordering::Relaxed));
    }

    #[test]
    fn more_threads_than_processors_are_noticed() {
        let (restraint, stop) = (Restraint::new(), std::sync::atomic::AtomicBool::new(false));
        std::thread::scope(|scope| {
            for _ in 0..4 * sys::thread::processors() {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        std::hint::spin_loop();
                    }
                });
            }
            let noticed = (0..1000).any(|_| restraint.is_crowded());
            stop.store(true, Ordering::Relaxed);
            assert_eq!(noticed, cfg!(target_os = "linux"));
            assert!(!noticed || restraint.pausing.load(Ordering::Relaxed));
        });
    }
}
