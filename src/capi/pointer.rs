//! From C's pointers to Rust's references: each conversion is a `Result`, so that NULL is an errno and not a crash.
//!
//! Handles need no care: they are looked up, never followed (`handle.rs`).

use std::ffi::{c_char, c_void, CStr};
use std::sync::Arc;

use crate::ctx::{self, Context};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::msg::Msg;
use crate::socket;

/// The context behind a handle. EFAULT.
pub(super) fn context(ctx: *mut c_void) -> Result<Arc<Context>> {
    ctx::find(Handle::from_ptr(ctx))
}

/// An argument of a call on a socket: if it is bad, a bad socket (ENOTSOCK) is reported all the same, as libzmq does.
pub(super) fn for_socket<T>(socket: Handle, argument: Result<T>) -> Result<T> {
    argument.or_else(|error| socket::has_more(socket).and(Err(error)))
}

/// `len` bytes to read. EFAULT for NULL with a length; ENOMEM for lengths that no memory has.
///
/// # Safety
/// `data` is NULL or readable for `len` bytes during the call.
pub(super) unsafe fn bytes<'a>(data: *const c_void, len: usize) -> Result<&'a [u8]> {
    check(data, len)?;
    if len == 0 {
        return Ok(&[]);
    }
    // SAFETY: readable by contract, not NULL and of a possible length by the check.
    Ok(unsafe { std::slice::from_raw_parts(data.cast(), len) })
}

/// `len` bytes to write. Errors as of [`bytes`].
///
/// # Safety
/// `data` is NULL or writable for `len` bytes during the call, and nobody else uses them.
pub(super) unsafe fn bytes_mut<'a>(data: *mut c_void, len: usize) -> Result<&'a mut [u8]> {
    check(data, len)?;
    if len == 0 {
        return Ok(&mut []);
    }
    // SAFETY: writable by contract, not NULL and of a possible length by the check.
    Ok(unsafe { std::slice::from_raw_parts_mut(data.cast(), len) })
}

fn check(data: *const c_void, len: usize) -> Result<()> {
    if data.is_null() && len > 0 {
        return Err(Error::EFAULT);
    }
    isize::try_from(len).map(|_| ()).map_err(|_| Error::ENOMEM)
}

/// `len` objects to read and write. EFAULT for NULL, if there are any.
///
/// # Safety
/// `first` is NULL or points to `len` objects that nobody else uses during the call.
pub(super) unsafe fn array<'a, T>(first: *mut T, len: usize) -> Result<&'a mut [T]> {
    match len {
        0 => Ok(&mut []),
        _ if first.is_null() || len > isize::MAX as usize / size_of::<T>().max(1) => Err(Error::EFAULT),
        // SAFETY: valid by contract, not NULL and of a possible length by the check.
        _ => Ok(unsafe { std::slice::from_raw_parts_mut(first, len) }),
    }
}

/// A C string's bytes. EFAULT for NULL.
///
/// # Safety
/// `text` is NULL or ends with a NUL.
pub(super) unsafe fn string<'a>(text: *const c_char) -> Result<&'a [u8]> {
    if text.is_null() {
        return Err(Error::EFAULT);
    }
    // SAFETY: a C string by contract.
    Ok(unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// An endpoint. EFAULT for NULL, EINVAL for what is not UTF-8.
///
/// # Safety
/// As for [`string`].
pub(super) unsafe fn endpoint<'a>(text: *const c_char) -> Result<&'a str> {
    // SAFETY: passed on to the caller.
    std::str::from_utf8(unsafe { string(text) }?).map_err(|_| Error::EINVAL)
}

/// An object to read and write. EFAULT for NULL.
///
/// # Safety
/// `object` is NULL or valid, and nobody else uses it during the call.
pub(super) unsafe fn object<'a, T>(object: *mut T) -> Result<&'a mut T> {
    // SAFETY: valid by contract.
    unsafe { object.as_mut() }.ok_or(Error::EFAULT)
}

/// A message. EFAULT for NULL and for one that is closed or was never initialised.
///
/// # Safety
/// `msg` is NULL or 64 readable bytes; if they hold a message, nobody else uses it during the call.
pub(super) unsafe fn message<'a>(msg: *mut Msg) -> Result<&'a mut Msg> {
    // SAFETY: readable by contract.
    if msg.is_null() || !unsafe { Msg::is_initialised(msg) } {
        return Err(Error::EFAULT);
    }
    // SAFETY: an initialised message, by the check.
    Ok(unsafe { &mut *msg })
}

/// A message to look at only. EFAULT as for [`message`].
///
/// # Safety
/// `msg` is NULL or 64 readable bytes; if they hold a message, nobody changes it during the call.
pub(super) unsafe fn message_ref<'a>(msg: *const Msg) -> Result<&'a Msg> {
    // SAFETY: readable by contract.
    if msg.is_null() || !unsafe { Msg::is_initialised(msg) } {
        return Err(Error::EFAULT);
    }
    // SAFETY: an initialised message, by the check.
    Ok(unsafe { &*msg })
}

/// Writes through a pointer that may be NULL, which is left out.
///
/// # Safety
/// `place` is NULL or writable.
pub(super) unsafe fn put<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: writable by contract.
        unsafe { place.write(value) };
    }
}

/// Copies a text and its NUL to `place`. EFAULT for NULL.
///
/// # Safety
/// `place` is NULL or writable for one byte more than `text` has.
pub(super) unsafe fn put_string(place: *mut c_char, text: &str) -> Result<()> {
    // SAFETY: writable by contract.
    let place = unsafe { bytes_mut(place.cast(), text.len() + 1) }?;
    place[..text.len()].copy_from_slice(text.as_bytes());
    place[text.len()] = 0;
    Ok(())
}
