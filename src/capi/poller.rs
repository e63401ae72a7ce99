//! zmq_poller(3), a part of libzmq's draft API.

use std::ffi::{c_int, c_long, c_short, c_void};
use std::mem::MaybeUninit;

use super::call::{call, call_cancellable};
use super::pointer::{array, object};
use super::poll::milliseconds;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::util::poller::{self, Found, Object};

/// What a descriptor is to the system.
#[allow(non_camel_case_types)]
type zmq_fd_t = c_int;

/// One registered object that has events: `socket`, or `fd` where that is NULL.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct zmq_poller_event_t {
    /// The socket, or NULL.
    pub socket: *mut c_void,
    /// The descriptor, or -1.
    pub fd: zmq_fd_t,
    /// What zmq_poller_add was given.
    pub user_data: *mut c_void,
    /// ZMQ_POLL bits.
    pub events: c_short,
}

impl From<Found> for zmq_poller_event_t {
    fn from(found: Found) -> Self {
        let (socket, fd) = match found.object {
            Object::Socket(handle) => (handle.as_ptr(), -1),
            Object::Fd(fd) => (std::ptr::null_mut(), fd),
        };
        Self { socket, fd, user_data: found.user_data as *mut c_void, events: found.events }
    }
}

fn socket(s: *mut c_void) -> Result<Object> {
    poller::socket(Handle::from_ptr(s))
}

fn descriptor(fd: zmq_fd_t) -> Result<Object> {
    if fd < 0 {
        return Err(Error::EBADF);
    }
    Ok(Object::Fd(fd))
}

/// Creates a poller. NULL and EMFILE if there is no room for it.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_new() -> *mut c_void {
    call(|| poller::create().map(Handle::as_ptr))
}

/// Destroys a poller and makes `*poller_p` NULL. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_destroy(poller_p: *mut *mut c_void) -> c_int {
    // SAFETY: `poller_p` is NULL or a pointer of the caller's.
    call(|| unsafe {
        let place = object(poller_p)?;
        poller::destroy(Handle::from_ptr(*place))?;
        *place = std::ptr::null_mut();
        Ok(())
    })
}

/// Number of registered objects. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_size(poller_: *mut c_void) -> c_int {
    call(|| poller::size(Handle::from_ptr(poller_)))
}

/// Registers a socket for `events`. EFAULT, ENOTSOCK, EINVAL if it is registered.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_add(
    poller_: *mut c_void,
    socket_: *mut c_void,
    user_data: *mut c_void,
    events: c_short,
) -> c_int {
    call(|| poller::add(Handle::from_ptr(poller_), socket(socket_), user_data as usize, events))
}

/// Registers a socket for other events. EFAULT, ENOTSOCK, EINVAL if it is not registered.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_modify(poller_: *mut c_void, socket_: *mut c_void, events: c_short) -> c_int {
    call(|| poller::modify(Handle::from_ptr(poller_), socket(socket_), events))
}

/// Forgets a socket. EFAULT, ENOTSOCK, EINVAL if it is not registered.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_remove(poller_: *mut c_void, socket_: *mut c_void) -> c_int {
    call(|| poller::remove(Handle::from_ptr(poller_), socket(socket_)))
}

/// Registers a descriptor for `events`. EFAULT, EBADF, EINVAL if it is registered.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_add_fd(
    poller_: *mut c_void,
    fd: zmq_fd_t,
    user_data: *mut c_void,
    events: c_short,
) -> c_int {
    call(|| poller::add(Handle::from_ptr(poller_), descriptor(fd), user_data as usize, events))
}

/// Registers a descriptor for other events. EFAULT, EBADF, EINVAL if it is not registered.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_modify_fd(poller_: *mut c_void, fd: zmq_fd_t, events: c_short) -> c_int {
    call(|| poller::modify(Handle::from_ptr(poller_), descriptor(fd), events))
}

/// Forgets a descriptor. EFAULT, EBADF, EINVAL if it is not registered.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_remove_fd(poller_: *mut c_void, fd: zmq_fd_t) -> c_int {
    call(|| poller::remove(Handle::from_ptr(poller_), descriptor(fd)))
}

/// Waits for one object with events; 0. EAGAIN (time is up), else as of zmq_poller_wait_all.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_wait(
    poller_: *mut c_void,
    event: *mut zmq_poller_event_t,
    timeout: c_long,
) -> c_int {
    // SAFETY: `event` is NULL or a place of the caller's.
    call_cancellable(|| unsafe { wait(poller_, event, 1, timeout) }.map(|_| ()))
}

/// Waits until objects have events, at most `timeout` milliseconds (-1: for ever); the number of events written, at most
/// `n_events`. EAGAIN (time is up), EFAULT, EINVAL, ENOTSOCK, ETERM, EINTR.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_wait_all(
    poller_: *mut c_void,
    events: *mut zmq_poller_event_t,
    n_events: c_int,
    timeout: c_long,
) -> c_int {
    // SAFETY: `events` is NULL or has `n_events` places of the caller's.
    call_cancellable(|| unsafe { wait(poller_, events, n_events, timeout) })
}

unsafe fn wait(
    poller_: *mut c_void,
    events: *mut zmq_poller_event_t,
    n_events: c_int,
    timeout: c_long,
) -> Result<usize> {
    let room = usize::try_from(n_events).map_err(|_| Error::EINVAL)?;
    // SAFETY: valid by the caller's contract; what is there is overwritten, never read.
    let places = unsafe { array(object(events.cast::<MaybeUninit<zmq_poller_event_t>>())?, room) }?;
    let found = poller::wait(Handle::from_ptr(poller_), milliseconds(timeout), room)?;
    let count = found.len();
    for (place, found) in places.iter_mut().zip(found) {
        place.write(found.into());
    }
    Ok(count)
}

/// The descriptor of a poller over thread-safe sockets, of which there are none yet: EINVAL. EFAULT.
#[no_mangle]
pub unsafe extern "C" fn zmq_poller_fd(poller_: *mut c_void, fd: *mut zmq_fd_t) -> c_int {
    // SAFETY: `fd` is NULL or a place of the caller's.
    call(|| unsafe { object(fd) }.and(poller::size(Handle::from_ptr(poller_))).and(Err::<(), _>(Error::EINVAL)))
}
