//! From `Result` to C: return values, errno, and the stop for panics.

use std::ffi::{c_char, c_int, c_long};
use std::panic::{catch_unwind, AssertUnwindSafe};

use crate::error::{Error, Result};
use crate::sys::cancel;

/// What a function of the C API returns, on success and on failure.
pub(super) trait IntoC {
    /// The type in zmq.h.
    type C;
    /// Tells of a failure.
    const FAILED: Self::C;
    /// Tells of success.
    fn into_c(self) -> Self::C;
}

impl IntoC for () {
    type C = c_int;
    const FAILED: c_int = -1;
    fn into_c(self) -> c_int {
        0
    }
}

/// A size that the API returns as int: what does not fit is shown as the largest int.
impl IntoC for usize {
    type C = c_int;
    const FAILED: c_int = -1;
    fn into_c(self) -> c_int {
        c_int::try_from(self).unwrap_or(c_int::MAX)
    }
}

impl IntoC for c_int {
    type C = c_int;
    const FAILED: c_int = -1;
    fn into_c(self) -> c_int {
        self
    }
}

/// Milliseconds until something; -1 for never.
impl IntoC for Option<u64> {
    type C = c_long;
    const FAILED: c_long = -1;
    fn into_c(self) -> c_long {
        self.map_or(-1, |ms| c_long::try_from(ms).unwrap_or(c_long::MAX))
    }
}

impl<T> IntoC for *mut T {
    type C = *mut T;
    const FAILED: *mut T = std::ptr::null_mut();
    fn into_c(self) -> *mut T {
        self
    }
}

impl IntoC for *const c_char {
    type C = *const c_char;
    const FAILED: *const c_char = std::ptr::null();
    fn into_c(self) -> *const c_char {
        self
    }
}

/// Runs the body of a C function. An error sets errno, last of all; a panic is our own bug and fails the call with EFAULT.
pub(super) fn call<T: IntoC>(body: impl FnOnce() -> Result<T>) -> T::C {
    match catch_unwind(AssertUnwindSafe(body)).unwrap_or(Err(Error::EFAULT)) {
        Ok(value) => value.into_c(),
        Err(error) => {
            set_errno(error);
            T::FAILED
        }
    }
}

/// As [`call`], for functions that may wait: a thread that was cancelled ends before it begins.
#[inline(always)]
pub(super) fn call_cancellable<T: IntoC>(body: impl FnOnce() -> Result<T>) -> T::C {
    cancel::point();
    call(body)
}

/// As [`call`], for functions that do work for the system to see: a thread that is cancelled meanwhile ends later.
pub(super) fn call_whole<T: IntoC>(body: impl FnOnce() -> Result<T>) -> T::C {
    let _held_off = cancel::HeldOff::begin();
    call(body)
}

/// As [`call`], for functions whose failure value is their own.
pub(super) fn call_or<T>(failed: T, body: impl FnOnce() -> Result<T>) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(Err(Error::EFAULT)).unwrap_or_else(|error| {
        set_errno(error);
        failed
    })
}

fn errno_location() -> *mut c_int {
    // SAFETY: answers the address of the calling thread's errno; nothing is required.
    #[cfg(any(target_os = "linux", target_os = "emscripten", target_os = "hurd", target_os = "redox"))]
    return unsafe { libc::__errno_location() };
    // SAFETY: as above.
    #[cfg(any(target_vendor = "apple", target_os = "freebsd", target_os = "dragonfly"))]
    return unsafe { libc::__error() };
    // SAFETY: as above.
    #[cfg(any(target_os = "netbsd", target_os = "openbsd", target_os = "android"))]
    return unsafe { libc::__errno() };
    // SAFETY: as above.
    #[cfg(any(target_os = "solaris", target_os = "illumos"))]
    return unsafe { libc::___errno() };
}

fn set_errno(error: Error) {
    // SAFETY: the address is the calling thread's own errno.
    unsafe { errno_location().write(error.0) };
}

/// The calling thread's errno.
pub(super) fn errno() -> c_int {
    // SAFETY: as in `set_errno`.
    unsafe { errno_location().read() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_panics_set_errno() {
        assert_eq!(call(|| Err::<(), _>(Error::EAGAIN)), -1);
        assert_eq!(errno(), Error::EAGAIN.0);
        assert_eq!(call(|| -> Result<()> { panic!("a bug") }), -1);
        assert_eq!(errno(), Error::EFAULT.0);
        assert!(call(|| Err::<*mut u8, _>(Error::EINVAL)).is_null());
        assert_eq!(call_or(0, || Err(Error::ENOTSUP)), 0);
        assert_eq!(errno(), Error::ENOTSUP.0);
    }

    #[test]
    fn success_leaves_errno_alone() {
        set_errno(Error::EAGAIN);
        assert_eq!(call(|| Ok(7usize)), 7);
        assert_eq!(call(|| Ok(usize::MAX)), c_int::MAX);
        assert_eq!(errno(), Error::EAGAIN.0);
    }
}
