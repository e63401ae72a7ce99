//! zmq_proxy(3), zmq_proxy_steerable(3) and their forerunner zmq_device.

use std::ffi::{c_int, c_void};

use super::call::call_whole;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::util::proxy;

/// Passes messages between two sockets (and a copy to `capture`, unless NULL) until the context ends. EFAULT, ENOTSOCK, ETERM,
/// EINTR.
#[no_mangle]
pub unsafe extern "C" fn zmq_proxy(frontend: *mut c_void, backend: *mut c_void, capture: *mut c_void) -> c_int {
    call_whole(|| run(frontend, backend, capture, std::ptr::null_mut()))
}

/// As zmq_proxy, steered by the messages PAUSE, RESUME, STATISTICS and TERMINATE on `control` (unless NULL); 0 after TERMINATE.
#[no_mangle]
pub unsafe extern "C" fn zmq_proxy_steerable(
    frontend: *mut c_void,
    backend: *mut c_void,
    capture: *mut c_void,
    control: *mut c_void,
) -> c_int {
    call_whole(|| run(frontend, backend, capture, control))
}

/// Old form of zmq_proxy; the type says nothing that the sockets do not.
#[no_mangle]
pub unsafe extern "C" fn zmq_device(_type: c_int, frontend: *mut c_void, backend: *mut c_void) -> c_int {
    call_whole(|| run(frontend, backend, std::ptr::null_mut(), std::ptr::null_mut()))
}

fn run(frontend: *mut c_void, backend: *mut c_void, capture: *mut c_void, control: *mut c_void) -> Result<()> {
    let given = |s: *mut c_void| (!s.is_null()).then(|| Handle::from_ptr(s));
    let frontend = given(frontend).ok_or(Error::EFAULT)?;
    proxy::run(frontend, given(backend).ok_or(Error::EFAULT)?, given(capture), given(control))
}
