//! How much memory of large messages is under way in the process, and a sender's short wait for some of it to come back.
//!
//! A thread that makes large messages faster than they leave piles up as many as the high-water mark lets it: a gigabyte of
//! messages of 1 MiB. Each of them goes into memory that the system has to find and clear first, and has left the processor's
//! cache long before its turn comes; that costs more than all the copying. So when [`AMPLE`] bytes are under way, a sender
//! that may block waits for a moment, until a [`STEP`] has come back to the pools: memory that is at hand, and warm.
//!
//! The high-water mark stays what it is: a wait is short, and one that was in vain (a slow network, a peer that does not read,
//! an application that keeps its messages) is not tried again for a while, which is counted in bytes and grows. Called by the
//! pools (`blocks.rs`), and by sockets after a send.

use std::sync::atomic::AtomicU32;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crate::sync::{fence, AtomicU64, Ordering};
use crate::sys::wait::{self, Outcome};

/// Messages from this size on, in bytes, are worth a wait.
pub const WEIGHTY: usize = 32 * 1024;

/// Bytes under way from which on a sender waits: what a processor's cache may hold.
const AMPLE: u64 = 4 << 20;

/// Bytes that it waits for.
const STEP: u64 = 1 << 20;

/// Longest wait. What does not bring a step in this time is no faster than fresh memory.
const PATIENCE: Duration = Duration::from_millis(3);

/// Bytes that go before the next wait after one in vain; twice as many after each further one, up to the most.
const PAUSE: u64 = 32 << 20;
const LONGEST_PAUSE: u64 = 512 << 20;

/// Nobody waits.
const NOBODY: u64 = u64::MAX;

/// Keeps to cache lines of its own what different threads write.
#[repr(align(128))]
struct Apart<T>(T);

/// Counts what goes and comes back. All numbers are bytes since the beginning.
struct Tide {
    gone: Apart<AtomicU64>,
    back: Apart<AtomicU64>,
    /// What `back` is to reach, for whoever waited last.
    awaited: AtomicU64,
    /// What `gone` is to reach before the next wait.
    next: AtomicU64,
    /// Bytes until then if a wait is in vain.
    pause: AtomicU64,
}

static TIDE: LazyLock<Tide> = LazyLock::new(Tide::new);

/// Changes when what is awaited has come back.
static EBB: AtomicU32 = AtomicU32::new(0);

/// A block of so many bytes is in use from now on.
pub(super) fn goes(bytes: usize) {
    TIDE.goes(bytes as u64);
}

/// A block of so many bytes is free again.
pub(super) fn returns(bytes: usize) {
    if TIDE.returns(bytes as u64) {
        EBB.fetch_add(1, Ordering::SeqCst);
        wait::wake_all(&EBB);
    }
}

/// Waits for a moment, `limit` at most, if much is under way and lately some of it came back soon.
pub fn wait(limit: Duration) {
    let Some(goal) = TIDE.goal() else { return };
    if let Some(reached) = comes_back(goal, limit.min(PATIENCE)) {
        TIDE.learn(reached);
    }
}

/// Whether so much has come back before the time is over. None: a signal came first.
fn comes_back(goal: u64, limit: Duration) -> Option<bool> {
    let end = Instant::now() + limit;
    loop {
        let seen = EBB.load(Ordering::SeqCst);
        if TIDE.reaches(goal) {
            return Some(true);
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Some(false);
        }
        if wait::wait(&EBB, seen, Some(left)) == Outcome::Interrupted {
            return None;
        }
    }
}

impl Tide {
    fn new() -> Self {
        let [gone, back, next] = [(); 3].map(|()| AtomicU64::new(0));
        Self {
            gone: Apart(gone),
            back: Apart(back),
            awaited: AtomicU64::new(NOBODY),
            next,
            pause: AtomicU64::new(PAUSE),
        }
    }

    fn goes(&self, bytes: u64) {
        self.gone.0.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Whether to wake who waits.
    fn returns(&self, bytes: u64) -> bool {
        let back = self.back.0.fetch_add(bytes, Ordering::Relaxed) + bytes;
        // As in `reaches`: either this thread sees who waits, or that one sees the bytes.
        fence(Ordering::SeqCst);
        back >= self.awaited.load(Ordering::Relaxed) && self.awaited.swap(NOBODY, Ordering::Relaxed) != NOBODY
    }

    /// Whether so much has come back. If not, some [`Self::returns`] will say so.
    fn reaches(&self, goal: u64) -> bool {
        self.awaited.store(goal, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        self.back.0.load(Ordering::Relaxed) >= goal
    }

    /// What is worth to be waited for now.
    fn goal(&self) -> Option<u64> {
        let (back, gone) = (self.back.0.load(Ordering::Relaxed), self.gone.0.load(Ordering::Relaxed));
        let worthwhile = gone.saturating_sub(back) >= AMPLE && gone >= self.next.load(Ordering::Relaxed);
        worthwhile.then_some(back + STEP)
    }

    /// Takes a lesson from a wait.
    fn learn(&self, reached: bool) {
        let pause = self.pause.load(Ordering::Relaxed);
        let longer = if reached { PAUSE } else { (2 * pause).min(LONGEST_PAUSE) };
        self.pause.store(longer, Ordering::Relaxed);
        if !reached {
            self.next.store(self.gone.0.load(Ordering::Relaxed) + pause, Ordering::Relaxed);
        }
    }
}

#[cfg(all(test, loom))]
mod loom_models {
    use super::*;

    #[test]
    fn who_waits_for_large_blocks_is_told_when_they_are_back() {
        loom::model(|| {
            let tide = std::sync::Arc::new(Tide::new());
            tide.goes(2);
            let others = [(); 2].map(|()| {
                let tide = tide.clone();
                loom::thread::spawn(move || tide.returns(1))
            });
            let there = tide.reaches(2);
            let told = others.map(|other| other.join().unwrap());
            assert!(there || told.contains(&true));
        });
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn only_much_is_waited_for() {
        let tide = Tide::new();
        tide.goes(AMPLE - 1);
        assert_eq!(tide.goal(), None);
        tide.goes(1);
        assert_eq!(tide.goal(), Some(STEP));
        assert!(!tide.returns(STEP - 1), "nobody waits");
        assert_eq!(tide.goal(), None);
        tide.goes(STEP);
        assert_eq!(tide.goal(), Some(2 * STEP - 1));
    }

    #[test]
    fn who_waits_is_told_once() {
        let tide = Tide::new();
        tide.goes(3 * STEP);
        assert!(!tide.reaches(STEP));
        assert!(!tide.returns(STEP - 1));
        assert!(tide.returns(1));
        assert!(!tide.returns(STEP));
        assert!(tide.reaches(2 * STEP));
    }

    #[test]
    fn what_was_in_vain_is_tried_again_later_and_later() {
        let tide = Tide::new();
        tide.goes(AMPLE);
        for pause in [PAUSE, 2 * PAUSE, 4 * PAUSE, 8 * PAUSE, LONGEST_PAUSE, LONGEST_PAUSE] {
            assert!(tide.goal().is_some());
            tide.learn(false);
            tide.goes(pause - 1);
            assert_eq!(tide.goal(), None);
            tide.goes(1);
        }
        tide.learn(true);
        assert!(tide.goal().is_some());
        tide.learn(false);
        tide.goes(PAUSE);
        assert!(tide.goal().is_some(), "a success makes up for all");
    }

    /// Blocks that go and come back through the pools; other tests move the counters as well, so only the waking is certain.
    #[test]
    fn a_wait_ends_when_blocks_come_back() {
        let goal = TIDE.back.0.load(Ordering::SeqCst) + (1 << 40);
        let waiter = std::thread::spawn(move || comes_back(goal, Duration::from_secs(60)));
        TIDE.goes(2 << 40);
        returns(1 << 40);
        assert_eq!(waiter.join().unwrap(), Some(true));
        TIDE.goes(1 << 40);
        returns(2 << 40);
    }
}
