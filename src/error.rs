//! The one error of the library and its table of errno values and texts.
//!
//! Every layer returns `Result<T>`; the C edge (`capi::call`) turns the error into `errno` and the function's
//! failure value. An error *is* an errno: the ZeroMQ-specific numbers start at `ZMQ_HAUSNUMERO` where the platform's
//! own headers have none (see zmq_strerror(3) and zmq_errno(3)).

use libc::c_int;

/// Base of ZeroMQ's own error numbers (zmq.h).
pub const HAUSNUMERO: c_int = 156_384_712;

/// An errno value: a system one, or one of ZeroMQ's own four.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Error(pub c_int);

/// Result of every fallible call inside the library.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! system_errors {
    ($($name:ident)*) => { impl Error { $(
        #[doc = concat!("The system's ", stringify!($name), ".")]
        pub const $name: Self = Self(libc::$name);
    )* } };
}

system_errors! {
    EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EBADF EBUSY ECONNABORTED ECONNREFUSED ECONNRESET EEXIST EFAULT
    EHOSTUNREACH EINPROGRESS EINTR EINVAL EMFILE EMSGSIZE ENAMETOOLONG ENETDOWN ENETUNREACH ENOBUFS ENODEV ENOENT
    ENOMEM ENOTCONN ENOTSOCK ENOTSUP EPIPE EPROTO EPROTONOSUPPORT ETIMEDOUT
}

impl Error {
    /// The operation does not fit the socket's state (REQ and REP turn-taking).
    pub const EFSM: Self = Self(HAUSNUMERO + 51);
    /// The transport does not suit the socket type.
    pub const ENOCOMPATPROTO: Self = Self(HAUSNUMERO + 52);
    /// The context was shut down or terminated.
    pub const ETERM: Self = Self(HAUSNUMERO + 53);
    /// The context has no I/O thread for this transport.
    pub const EMTHREAD: Self = Self(HAUSNUMERO + 54);

    /// The calling thread's errno as an error.
    pub fn last_os() -> Self {
        Self(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO))
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Self(e.raw_os_error().unwrap_or(libc::EIO))
    }
}
