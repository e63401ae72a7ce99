//! CURVE keys and their text form: zmq_curve_keypair(3), zmq_curve_public(3), zmq_z85_encode(3), zmq_z85_decode(3).

use std::ffi::{c_char, c_int, c_void};

use libc::size_t;

use super::call::call;
use super::pointer::{bytes, bytes_mut, put_string, string};
use crate::error::{Error, Result};
use crate::util::keys;
use crate::z85;

/// Writes a new key pair as Z85 texts, 41 bytes each. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_curve_keypair(z85_public_key: *mut c_char, z85_secret_key: *mut c_char) -> c_int {
    // SAFETY: both places have 41 bytes, as zmq_curve_keypair(3) asks.
    call(|| unsafe {
        let (public, secret) = keys::pair()?;
        put_string(z85_public_key, &public)?;
        put_string(z85_secret_key, &secret)
    })
}

/// Writes the public key that belongs to a secret one, both as Z85 texts. EINVAL for a bad secret key, EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_curve_public(z85_public_key: *mut c_char, z85_secret_key: *const c_char) -> c_int {
    // SAFETY: the first place has 41 bytes, the second holds a C string, as zmq_curve_public(3) asks.
    call(|| unsafe { put_string(z85_public_key, &keys::public(string(z85_secret_key)?)?) })
}

/// Writes `size` bytes as a Z85 text of five characters per four bytes and a NUL; `dest`. NULL and EINVAL if `size` is no
/// multiple of four, EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_z85_encode(dest: *mut c_char, data: *const u8, size: size_t) -> *mut c_char {
    // SAFETY: the caller owns enough bytes at both places, as zmq_z85_encode(3) asks.
    call(|| unsafe {
        put_string(dest, &z85::encode(bytes(data.cast(), size)?).ok_or(Error::EINVAL)?)?;
        Ok(dest)
    })
}

/// Writes the bytes that a Z85 text stands for, four per five characters; `dest`. NULL and EINVAL for what is no Z85, EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_z85_decode(dest: *mut u8, string_: *const c_char) -> *mut u8 {
    // SAFETY: the caller owns enough bytes at `dest`, and the text is a C string, as zmq_z85_decode(3) asks.
    call(|| unsafe { decode(dest, string_) })
}

unsafe fn decode(dest: *mut u8, text: *const c_char) -> Result<*mut u8> {
    // SAFETY: valid by the caller's contract.
    unsafe {
        let data = z85::decode(string(text)?).ok_or(Error::EINVAL)?;
        bytes_mut(dest.cast::<c_void>(), data.len())?.copy_from_slice(&data);
    }
    Ok(dest)
}
