//! Functions of libzmq's draft API: those that are built, then those that are not yet and answer ENOTSUP. The pollers, zmq_ppoll
//! and zmq_socket_monitor_versioned stand with their families.

use std::ffi::{c_char, c_int, c_void};

use libc::size_t;

use super::call::{call, call_or};
use super::msg::init;
use super::pointer::{bytes, bytes_mut, context, message, message_ref, object};
use crate::error::{Error, Result};
use crate::msg::Msg;

/// Initialises a message with a copy of `size` bytes. ENOMEM, EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_init_buffer(msg: *mut Msg, buf: *const c_void, size: size_t) -> c_int {
    // SAFETY: `msg` is a zmq_msg_t and `buf` has `size` bytes, both the caller's.
    call(|| unsafe { init(msg, || bytes(buf, size).and_then(Msg::from_slice)) })
}

/// Names the peer of a SERVER or PEER socket that the message goes to. EINVAL for 0, EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_set_routing_id(msg: *mut Msg, routing_id: u32) -> c_int {
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call(|| unsafe { set_routing_id(msg, routing_id) })
}

unsafe fn set_routing_id(msg: *mut Msg, id: u32) -> Result<()> {
    if id == 0 {
        return Err(Error::EINVAL);
    }
    // SAFETY: a zmq_msg_t by the caller's contract.
    unsafe { message(msg) }?.set_routing_id(id);
    Ok(())
}

/// The peer that a message of a SERVER or PEER socket came from; 0 if there is none.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_routing_id(msg: *mut Msg) -> u32 {
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call_or(0, || Ok(unsafe { message_ref(msg) }?.routing_id()))
}

/// As zmq_ctx_set, for values of any type. EFAULT, EINVAL.
#[no_mangle]
pub unsafe extern "C" fn zmq_ctx_set_ext(
    context_: *mut c_void,
    option: c_int,
    optval: *const c_void,
    optvallen: size_t,
) -> c_int {
    // SAFETY: the caller owns `optvallen` bytes at `optval`.
    call(|| context(context_)?.set(option, unsafe { bytes(optval, optvallen) }?))
}

/// As zmq_ctx_get, for values of any type; `optvallen` is the buffer's size, then the value's. EFAULT, EINVAL.
#[no_mangle]
pub unsafe extern "C" fn zmq_ctx_get_ext(
    context_: *mut c_void,
    option: c_int,
    optval: *mut c_void,
    optvallen: *mut size_t,
) -> c_int {
    // SAFETY: the caller owns `*optvallen` bytes at `optval`.
    call(|| unsafe {
        let len = object(optvallen)?;
        *len = context(context_)?.get(option, bytes_mut(optval, *len)?)?;
        Ok(())
    })
}

fn missing<T>() -> Result<T> {
    Err(Error::ENOTSUP)
}

/// Not built yet: ENOTSUP.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_set_group(_msg: *mut Msg, _group: *const c_char) -> c_int {
    call(missing::<()>)
}

/// Not built yet: NULL and ENOTSUP.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_group(_msg: *mut Msg) -> *const c_char {
    call(missing::<*const c_char>)
}

/// Not built yet: ENOTSUP.
#[no_mangle]
pub unsafe extern "C" fn zmq_join(_s: *mut c_void, _group: *const c_char) -> c_int {
    call(missing::<()>)
}

/// Not built yet: ENOTSUP.
#[no_mangle]
pub unsafe extern "C" fn zmq_leave(_s: *mut c_void, _group: *const c_char) -> c_int {
    call(missing::<()>)
}

/// Not built yet: 0 and ENOTSUP.
#[no_mangle]
pub unsafe extern "C" fn zmq_connect_peer(_s: *mut c_void, _addr: *const c_char) -> u32 {
    call_or(0, missing)
}

/// Not built yet: ENOTSUP.
#[no_mangle]
pub unsafe extern "C" fn zmq_disconnect_peer(_s: *mut c_void, _routing_id: u32) -> c_int {
    call(missing::<()>)
}

/// Not built yet: ENOTSUP.
#[no_mangle]
pub unsafe extern "C" fn zmq_socket_get_peer_state(
    _s: *mut c_void,
    _routing_id: *const c_void,
    _routing_id_size: size_t,
) -> c_int {
    call(missing::<()>)
}

/// Not built yet: ENOTSUP.
#[no_mangle]
pub unsafe extern "C" fn zmq_socket_monitor_pipes_stats(_s: *mut c_void) -> c_int {
    call(missing::<()>)
}
