//! Contexts: zmq_ctx_new(3), zmq_ctx_term(3), zmq_ctx_shutdown(3), zmq_ctx_set(3), zmq_ctx_get(3) and their old names.

use std::ffi::{c_int, c_void};

use super::call::call_whole;
use super::pointer::context;
use crate::consts::ZMQ_IO_THREADS;
use crate::ctx;
use crate::error::{Error, Result};
use crate::handle::Handle;

/// Creates a context. NULL and EMFILE or ENOMEM if there is no room for it.
#[no_mangle]
pub unsafe extern "C" fn zmq_ctx_new() -> *mut c_void {
    call_whole(|| ctx::create().map(Handle::as_ptr))
}

/// Ends a context once its sockets are closed and their messages sent or given up. EFAULT, EINTR.
#[no_mangle]
pub unsafe extern "C" fn zmq_ctx_term(context: *mut c_void) -> c_int {
    call_whole(|| ctx::terminate(Handle::from_ptr(context)))
}

/// Makes every blocking call on the context's sockets, now and later, fail with ETERM. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_ctx_shutdown(context_: *mut c_void) -> c_int {
    call_whole(|| context(context_)?.shutdown())
}

/// Sets a context option. EFAULT, EINVAL.
#[no_mangle]
pub unsafe extern "C" fn zmq_ctx_set(context_: *mut c_void, option: c_int, optval: c_int) -> c_int {
    call_whole(|| context(context_)?.set(option, &optval.to_ne_bytes()))
}

/// Reads a context option. EFAULT, EINVAL.
#[no_mangle]
pub unsafe extern "C" fn zmq_ctx_get(context_: *mut c_void, option: c_int) -> c_int {
    call_whole(|| {
        let mut value = [0; size_of::<c_int>()];
        context(context_)?.get(option, &mut value)?;
        Ok(c_int::from_ne_bytes(value))
    })
}

/// Old form of zmq_ctx_new. EINVAL for a negative number of I/O threads.
#[no_mangle]
pub unsafe extern "C" fn zmq_init(io_threads: c_int) -> *mut c_void {
    call_whole(|| init(io_threads))
}

fn init(io_threads: c_int) -> Result<*mut c_void> {
    if io_threads < 0 {
        return Err(Error::EINVAL);
    }
    let handle = ctx::create()?;
    ctx::find(handle)?.set(ZMQ_IO_THREADS, &io_threads.to_ne_bytes())?;
    Ok(handle.as_ptr())
}

/// Old name of zmq_ctx_term.
#[no_mangle]
pub unsafe extern "C" fn zmq_term(context: *mut c_void) -> c_int {
    call_whole(|| ctx::terminate(Handle::from_ptr(context)))
}

/// Old name of zmq_ctx_term.
#[no_mangle]
pub unsafe extern "C" fn zmq_ctx_destroy(context: *mut c_void) -> c_int {
    call_whole(|| ctx::terminate(Handle::from_ptr(context)))
}
