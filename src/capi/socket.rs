//! Sockets: zmq_socket(3), zmq_close(3), zmq_setsockopt(3), zmq_getsockopt(3), zmq_bind(3), zmq_connect(3) and their inverses.

use std::ffi::{c_char, c_int, c_void};

use libc::size_t;

use super::call::call_whole;
use super::pointer::{bytes, bytes_mut, context, endpoint, for_socket, object};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::socket;

/// Creates a socket. EFAULT (context), EINVAL (type), EMFILE, ETERM.
#[no_mangle]
pub unsafe extern "C" fn zmq_socket(context_: *mut c_void, type_: c_int) -> *mut c_void {
    call_whole(|| socket::open(&context(context_)?, type_).map(Handle::as_ptr))
}

/// Closes a socket; unsent messages linger as ZMQ_LINGER says. ENOTSOCK.
#[no_mangle]
pub unsafe extern "C" fn zmq_close(s: *mut c_void) -> c_int {
    call_whole(|| socket::close(Handle::from_ptr(s)))
}

/// Sets a socket option. ENOTSOCK, EINVAL, ETERM, EINTR.
#[no_mangle]
pub unsafe extern "C" fn zmq_setsockopt(
    s: *mut c_void,
    option: c_int,
    optval: *const c_void,
    optvallen: size_t,
) -> c_int {
    let s = Handle::from_ptr(s);
    call_whole(|| {
        // SAFETY: the caller owns `optvallen` bytes at `optval`, as zmq_setsockopt(3) asks.
        // NULL is a value of its own for some options, but has no length.
        let value = for_socket(s, unsafe { bytes(optval, optvallen) }.map_err(|_| Error::EINVAL))?;
        socket::set_option(s, option, (!optval.is_null()).then_some(value))
    })
}

/// Reads a socket option; `optvallen` is the buffer's size, then the value's. ENOTSOCK, EINVAL, ETERM, EINTR.
#[no_mangle]
pub unsafe extern "C" fn zmq_getsockopt(
    s: *mut c_void,
    option: c_int,
    optval: *mut c_void,
    optvallen: *mut size_t,
) -> c_int {
    // SAFETY: the caller owns `*optvallen` bytes at `optval`, as zmq_getsockopt(3) asks.
    call_whole(|| unsafe { get_option(Handle::from_ptr(s), option, optval, optvallen) })
}

unsafe fn get_option(s: Handle, option: c_int, optval: *mut c_void, optvallen: *mut size_t) -> Result<()> {
    // SAFETY: valid by the caller's contract.
    let len = for_socket(s, unsafe { object(optvallen) })?;
    // SAFETY: as above.
    let buffer = for_socket(s, unsafe { bytes_mut(optval, *len) })?;
    *len = socket::get_option(s, option, buffer)?;
    Ok(())
}

/// Accepts connections on an endpoint. ENOTSOCK, EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO, EADDRINUSE, ENODEV, EMTHREAD, ETERM.
#[no_mangle]
pub unsafe extern "C" fn zmq_bind(s: *mut c_void, addr: *const c_char) -> c_int {
    let s = Handle::from_ptr(s);
    // SAFETY: `addr` is a C string, as zmq_bind(3) asks.
    call_whole(|| socket::bind(s, for_socket(s, unsafe { endpoint(addr) })?))
}

/// Connects to an endpoint. ENOTSOCK, EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO, EMTHREAD, ETERM.
#[no_mangle]
pub unsafe extern "C" fn zmq_connect(s: *mut c_void, addr: *const c_char) -> c_int {
    let s = Handle::from_ptr(s);
    // SAFETY: `addr` is a C string, as zmq_connect(3) asks.
    call_whole(|| socket::connect(s, for_socket(s, unsafe { endpoint(addr) })?))
}

/// Ends a bind. ENOTSOCK, EINVAL, ENOENT, ETERM.
#[no_mangle]
pub unsafe extern "C" fn zmq_unbind(s: *mut c_void, addr: *const c_char) -> c_int {
    let s = Handle::from_ptr(s);
    // SAFETY: `addr` is a C string, as zmq_unbind(3) asks.
    call_whole(|| socket::unbind(s, for_socket(s, unsafe { known_endpoint(addr) })?))
}

/// Ends a connection. ENOTSOCK, EINVAL, ENOENT, ETERM.
#[no_mangle]
pub unsafe extern "C" fn zmq_disconnect(s: *mut c_void, addr: *const c_char) -> c_int {
    let s = Handle::from_ptr(s);
    // SAFETY: `addr` is a C string, as zmq_disconnect(3) asks.
    call_whole(|| socket::disconnect(s, for_socket(s, unsafe { known_endpoint(addr) })?))
}

/// The endpoint to give up: here even NULL is no more than EINVAL.
unsafe fn known_endpoint<'a>(addr: *const c_char) -> Result<&'a str> {
    // SAFETY: a C string by the caller's contract.
    unsafe { endpoint(addr) }.map_err(|_| Error::EINVAL)
}
