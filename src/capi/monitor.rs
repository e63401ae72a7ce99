//! zmq_socket_monitor(3) and its second version.

use std::ffi::{c_char, c_int, c_void};

use super::call::call_whole;
use super::pointer::{endpoint, for_socket};
use crate::consts::{ZMQ_CURRENT_EVENT_VERSION, ZMQ_PAIR};
use crate::error::Result;
use crate::handle::Handle;
use crate::socket::monitor;

/// Sends the socket's events (a mask of ZMQ_EVENT_ bits) to an inproc endpoint; NULL ends that. ENOTSOCK, EINVAL,
/// EPROTONOSUPPORT, EADDRINUSE, ETERM.
#[no_mangle]
pub unsafe extern "C" fn zmq_socket_monitor(s: *mut c_void, addr: *const c_char, events: c_int) -> c_int {
    let s = Handle::from_ptr(s);
    // SAFETY: `addr` is NULL or a C string, as zmq_socket_monitor(3) asks. The mask widens with its sign: stray bits are EINVAL.
    call_whole(|| monitor(s, unsafe { outlet(s, addr) }?, events as u64, ZMQ_CURRENT_EVENT_VERSION, ZMQ_PAIR))
}

/// As zmq_socket_monitor, with the version of the event frames and the type of the monitor's socket. EINVAL for others than
/// version 1 over ZMQ_PAIR.
#[cfg(not(zmq_stable_only))]
#[no_mangle]
pub unsafe extern "C" fn zmq_socket_monitor_versioned(
    s: *mut c_void,
    addr: *const c_char,
    events: u64,
    event_version: c_int,
    type_: c_int,
) -> c_int {
    let s = Handle::from_ptr(s);
    // SAFETY: `addr` is NULL or a C string, as zmq_socket_monitor_versioned(3) asks.
    call_whole(|| monitor(s, unsafe { outlet(s, addr) }?, events, event_version, type_))
}

unsafe fn outlet<'a>(s: Handle, addr: *const c_char) -> Result<Option<&'a str>> {
    if addr.is_null() {
        return Ok(None);
    }
    // SAFETY: a C string by the caller's contract.
    for_socket(s, unsafe { endpoint(addr) }).map(Some)
}
