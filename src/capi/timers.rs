//! zmq_timers(3).

use std::ffi::{c_int, c_long, c_void};
use std::sync::Arc;

use libc::size_t;

use super::call::call;
use super::pointer::object;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::util::timers;

/// `zmq_timer_fn *` of zmq.h.
type TimerFnPtr = Option<unsafe extern "C" fn(timer_id: c_int, arg: *mut c_void)>;

/// Creates a set of timers. NULL and EMFILE if there is no room for it.
#[no_mangle]
pub unsafe extern "C" fn zmq_timers_new() -> *mut c_void {
    call(|| timers::create().map(Handle::as_ptr))
}

/// Destroys the set and makes `*timers_p` NULL. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_timers_destroy(timers_p: *mut *mut c_void) -> c_int {
    // SAFETY: `timers_p` is NULL or a pointer of the caller's.
    call(|| unsafe { destroy(timers_p) })
}

unsafe fn destroy(timers_p: *mut *mut c_void) -> Result<()> {
    // SAFETY: valid by the caller's contract.
    let place = unsafe { object(timers_p) }?;
    timers::destroy(Handle::from_ptr(*place))?;
    *place = std::ptr::null_mut();
    Ok(())
}

/// Adds a timer that runs `handler` every `interval` milliseconds; its id. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_timers_add(
    timers: *mut c_void,
    interval: size_t,
    handler: TimerFnPtr,
    arg: *mut c_void,
) -> c_int {
    call(|| {
        let (handler, arg) = (handler.ok_or(Error::EFAULT)?, arg as usize);
        // SAFETY: the caller gave the function to be called with this argument.
        let run = move |id| unsafe { handler(id, arg as *mut c_void) };
        timers::add(Handle::from_ptr(timers), interval as u64, Arc::new(run))
    })
}

/// Cancels a timer. EFAULT, EINVAL.
#[no_mangle]
pub unsafe extern "C" fn zmq_timers_cancel(timers: *mut c_void, timer_id: c_int) -> c_int {
    call(|| timers::cancel(Handle::from_ptr(timers), timer_id))
}

/// Gives a timer another interval, beginning now. EFAULT, EINVAL.
#[no_mangle]
pub unsafe extern "C" fn zmq_timers_set_interval(timers: *mut c_void, timer_id: c_int, interval: size_t) -> c_int {
    call(|| timers::set_interval(Handle::from_ptr(timers), timer_id, interval as u64))
}

/// Begins a timer's interval anew. EFAULT, EINVAL.
#[no_mangle]
pub unsafe extern "C" fn zmq_timers_reset(timers: *mut c_void, timer_id: c_int) -> c_int {
    call(|| timers::reset(Handle::from_ptr(timers), timer_id))
}

/// Milliseconds until the next timer is due; -1 if there is none, or with EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_timers_timeout(timers: *mut c_void) -> c_long {
    call(|| timers::timeout(Handle::from_ptr(timers)))
}

/// Runs the handlers of the timers that are due. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_timers_execute(timers: *mut c_void) -> c_int {
    call(|| timers::execute(Handle::from_ptr(timers)))
}
