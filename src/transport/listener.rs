//! The side that accepts: a bound and listening socket.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use super::{ipc, name_of, tcp, tune, Scheme};
use crate::error::{Error, Result};
use crate::options::Options;
use crate::sys::{self, socket, SockAddr};

/// A listening socket. Dropping it stops accepting.
#[derive(Debug)]
pub struct Listener {
    // Before the directory: the descriptor closes first.
    fd: OwnedFd,
    scheme: Scheme,
    /// The endpoint as ZMQ_LAST_ENDPOINT shows it: wildcards replaced by what they became.
    pub endpoint: String,
    _dir: Option<ipc::OwnDir>,
}

/// A connection that was accepted; it is dressed as the options say.
#[derive(Debug)]
pub struct Accepted {
    /// The connection.
    pub fd: OwnedFd,
    /// Property "Peer-Address" of the messages that come over it.
    pub peer: String,
}

/// Why binding failed, and the descriptor that had been made for it and is closed again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused {
    /// What zmq_bind answers.
    pub error: Error,
    /// What a monitor sees closed before it hears of the failure.
    pub descriptor: Option<RawFd>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, descriptor: None }
    }
}

/// Names `fd` in the failure of a step that came after it was made.
pub(super) fn with<T>(fd: &OwnedFd, step: Result<T>) -> std::result::Result<T, Refused> {
    step.map_err(|error| Refused { error, descriptor: Some(fd.as_raw_fd()) })
}

/// Binds and listens. EINVAL, ENODEV, EADDRINUSE, EADDRNOTAVAIL, EACCES, ENAMETOOLONG, ENOENT, EMFILE and what else the
/// system says; EPROTONOSUPPORT for a transport without listeners.
pub fn bind(scheme: Scheme, address: &str, options: &Options) -> std::result::Result<Listener, Refused> {
    let (fd, dir) = match scheme {
        // The application's descriptor is bound and listening already, whatever the endpoint says.
        Scheme::Tcp | Scheme::Ipc if options.use_fd != -1 => (sys::adopt(options.use_fd)?, None),
        Scheme::Tcp => (tcp::bind(address, options)?, None),
        Scheme::Ipc => ipc::bind(address, options)?,
        _ => return Err(Error::EPROTONOSUPPORT.into()),
    };
    let endpoint = socket::local_addr(fd.as_fd())?.to_string();
    Ok(Listener { fd, scheme, endpoint, _dir: dir })
}

impl Listener {
    /// Takes the next connection that waits; None if there is none. EACCES: it was refused by a filter. Other errors are the
    /// system's; see [`socket::is_transient`].
    pub fn accept(&self, options: &Options) -> Result<Option<Accepted>> {
        let (fd, addr) = match socket::accept(self.fd.as_fd()) {
            Err(Error::EAGAIN) => return Ok(None),
            accepted => accepted?,
        };
        if !self.admits(fd.as_fd(), &addr, options) {
            return Err(Error::EACCES);
        }
        tune(self.scheme, fd.as_fd(), options);
        let peer = name_of(fd.as_fd(), &addr);
        Ok(Some(Accepted { fd, peer }))
    }

    fn admits(&self, fd: BorrowedFd<'_>, addr: &SockAddr, options: &Options) -> bool {
        match self.scheme {
            Scheme::Ipc => ipc::admits(&options.ipc, ipc::credentials(fd)),
            _ => addr.to_std().is_some_and(|a| options.tcp.admits(a.ip())),
        }
    }

    /// The descriptor's number, for monitor events.
    pub fn raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// Stops accepting, and removes what was made for the listener alone.
    pub fn close(self) {}
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
