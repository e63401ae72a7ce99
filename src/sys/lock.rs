//! A lock for what is nearly always used by one thread: taking it is one atomic exchange, giving it back a plain store.
//!
//! An ordinary mutex gives back with a second exchange, to learn whether somebody sleeps on it; for a call of a few dozen
//! nanoseconds that is a tenth of its time. Here nobody sleeps on the lock: who finds it taken (sockets that several threads
//! share; elsewhere a misuse) looks again and again, at longer and longer intervals. It must be held for short times only,
//! never while waiting. Used for the objects behind handles (`handle.rs`).

use std::time::Duration;

use parking_lot::lock_api::{GuardNoSend, RawMutex};

use std::sync::atomic::{AtomicBool, Ordering};

/// See the module comment.
pub struct RawLock(AtomicBool);

/// Looks without giving the processor away, then looks between which other threads are let run, before sleeping.
const SPINS: u32 = 40;
const YIELDS: u32 = 60;
const LONGEST_SLEEP: Duration = Duration::from_millis(1);

impl RawLock {
    #[cold]
    fn lock_contended(&self) {
        let mut round = 0u32;
        while self.0.load(Ordering::Relaxed) || !self.try_lock() {
            pause(round);
            round = round.saturating_add(1);
        }
    }
}

fn pause(round: u32) {
    if round < SPINS {
        std::hint::spin_loop();
    } else if round < SPINS + YIELDS {
        std::thread::yield_now();
    } else {
        let doublings = (round - SPINS - YIELDS).min(6);
        std::thread::sleep(Duration::from_micros(20 << doublings).min(LONGEST_SLEEP));
    }
}

// SAFETY: the flag is set by exactly one exchange that found it clear, with acquire ordering, and cleared by its holder with
// release ordering.
unsafe impl RawMutex for RawLock {
    #[allow(clippy::declare_interior_mutable_const)]
    const INIT: Self = Self(AtomicBool::new(false));
    type GuardMarker = GuardNoSend;

    #[inline]
    fn lock(&self) {
        if !self.try_lock() {
            self.lock_contended();
        }
    }

    #[inline]
    fn try_lock(&self) -> bool {
        !self.0.swap(true, Ordering::Acquire)
    }

    #[inline]
    unsafe fn unlock(&self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::lock_api::Mutex;

    #[test]
    fn one_at_a_time() {
        let count = Mutex::<RawLock, u32>::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..20_000 {
                        let mut n = count.lock();
                        let before = *n;
                        std::hint::black_box(&mut *n);
                        *n = before + 1;
                    }
                });
            }
        });
        assert_eq!(*count.lock(), 80_000);
    }

    #[test]
    fn who_waits_long_gets_it_in_the_end() {
        let lock = Mutex::<RawLock, ()>::new(());
        let held = lock.lock();
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| drop(lock.lock()));
            std::thread::sleep(Duration::from_millis(30));
            assert!(!waiter.is_finished() && lock.try_lock().is_none());
            drop(held);
        });
    }
}
