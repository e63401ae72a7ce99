//! Sending and receiving: zmq_send(3), zmq_recv(3), zmq_msg_send(3), zmq_msg_recv(3), zmq_send_const(3) and the old forms
//! with zmq_msg_t first or with arrays of buffers.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;

use libc::{iovec, size_t};

use super::call::call_cancellable;
use super::pointer::{array, bytes, bytes_mut, for_socket, message, object};
use crate::consts::ZMQ_SNDMORE;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::msg::Msg;
use crate::socket;

/// Sends a copy of `len` bytes; their number. EAGAIN, ENOTSUP, EFSM, EINVAL, ETERM, ENOTSOCK, EINTR, EHOSTUNREACH, ENOMEM.
#[no_mangle]
pub unsafe extern "C" fn zmq_send(s: *mut c_void, buf: *const c_void, len: size_t, flags: c_int) -> c_int {
    // SAFETY: the caller owns `len` bytes at `buf`, as zmq_send(3) asks.
    call_cancellable(|| copy_and_send(Handle::from_ptr(s), unsafe { bytes(buf, len) }, flags))
}

fn copy_and_send(s: Handle, data: Result<&[u8]>, flags: c_int) -> Result<usize> {
    let data = for_socket(s, data)?;
    let mut msg = Msg::new();
    for_socket(s, msg.assign(data))?;
    socket::send(s, &mut msg, flags)?;
    socket::give_way(s, data.len(), flags);
    Ok(data.len())
}

/// Sends `len` bytes that stay where they are for ever, without a copy; their number. Errors as of zmq_send.
#[no_mangle]
pub unsafe extern "C" fn zmq_send_const(s: *mut c_void, buf: *const c_void, len: size_t, flags: c_int) -> c_int {
    // SAFETY: the caller promises that the bytes at `buf` are constant, as zmq_send_const(3) asks.
    call_cancellable(|| send(Handle::from_ptr(s), unsafe { constant(buf, len) }, flags))
}

unsafe fn constant(buf: *const c_void, len: usize) -> Result<Msg> {
    // SAFETY: constant by the caller's contract.
    unsafe {
        bytes(buf, len)?;
        Msg::from_foreign(buf.cast_mut().cast(), len, None, std::ptr::null_mut())
    }
}

fn send(s: Handle, msg: Result<Msg>, flags: c_int) -> Result<usize> {
    send_message(s, &mut for_socket(s, msg)?, flags)
}

fn send_message(s: Handle, msg: &mut Msg, flags: c_int) -> Result<usize> {
    let size = msg.len();
    socket::send(s, msg, flags)?;
    socket::give_way(s, size, flags);
    Ok(size)
}

/// Receives a part into a buffer, cut to `len` bytes; the part's true size. EAGAIN, ENOTSUP, EFSM, ETERM, ENOTSOCK, EINTR.
#[no_mangle]
pub unsafe extern "C" fn zmq_recv(s: *mut c_void, buf: *mut c_void, len: size_t, flags: c_int) -> c_int {
    // SAFETY: the caller owns `len` bytes at `buf`, as zmq_recv(3) asks.
    call_cancellable(|| unsafe { recv(Handle::from_ptr(s), buf, len, flags) })
}

unsafe fn recv(s: Handle, buf: *mut c_void, len: usize, flags: c_int) -> Result<usize> {
    let mut msg = Msg::new();
    socket::recv(s, &mut msg, flags)?;
    let size = msg.len().min(len);
    // SAFETY: `size` is at most the caller's `len`.
    unsafe { bytes_mut(buf, size) }?.copy_from_slice(&msg.data()[..size]);
    Ok(msg.len())
}

/// Sends a message part and leaves an empty message behind; the part's size. EFAULT (message), else as of zmq_send.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_send(msg: *mut Msg, s: *mut c_void, flags: c_int) -> c_int {
    let s = Handle::from_ptr(s);
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call_cancellable(|| send_message(s, for_socket(s, unsafe { message(msg) })?, flags))
}

/// Receives a part into a message, whose old content is released; the part's size. EFAULT (message), else as of zmq_recv.
#[no_mangle]
pub unsafe extern "C" fn zmq_msg_recv(msg: *mut Msg, s: *mut c_void, flags: c_int) -> c_int {
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call_cancellable(|| unsafe { recv_message(Handle::from_ptr(s), msg, flags) })
}

unsafe fn recv_message(s: Handle, msg: *mut Msg, flags: c_int) -> Result<usize> {
    // SAFETY: a zmq_msg_t by the caller's contract.
    let msg = for_socket(s, unsafe { message(msg) })?;
    socket::recv(s, msg, flags)?;
    Ok(msg.len())
}

/// Old form of zmq_msg_send.
#[no_mangle]
pub unsafe extern "C" fn zmq_sendmsg(s: *mut c_void, msg: *mut Msg, flags: c_int) -> c_int {
    let s = Handle::from_ptr(s);
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call_cancellable(|| send_message(s, for_socket(s, unsafe { message(msg) })?, flags))
}

/// Old form of zmq_msg_recv.
#[no_mangle]
pub unsafe extern "C" fn zmq_recvmsg(s: *mut c_void, msg: *mut Msg, flags: c_int) -> c_int {
    // SAFETY: `msg` is a zmq_msg_t of the caller's.
    call_cancellable(|| unsafe { recv_message(Handle::from_ptr(s), msg, flags) })
}

/// Sends `count` buffers; the size of the last. With ZMQ_SNDMORE they are the parts of one message, which the last one ends;
/// without it each is a message. EINVAL for no buffers, else as of zmq_send.
#[no_mangle]
pub unsafe extern "C" fn zmq_sendiov(s: *mut c_void, iov: *mut iovec, count: size_t, flags: c_int) -> c_int {
    // SAFETY: `iov` has `count` buffers that the caller owns.
    call_cancellable(|| unsafe { send_buffers(Handle::from_ptr(s), iov, count, flags) })
}

unsafe fn send_buffers(s: Handle, iov: *mut iovec, count: usize, flags: c_int) -> Result<usize> {
    // SAFETY: valid by the caller's contract.
    let buffers = unsafe { array(iov, count) }.map_err(|_| Error::EINVAL);
    let (last, first) = for_socket(s, buffers.and_then(|b| b.split_last().ok_or(Error::EINVAL)))?;
    // SAFETY: each buffer is valid by the caller's contract.
    let part = |b: &iovec| unsafe { bytes(b.iov_base, b.iov_len) }.and_then(Msg::from_slice);
    for buffer in first {
        send(s, part(buffer), flags)?;
    }
    send(s, part(last), flags & !ZMQ_SNDMORE)
}

/// Receives the parts of a message, at most `count`, each into memory from malloc that the caller frees; their number, which
/// `count` gets too. EINVAL for no buffers, else as of zmq_recv.
#[no_mangle]
pub unsafe extern "C" fn zmq_recviov(s: *mut c_void, iov: *mut iovec, count: *mut size_t, flags: c_int) -> c_int {
    // SAFETY: `iov` has `*count` places that the caller owns.
    call_cancellable(|| unsafe { recv_buffers(Handle::from_ptr(s), iov, count, flags) })
}

unsafe fn recv_buffers(s: Handle, iov: *mut iovec, count: *mut size_t, flags: c_int) -> Result<usize> {
    // SAFETY: valid by the caller's contract.
    let count = for_socket(s, unsafe { object(count) }.map_err(|_| Error::EINVAL))?;
    // SAFETY: as above; what is there is overwritten, never read.
    let places = unsafe { array(iov.cast::<MaybeUninit<iovec>>(), *count) }.map_err(|_| Error::EINVAL);
    let places = for_socket(s, places.and_then(|p| if p.is_empty() { Err(Error::EINVAL) } else { Ok(p) }))?;
    *count = 0;
    for place in places {
        let mut msg = Msg::new();
        socket::recv(s, &mut msg, flags)?;
        place.write(malloc_copy(msg.data())?);
        *count += 1;
        if !msg.more() {
            break;
        }
    }
    Ok(*count)
}

/// A copy that the C caller can free. ENOMEM.
fn malloc_copy(data: &[u8]) -> Result<iovec> {
    // SAFETY: malloc may be called with any size; the result is checked before use.
    let copy = unsafe { libc::malloc(data.len().max(1)) };
    if copy.is_null() {
        return Err(Error::ENOMEM);
    }
    // SAFETY: a fresh block of at least this size.
    unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), copy.cast(), data.len()) };
    Ok(iovec { iov_base: copy, iov_len: data.len() })
}
