//! The one error of the library and its table of errno values and texts.
//!
//! Every layer returns `Result<T>`; the C edge (`capi::call`) turns the error into `errno` and the function's
//! failure value. An error *is* an errno: the ZeroMQ-specific numbers start at `ZMQ_HAUSNUMERO` where the platform's
//! own headers have none (see zmq_strerror(3) and zmq_errno(3)).

use std::ffi::CStr;
use std::fmt;

use libc::c_int;

/// Base of ZeroMQ's own error numbers (zmq.h).
pub const HAUSNUMERO: c_int = 156_384_712;

/// An errno value: a system one, or one of ZeroMQ's own four.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error(pub c_int);

/// Result of every fallible call inside the library.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! system_errors {
    ($($name:ident)*) => {
        impl Error { $(
            #[doc = concat!("The system's ", stringify!($name), ".")]
            pub const $name: Self = Self(libc::$name);
        )* }
        const SYSTEM_NAMES: &[(c_int, &str)] = &[$((libc::$name, stringify!($name))),*];
    };
}

macro_rules! own_errors {
    ($($name:ident = $number:literal, $text:literal, $doc:literal;)*) => {
        impl Error { $(
            #[doc = $doc]
            pub const $name: Self = Self(HAUSNUMERO + $number);
        )* }
        const OWN: &[(c_int, &str, &CStr)] = &[$((HAUSNUMERO + $number, stringify!($name), $text)),*];
    };
}

system_errors! {
    EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EBADF EBUSY ECONNABORTED ECONNREFUSED ECONNRESET EEXIST EFAULT
    EHOSTUNREACH EINPROGRESS EINTR EINVAL EMFILE EMSGSIZE ENAMETOOLONG ENETDOWN ENETUNREACH ENOBUFS ENODEV ENOENT
    ENOMEM ENOTCONN ENOTSOCK ENOTSUP EPIPE EPROTO EPROTONOSUPPORT ETIMEDOUT
}

own_errors! {
    EFSM = 51, c"Operation cannot be accomplished in current state",
        "The operation does not fit the socket's state (REQ and REP turn-taking).";
    ENOCOMPATPROTO = 52, c"The protocol is not compatible with the socket type",
        "The transport does not suit the socket type.";
    ETERM = 53, c"Context was terminated", "The context was shut down or terminated.";
    EMTHREAD = 54, c"No thread available", "The context has no I/O thread for this transport.";
}

impl Error {
    /// The calling thread's errno as an error.
    pub fn last_os() -> Self {
        std::io::Error::last_os_error().into()
    }

    /// The text of an error that is ZeroMQ's own, or that ZeroMQ has a text of its own for; the system knows the others.
    pub fn own_text(self) -> Option<&'static CStr> {
        if self == Self::EHOSTUNREACH {
            return Some(c"Host unreachable");
        }
        OWN.iter().find(|row| row.0 == self.0).map(|row| row.2)
    }

    fn name(self) -> Option<&'static str> {
        let own = OWN.iter().find(|row| row.0 == self.0).map(|row| row.1);
        own.or_else(|| SYSTEM_NAMES.iter().find(|row| row.0 == self.0).map(|row| row.1))
    }
}

/// The name, for messages of tests.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Error({})", self.0),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Self(e.raw_os_error().unwrap_or(libc::EIO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_names() {
        assert_eq!(Error::ETERM.own_text(), Some(c"Context was terminated"));
        assert_eq!(Error::EAGAIN.own_text(), None);
        assert_eq!(format!("{:?} {:?} {:?}", Error::EFSM, Error::EAGAIN, Error(-7)), "EFSM EAGAIN Error(-7)");
        assert_eq!(Error::EMTHREAD.0, 156_384_766);
    }
}
