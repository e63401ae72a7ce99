//! Parking on a 32-bit word: sleep while it has a value, wake whoever sleeps on it.
//!
//! A sleep must end with EINTR when a signal handler ran, or Ctrl-C would not reach an interpreter that sits in zmq_recv.
//! On Linux that is a futex wait with a timeout (one without is silently restarted under SA_RESTART); elsewhere each thread
//! sleeps in poll(2) on a pipe of its own. Waking may be spurious: callers look at their condition again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The word differed, or somebody woke the sleepers.
    Woken,
    /// The time is over.
    Timeout,
    /// A signal handler ran.
    Interrupted,
}

#[cfg(all(target_os = "linux", not(oxizmq_poll_backend)))]
use futex as parking;
#[cfg(any(not(target_os = "linux"), oxizmq_poll_backend))]
use table as parking;

/// Whether [`wait`] can last for less than a millisecond.
pub const SHORT_SLEEPS: bool = cfg!(all(target_os = "linux", not(oxizmq_poll_backend)));

/// Sleeps while `word` is `expected`, at most `timeout` (None: for ever).
pub fn wait(word: &AtomicU32, expected: u32, timeout: Option<Duration>) -> Outcome {
    parking::wait(word, expected, timeout)
}

/// After what time `word` changes from `expected`, if it does within `limit`; without sleeping, so for microseconds only.
pub fn look(word: &AtomicU32, expected: u32, limit: Duration) -> Option<Duration> {
    let begin = Instant::now();
    loop {
        for _ in 0..LOOKS_A_TIME {
            if word.load(Ordering::Acquire) != expected {
                return Some(begin.elapsed());
            }
            std::hint::spin_loop();
        }
        if begin.elapsed() >= limit {
            return None;
        }
    }
}

/// Looks between two looks at the clock, which takes about as long as one.
const LOOKS_A_TIME: u32 = 4;

/// Wakes everybody who sleeps on `word`. The word has to be changed before.
pub fn wake_all(word: &AtomicU32) {
    parking::wake(word, u32::MAX);
}

/// Wakes one who sleeps on `word`.
pub fn wake_one(word: &AtomicU32) {
    parking::wake(word, 1);
}

/// In the child of a fork: nobody sleeps here. Async-signal-safe.
pub(super) fn forget_waiters() {
    #[cfg(any(test, not(target_os = "linux"), oxizmq_poll_backend))]
    table::forget();
}

#[cfg(target_os = "linux")]
#[cfg_attr(oxizmq_poll_backend, allow(dead_code))]
mod futex {
    use super::*;
    use libc::{c_int, c_long};

    /// What the system call reads: two longs, whatever the C library calls a timespec.
    #[repr(C)]
    struct Timespec {
        seconds: c_long,
        nanoseconds: c_long,
    }

    /// "For ever" in pieces, so that there is always a timeout.
    const PIECE: Duration = Duration::from_secs(86_400);

    pub(super) fn wait(word: &AtomicU32, expected: u32, timeout: Option<Duration>) -> Outcome {
        loop {
            let t = timeout.unwrap_or(PIECE).min(PIECE);
            let spec = Timespec { seconds: t.as_secs() as c_long, nanoseconds: t.subsec_nanos() as c_long };
            let op = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
            // SAFETY: the word is alive and aligned, the timeout is read only.
            let rc = unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), op, expected, &raw const spec) };
            if rc == 0 {
                return Outcome::Woken;
            }
            match std::io::Error::last_os_error().raw_os_error() {
                Some(libc::ETIMEDOUT) if timeout.is_some_and(|limit| limit <= PIECE) => return Outcome::Timeout,
                Some(libc::ETIMEDOUT) if timeout.is_none() => {}
                Some(libc::EINTR) => return Outcome::Interrupted,
                // EAGAIN: the word differs. A timeout beyond the piece is left to the caller's next look.
                _ => return Outcome::Woken,
            }
        }
    }

    pub(super) fn wake(word: &AtomicU32, count: u32) {
        let op = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
        let count = c_int::try_from(count).unwrap_or(c_int::MAX);
        // SAFETY: only the address of the word is used.
        unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), op, count) };
    }
}

#[cfg(any(test, not(target_os = "linux"), oxizmq_poll_backend))]
mod table {
    use super::*;
    use crate::error::Error;
    use crate::sys::{fork, poll, Waker};
    use parking_lot::Mutex;
    use std::cell::RefCell;
    use std::os::fd::AsRawFd;
    use std::sync::atomic::{AtomicPtr, Ordering};
    use std::sync::Arc;

    /// Who sleeps on which address.
    type Sleepers = Mutex<Vec<(usize, Arc<Waker>)>>;

    /// Made on first use; given up in the child of a fork, where its lock may be held for ever.
    static SLEEPERS: AtomicPtr<Sleepers> = AtomicPtr::new(std::ptr::null_mut());

    thread_local! {
        /// The pipe of this thread, and the fork generation that made it.
        static OWN: RefCell<Option<(u32, Arc<Waker>)>> = const { RefCell::new(None) };
    }

    pub(super) fn forget() {
        SLEEPERS.store(std::ptr::null_mut(), Ordering::SeqCst);
    }

    fn sleepers() -> &'static Sleepers {
        let current = SLEEPERS.load(Ordering::Acquire);
        // SAFETY: the pointer is null or a leaked box.
        if let Some(sleepers) = unsafe { current.as_ref() } {
            return sleepers;
        }
        let fresh = Box::into_raw(Box::<Sleepers>::default());
        match SLEEPERS.compare_exchange(std::ptr::null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: published, and never freed.
            Ok(_) => unsafe { &*fresh },
            // SAFETY: `fresh` was never published; the winner's is a leaked box.
            Err(winner) => unsafe {
                drop(Box::from_raw(fresh));
                &*winner
            },
        }
    }

    /// The pipe that this thread sleeps on. A child of a fork makes its own: with the inherited one, it and its parent would
    /// swallow each other's wake-ups.
    pub(super) fn own_waker() -> Option<Arc<Waker>> {
        let kept = OWN.try_with(|own| {
            let (mut own, now) = (own.borrow_mut(), fork::generation());
            if own.as_ref().is_none_or(|(born, _)| *born != now) {
                *own = Some((now, Arc::new(Waker::new().ok()?)));
            }
            own.as_ref().map(|(_, waker)| waker.clone())
        });
        kept.ok().flatten()
    }

    pub(super) fn wait(word: &AtomicU32, expected: u32, timeout: Option<Duration>) -> Outcome {
        let Some(waker) = own_waker() else {
            // No descriptor left for a pipe: look again and again instead.
            let _ = poll(&mut [], Some(Duration::from_millis(1).min(timeout.unwrap_or(Duration::MAX))));
            return Outcome::Woken;
        };
        let address = word.as_ptr() as usize;
        {
            let mut sleepers = sleepers().lock();
            if word.load(Ordering::SeqCst) != expected {
                return Outcome::Woken;
            }
            sleepers.push((address, waker.clone()));
        }
        let fd = waker.fd().as_raw_fd();
        let slept = poll(&mut [libc::pollfd { fd, events: libc::POLLIN, revents: 0 }], timeout);
        sleepers().lock().retain(|(_, w)| !Arc::ptr_eq(w, &waker));
        waker.drain();
        match slept {
            Ok(0) => Outcome::Timeout,
            Err(Error::EINTR) => Outcome::Interrupted,
            _ => Outcome::Woken,
        }
    }

    pub(super) fn wake(word: &AtomicU32, count: u32) {
        let address = word.as_ptr() as usize;
        let mut left = count;
        sleepers().lock().retain(|(at, waker)| {
            let hit = *at == address && left > 0;
            if hit {
                left -= 1;
                waker.wake();
            }
            !hit
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{fork, poll};
    use std::os::fd::AsRawFd;
    use std::sync::atomic::Ordering;
    use std::time::Instant;

    type Wait = fn(&AtomicU32, u32, Option<Duration>) -> Outcome;
    type Wake = fn(&AtomicU32, u32);

    const WAYS: &[(Wait, Wake)] = &[
        (table::wait, table::wake),
        #[cfg(target_os = "linux")]
        (futex::wait, futex::wake),
    ];

    #[test]
    fn a_word_that_differs_does_not_sleep() {
        for (wait, _) in WAYS {
            assert_eq!(wait(&AtomicU32::new(1), 0, None), Outcome::Woken);
        }
    }

    #[test]
    fn a_look_ends_with_the_news_or_the_time() {
        let word = AtomicU32::new(0);
        assert!(look(&word, 1, Duration::ZERO).is_some());
        assert_eq!(look(&word, 0, Duration::from_micros(10)), None);
        std::thread::scope(|scope| {
            let looker = scope.spawn(|| look(&word, 0, Duration::from_secs(60)));
            word.store(1, Ordering::SeqCst);
            assert!(looker.join().unwrap().is_some());
        });
    }

    #[test]
    fn time_runs_out_but_not_early() {
        for (wait, _) in WAYS {
            let start = Instant::now();
            assert_eq!(wait(&AtomicU32::new(0), 0, Some(Duration::from_millis(30))), Outcome::Timeout);
            assert!(start.elapsed() >= Duration::from_millis(30));
            assert_eq!(wait(&AtomicU32::new(0), 0, Some(Duration::ZERO)), Outcome::Timeout);
        }
    }

    #[test]
    fn a_wake_ends_the_sleep_of_all_or_of_one() {
        for (wait, wake) in WAYS {
            let (word, awake) = (AtomicU32::new(0), AtomicU32::new(0));
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        while word.load(Ordering::SeqCst) == 0 {
                            assert_eq!(wait(&word, 0, None), Outcome::Woken);
                        }
                        awake.fetch_add(1, Ordering::SeqCst);
                    });
                }
                std::thread::sleep(Duration::from_millis(30));
                word.store(1, Ordering::SeqCst);
                wake(&word, 1);
                std::thread::sleep(Duration::from_millis(50));
                assert_eq!(awake.load(Ordering::SeqCst), 1);
                wake(&word, u32::MAX);
            });
            assert_eq!(awake.load(Ordering::SeqCst), 2);
        }
    }

    #[test]
    fn what_wakes_a_child_does_not_wake_its_parent() {
        fork::watch();
        let waker = table::own_waker().unwrap();
        assert!(fork::in_child(|| table::own_waker().unwrap().wake()));
        let mut fds = [libc::pollfd { fd: waker.fd().as_raw_fd(), events: libc::POLLIN, revents: 0 }];
        assert_eq!(poll(&mut fds, Some(Duration::ZERO)), Ok(0));
    }

    extern "C" fn ignore(_: libc::c_int) {}

    #[test]
    fn a_signal_handler_ends_the_sleep_even_under_sa_restart() {
        // SAFETY: installs a handler that does nothing.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = ignore as *const () as usize;
            action.sa_flags = libc::SA_RESTART;
            libc::sigaction(libc::SIGUSR2, &action, std::ptr::null_mut());
        }
        for (wait, _) in WAYS {
            let sleeper = std::thread::spawn(|| wait(&AtomicU32::new(0), 0, None));
            while !sleeper.is_finished() {
                std::thread::sleep(Duration::from_millis(10));
                // SAFETY: the thread has not been joined yet.
                unsafe {
                    libc::pthread_kill(std::os::unix::thread::JoinHandleExt::as_pthread_t(&sleeper), libc::SIGUSR2)
                };
            }
            assert_eq!(sleeper.join().unwrap(), Outcome::Interrupted);
        }
    }
}
