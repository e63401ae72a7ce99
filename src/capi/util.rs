//! The rest: zmq_version(3), zmq_errno(3), zmq_strerror(3), zmq_has(3), stopwatches, zmq_sleep and threads.

use std::ffi::{c_char, c_int, c_ulong, c_void};

use super::call::{call, call_or, errno};
use super::pointer::{put, string};
use crate::consts::{ZMQ_VERSION_MAJOR, ZMQ_VERSION_MINOR, ZMQ_VERSION_PATCH};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::util::{capabilities, stopwatch, threads};

/// `zmq_thread_fn *` of zmq.h.
type ThreadFnPtr = Option<unsafe extern "C" fn(arg: *mut c_void)>;

/// The version of libzmq that this library implements; places that are NULL are left out.
#[no_mangle]
pub unsafe extern "C" fn zmq_version(major: *mut c_int, minor: *mut c_int, patch: *mut c_int) {
    for (place, number) in [(major, ZMQ_VERSION_MAJOR), (minor, ZMQ_VERSION_MINOR), (patch, ZMQ_VERSION_PATCH)] {
        // SAFETY: NULL or a place of the caller's.
        unsafe { put(place, number) };
    }
}

/// The calling thread's errno.
#[no_mangle]
pub unsafe extern "C" fn zmq_errno() -> c_int {
    errno()
}

/// The text of an error number; it must not be changed or freed.
#[no_mangle]
pub unsafe extern "C" fn zmq_strerror(errnum: c_int) -> *const c_char {
    // SAFETY: strerror answers a text for any number.
    Error(errnum).own_text().map_or_else(|| unsafe { libc::strerror(errnum) }.cast_const(), |text| text.as_ptr())
}

/// Whether the library has a capability: 1 or 0.
#[no_mangle]
pub unsafe extern "C" fn zmq_has(capability: *const c_char) -> c_int {
    // SAFETY: NULL or a C string of the caller's.
    call_or(0, || Ok(capabilities::has(unsafe { string(capability) }?).into()))
}

/// Starts a stopwatch.
#[no_mangle]
pub unsafe extern "C" fn zmq_stopwatch_start() -> *mut c_void {
    call(|| stopwatch::start().map(Handle::as_ptr))
}

/// Microseconds since the start; 0 and EFAULT for a bad stopwatch.
#[no_mangle]
pub unsafe extern "C" fn zmq_stopwatch_intermediate(watch: *mut c_void) -> c_ulong {
    call_or(0, || stopwatch::elapsed(Handle::from_ptr(watch)).map(microseconds))
}

/// Microseconds since the start; the stopwatch is freed. 0 and EFAULT for a bad stopwatch.
#[no_mangle]
pub unsafe extern "C" fn zmq_stopwatch_stop(watch: *mut c_void) -> c_ulong {
    call_or(0, || stopwatch::stop(Handle::from_ptr(watch)).map(microseconds))
}

fn microseconds(duration: std::time::Duration) -> c_ulong {
    c_ulong::try_from(duration.as_micros()).unwrap_or(c_ulong::MAX)
}

/// Sleeps; a negative number of seconds counts as an unsigned one.
#[no_mangle]
pub unsafe extern "C" fn zmq_sleep(seconds: c_int) {
    call_or((), || sleep(seconds as u32))
}

fn sleep(seconds: u32) -> Result<()> {
    std::thread::sleep(std::time::Duration::from_secs(seconds.into()));
    Ok(())
}

/// Starts a thread that runs `func`. NULL and EFAULT without a function, EAGAIN when the system has no thread left.
#[no_mangle]
pub unsafe extern "C" fn zmq_threadstart(func: ThreadFnPtr, arg: *mut c_void) -> *mut c_void {
    call(|| {
        let (func, arg) = (func.ok_or(Error::EFAULT)?, arg as usize);
        // SAFETY: the caller gave the function to be run with this argument, on another thread.
        threads::start(move || unsafe { func(arg as *mut c_void) }).map(Handle::as_ptr)
    })
}

/// Waits for the end of a thread and forgets it.
#[no_mangle]
pub unsafe extern "C" fn zmq_threadclose(thread: *mut c_void) {
    call_or((), || threads::join(Handle::from_ptr(thread)))
}
