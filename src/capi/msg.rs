//! Messages: the zmq_msg_ functions on the caller's zmq_msg_t, which is a [`Msg`].

use std::ffi::{c_char, c_int, c_void};

use libc::size_t;

use super::call::{call, call_or};
use super::pointer::{bytes, message, message_ref, string};
use crate::consts::{ZMQ_MORE, ZMQ_SHARED, ZMQ_SRCFD};
use crate::error::{Error, Result};
use crate::msg::{FreeFn, Msg};

/// `zmq_free_fn *` of zmq.h.
type FreeFnPtr = Option<FreeFn>;

/// Initialises an empty message. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_init(msg: *mut Msg) -> c_int {
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call(|| unsafe { init(msg, || Ok(Msg::new())) })
}

/// Initialises a message of `size` bytes. ENOMEM, EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_init_size(msg: *mut Msg, size: size_t) -> c_int {
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call(|| unsafe { init(msg, || Msg::with_size(size)) })
}

/// Initialises a message over the caller's memory; `ffn` is called once, on any thread, when it is not needed any more. Without
/// `ffn` the memory is taken for constant. ENOMEM, EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_init_data(
    msg: *mut Msg,
    data: *mut c_void,
    size: size_t,
    ffn: FreeFnPtr,
    hint: *mut c_void,
) -> c_int {
    // SAFETY: `msg` is a zmq_msg_t of the caller's, and `data` stays valid until `ffn` is called, as zmq_msg_init_data(3) asks.
    call(|| unsafe { init(msg, || over(data, size, ffn, hint)) })
}

unsafe fn over(data: *mut c_void, size: usize, free: FreeFnPtr, hint: *mut c_void) -> Result<Msg> {
    // SAFETY: valid by the caller's contract.
    unsafe {
        bytes(data, size)?;
        Msg::from_foreign(data.cast(), size, free, hint)
    }
}

/// Puts a message where none is yet. EFAULT for NULL, before anything is made (or freed).
///
/// # Safety
/// `place` is NULL or writable for 64 bytes.
pub(super) unsafe fn init(place: *mut Msg, msg: impl FnOnce() -> Result<Msg>) -> Result<()> {
    if place.is_null() {
        return Err(Error::EFAULT);
    }
    let msg = msg()?;
    // SAFETY: writable by contract; what is there is no message, so nothing of it is dropped.
    unsafe { place.write(msg) };
    Ok(())
}

/// Releases a message. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_close(msg: *mut Msg) -> c_int {
    // SAFETY: `msg` is a zmq_msg_t of the caller's, initialised by the check.
    call(|| unsafe { message(msg).map(|m| Msg::close(m)) })
}

/// Moves the content of `src` to `dest`, whose own is released; `src` is empty afterwards, even if it is `dest`. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_move(dest: *mut Msg, src: *mut Msg) -> c_int {
    // SAFETY: both are zmq_msg_t of the caller's.
    call(|| unsafe {
        message(src)?;
        *message(dest)? = Msg::new();
        let content = (*src).take();
        *dest = content;
        Ok(())
    })
}

/// Makes `dest`, whose own content is released, a message over the content of `src`. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_copy(dest: *mut Msg, src: *mut Msg) -> c_int {
    // SAFETY: both are zmq_msg_t of the caller's; only one at a time is borrowed, as they may be the same.
    call(|| unsafe {
        let content = message(src)?.share();
        *message(dest)? = content;
        Ok(())
    })
}

/// Address of the content. NULL and EFAULT for a bad message.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_data(msg: *mut Msg) -> *mut c_void {
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call(|| unsafe { message(msg) }.map(|m| m.as_mut_ptr().cast()))
}

/// Size of the content in bytes. 0 and EFAULT for a bad message.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_size(msg: *const Msg) -> size_t {
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call_or(0, || unsafe { message_ref(msg) }.map(|m| m.len()))
}

/// Whether more parts of the message follow: 1 or 0.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_more(msg: *const Msg) -> c_int {
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call_or(0, || unsafe { property_of(msg, ZMQ_MORE) })
}

/// A property of the message: ZMQ_MORE, ZMQ_SRCFD or ZMQ_SHARED. EINVAL, EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_get(msg: *const Msg, property: c_int) -> c_int {
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call(|| unsafe { property_of(msg, property) })
}

unsafe fn property_of(msg: *const Msg, property: c_int) -> Result<c_int> {
    let empty = Msg::new();
    // SAFETY: NULL or a zmq_msg_t by the caller's contract. A closed one has the properties of an empty one, as in libzmq.
    let msg = match unsafe { message_ref(msg) } {
        Err(error) if msg.is_null() => return Err(error),
        Err(_) => &empty,
        Ok(msg) => msg,
    };
    match property {
        ZMQ_MORE => Ok(msg.more().into()),
        ZMQ_SHARED => Ok(msg.is_shared().into()),
        ZMQ_SRCFD => msg.metadata().map(|m| m.fd).filter(|&fd| fd >= 0).ok_or(Error::EINVAL),
        _ => Err(Error::EINVAL),
    }
}

/// No property can be set: EINVAL.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_set(_msg: *mut Msg, _property: c_int, _optval: c_int) -> c_int {
    call(|| Err::<(), _>(Error::EINVAL))
}

/// A property of the connection that the message came over; the text lives as long as the message. NULL and EINVAL, EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_gets(msg: *const Msg, property: *const c_char) -> *const c_char {
    // SAFETY: `msg` is a zmq_msg_t of the caller's and `property` a C string.
    call(|| unsafe { text_of(msg, property) })
}

unsafe fn text_of(msg: *const Msg, property: *const c_char) -> Result<*const c_char> {
    // SAFETY: valid by the caller's contract.
    unsafe {
        let msg = message_ref(msg).map_err(|e| if msg.is_null() { e } else { Error::EINVAL })?;
        let name = string(property).map_err(|_| Error::EINVAL)?;
        msg.metadata().and_then(|m| m.get(name)).map(|v| v.as_ptr()).ok_or(Error::EINVAL)
    }
}
