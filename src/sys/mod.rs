//! Every libc call of the library, behind safe functions that return [`Result`].
//!
//! One file per concern: descriptors (`fd`), addresses (`addr`), sockets (`socket`, `option`, `transfer`), names and
//! interfaces (`net`), files (`file`), users (`user`), threads (`thread`, `lock`, `wait`, `waker`, `fork`, `cancel`) and the
//! kernel's pollers (`epoll`, `kqueue`). Nothing here knows what ZeroMQ is. Signals that interrupt a call are hidden (the
//! call is repeated), except where the caller waits on purpose: [`poll`] and [`wait::wait`] say EINTR.

mod addr;
pub mod cache;
pub mod cancel;
#[cfg(target_os = "linux")]
pub mod epoll;
mod fd;
pub mod file;
pub mod fork;
#[cfg(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly"
))]
pub mod kqueue;
pub mod lock;
mod mutex;
pub mod net;
pub mod option;
pub mod socket;
pub mod thread;
mod transfer;
pub mod user;
pub mod wait;
mod waker;

pub use addr::SockAddr;
pub use fd::{adopt, poll, timeout_ms};
pub use mutex::Mutex;
pub use transfer::{recv, recv_growing, recv_intake, recv_slice, send, send_vectored};
pub use waker::Waker;

use libc::c_int;

use crate::error::{Error, Result};

/// The result of a system call as a `Result`: -1 is the thread's errno.
fn check(rc: c_int) -> Result<c_int> {
    if rc == -1 {
        Err(Error::last_os())
    } else {
        Ok(rc)
    }
}

/// The same for calls that count bytes.
fn check_len(rc: isize) -> Result<usize> {
    usize::try_from(rc).map_err(|_| Error::last_os())
}

/// Repeats a call that a signal interrupted.
fn retry<T>(mut call: impl FnMut() -> Result<T>) -> Result<T> {
    loop {
        match call() {
            Err(Error::EINTR) => {}
            done => return done,
        }
    }
}
