//! zmq_poll(3) and zmq_ppoll.

use std::ffi::{c_int, c_long, c_void};

use super::call::call_cancellable;
use super::pointer::array;
use crate::error::{Error, Result};
use crate::socket::poll::{poll, PollItem};

/// Waits for events of sockets and descriptors, at most `timeout` milliseconds (-1: for ever); the number of items with events.
/// EFAULT, EINVAL, ENOTSOCK, ETERM, EINTR.
#[no_mangle]
pub unsafe extern "C" fn zmq_poll(items: *mut PollItem, nitems: c_int, timeout: c_long) -> c_int {
    // SAFETY: `items` has `nitems` items that the caller owns, as zmq_poll(3) asks.
    call_cancellable(|| poll(unsafe { poll_items(items, nitems) }?, milliseconds(timeout)))
}

/// A timeout in the library's own type; C's `long` has 32 or 64 bits.
#[allow(clippy::unnecessary_cast)]
pub(super) fn milliseconds(timeout: c_long) -> i64 {
    timeout as i64
}

/// EINVAL for a negative number, EFAULT for NULL.
///
/// # Safety
/// `items` is NULL or has `nitems` items that nobody else uses during the call.
unsafe fn poll_items<'a>(items: *mut PollItem, nitems: c_int) -> Result<&'a mut [PollItem]> {
    // SAFETY: passed on to the caller.
    unsafe { array(items, usize::try_from(nitems).map_err(|_| Error::EINVAL)?) }
}

/// As zmq_poll, with `sigmask` (a `sigset_t`, or NULL) as the thread's signal mask during the wait. A signal that is pending
/// when the wait begins and that `sigmask` lets through ends it with EINTR.
#[cfg(not(zmq_stable_only))]
#[no_mangle]
pub unsafe extern "C" fn zmq_ppoll(
    items: *mut PollItem,
    nitems: c_int,
    timeout: c_long,
    sigmask: *const c_void,
) -> c_int {
    // SAFETY: as for zmq_poll; `sigmask` is NULL or a sigset_t, as ppoll(2) asks.
    call_cancellable(|| unsafe {
        let items = poll_items(items, nitems)?;
        let _mask = SignalMask::replace(sigmask.cast())?;
        poll(items, milliseconds(timeout))
    })
}

/// The thread's own signal mask, which comes back when this is dropped.
struct SignalMask(Option<libc::sigset_t>);

impl SignalMask {
    /// Puts `mask` in force, if there is one. EINTR if that lets a pending signal through.
    ///
    /// # Safety
    /// `mask` is NULL or a `sigset_t`.
    unsafe fn replace(mask: *const libc::sigset_t) -> Result<Self> {
        if mask.is_null() {
            return Ok(Self(None));
        }
        let (mut old, mut pending) = (empty_set(), empty_set());
        // SAFETY: all sets are valid; `mask` by contract.
        let (interrupted, rc) = unsafe {
            libc::sigpending(&mut pending);
            let delivered =
                (1..=LAST_SIGNAL).any(|n| libc::sigismember(&pending, n) == 1 && libc::sigismember(mask, n) == 0);
            (delivered, libc::pthread_sigmask(libc::SIG_SETMASK, mask, &mut old))
        };
        let guard = Self((rc == 0).then_some(old));
        match rc {
            0 if interrupted => Err(Error::EINTR),
            0 => Ok(guard),
            errno => Err(Error(errno)),
        }
    }
}

/// Highest signal number that any supported system has.
const LAST_SIGNAL: c_int = 64;

fn empty_set() -> libc::sigset_t {
    let mut set = std::mem::MaybeUninit::uninit();
    // SAFETY: sigemptyset initialises the whole set.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        set.assume_init()
    }
}

impl Drop for SignalMask {
    fn drop(&mut self) {
        if let Some(old) = &self.0 {
            // SAFETY: a mask that the system gave.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, old, std::ptr::null_mut()) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pending_signal_ends_the_wait() {
        let (mut block, pass) = (empty_set(), empty_set());
        // SAFETY: own sets; SIGUSR2 is blocked in this thread before it is raised for this thread, and its handler does nothing.
        unsafe {
            extern "C" fn nothing(_: c_int) {}
            libc::signal(libc::SIGUSR2, nothing as extern "C" fn(c_int) as libc::sighandler_t);
            libc::sigaddset(&mut block, libc::SIGUSR2);
            libc::pthread_sigmask(libc::SIG_BLOCK, &block, std::ptr::null_mut());
            libc::raise(libc::SIGUSR2);
            assert!(matches!(SignalMask::replace(&pass), Err(Error::EINTR)));
            assert!(SignalMask::replace(&pass).is_ok());
            let mut now = empty_set();
            libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &mut now);
            assert_eq!(libc::sigismember(&now, libc::SIGUSR2), 1);
        }
    }
}
