//! Atomic counters: zmq_atomic_counter_new(3) and its companions. A counter is a heap object of its own.

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicI32, Ordering};

use super::call::{call, call_or};
use super::pointer::object;
use crate::error::{Error, Result};

unsafe fn counter<'a>(counter: *mut c_void) -> Result<&'a AtomicI32> {
    // SAFETY: NULL or a counter by the caller's contract; atomics may be shared.
    unsafe { counter.cast::<AtomicI32>().as_ref() }.ok_or(Error::EFAULT)
}

/// Creates a counter at zero. NULL and ENOMEM.
#[no_mangle]
pub unsafe extern "C" fn zmq_atomic_counter_new() -> *mut c_void {
    call(|| Ok(Box::into_raw(Box::new(AtomicI32::new(0))).cast::<c_void>()))
}

/// Sets the counter; NULL is left alone.
#[no_mangle]
pub unsafe extern "C" fn zmq_atomic_counter_set(counter_: *mut c_void, value: c_int) {
    // SAFETY: NULL or a counter of the caller's.
    call_or((), || unsafe { counter(counter_) }.map(|c| c.store(value, Ordering::SeqCst)))
}

/// Adds one; the value before, 0 for NULL.
#[no_mangle]
pub unsafe extern "C" fn zmq_atomic_counter_inc(counter_: *mut c_void) -> c_int {
    // SAFETY: NULL or a counter of the caller's.
    call_or(0, || unsafe { counter(counter_) }.map(|c| c.fetch_add(1, Ordering::SeqCst)))
}

/// Takes one off; 0 if that leaves zero (and for NULL), else 1.
#[no_mangle]
pub unsafe extern "C" fn zmq_atomic_counter_dec(counter_: *mut c_void) -> c_int {
    // SAFETY: NULL or a counter of the caller's.
    call_or(0, || unsafe { counter(counter_) }.map(|c| (c.fetch_sub(1, Ordering::SeqCst) != 1).into()))
}

/// The counter's value, 0 for NULL.
#[no_mangle]
pub unsafe extern "C" fn zmq_atomic_counter_value(counter_: *mut c_void) -> c_int {
    // SAFETY: NULL or a counter of the caller's.
    call_or(0, || unsafe { counter(counter_) }.map(|c| c.load(Ordering::SeqCst)))
}

/// Frees the counter and makes `*counter_p` NULL.
#[no_mangle]
pub unsafe extern "C" fn zmq_atomic_counter_destroy(counter_p: *mut *mut c_void) {
    // SAFETY: `counter_p` is NULL or a pointer of the caller's.
    call_or((), || unsafe { destroy(counter_p) })
}

unsafe fn destroy(counter_p: *mut *mut c_void) -> Result<()> {
    // SAFETY: valid by the caller's contract; what is there came from zmq_atomic_counter_new.
    unsafe {
        let counter = std::mem::replace(object(counter_p)?, std::ptr::null_mut()).cast::<AtomicI32>();
        if !counter.is_null() {
            drop(Box::from_raw(counter));
        }
    }
    Ok(())
}
