//! The side that connects: where to, and the beginning of a connection.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::address::{self, HostPort};
use super::{socks, tcp, tune, Scheme};
use crate::error::{Error, Result};
use crate::options::Options;
use crate::sys::{socket, SockAddr};

/// Where a socket connects to, again and again.
#[derive(Clone, Debug)]
pub struct Target {
    /// The endpoint as it was given; ZMQ_LAST_ENDPOINT shows it.
    pub endpoint: String,
    /// The endpoint that is dialled: the proxy's, if there is one. Monitor events show it.
    pub dialled: String,
    scheme: Scheme,
    place: Place,
    ipv6: bool,
}

#[derive(Clone, Debug)]
enum Place {
    Local(SockAddr),
    /// `host:port` and perhaps the address to come from.
    Ip {
        to: String,
        source: Option<String>,
    },
    /// `host:port` of the destination, reached through the proxy `host:port`.
    Proxied {
        to: String,
        proxy: String,
    },
}

/// A connection that has begun.
#[derive(Debug)]
pub struct Connecting {
    /// The descriptor; it becomes writable when the connection stands or has failed.
    pub fd: OwnedFd,
    /// The connection stands already.
    pub done: bool,
}

/// Checks the syntax of where to connect to. EINVAL, ENAMETOOLONG; EPROTONOSUPPORT for a transport without connections.
pub fn parse_target(scheme: Scheme, address: &str, options: &Options) -> Result<Target> {
    let place = match scheme {
        Scheme::Tcp => {
            address::check_remote(address)?;
            let (source, to) = address::split_source(address);
            let (to, source) = (to.to_string(), source.map(str::to_string));
            match options.socks.proxy.as_slice() {
                b"" => Place::Ip { to, source },
                proxy => Place::Proxied { to, proxy: String::from_utf8_lossy(proxy).into_owned() },
            }
        }
        Scheme::Ipc => Place::Local(SockAddr::local(address.as_bytes())?),
        _ => return Err(Error::EPROTONOSUPPORT),
    };
    let endpoint = format!("{}://{address}", scheme.name());
    let dialled = match &place {
        Place::Proxied { proxy, .. } => format!("{}://{proxy}", scheme.name()),
        _ => endpoint.clone(),
    };
    Ok(Target { endpoint, dialled, scheme, place, ipv6: options.ipv6 })
}

impl Target {
    /// Which transport it is.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The addresses, where no look-up is needed: local ones and numbers.
    pub fn numeric(&self) -> Option<Vec<SockAddr>> {
        self.look_up(true).ok()
    }

    /// The addresses, in the order in which they should be tried. Blocks while it asks servers: not for an I/O thread.
    /// EINVAL: no such host, or a port that is none; ENOMEM.
    pub fn resolve(&self) -> Result<Vec<SockAddr>> {
        self.look_up(false)
    }

    fn look_up(&self, numeric: bool) -> Result<Vec<SockAddr>> {
        match &self.place {
            Place::Local(addr) => Ok(vec![*addr]),
            Place::Ip { to: dialled, .. } | Place::Proxied { proxy: dialled, .. } => {
                HostPort::parse(dialled)?.remote(self.ipv6, numeric)
            }
        }
    }

    /// The dialogue to hold with the proxy once the connection stands; None if there is no proxy. EINVAL.
    pub fn socks(&self, options: &Options) -> Result<Option<socks::Client>> {
        let Place::Proxied { to, .. } = &self.place else { return Ok(None) };
        let to = HostPort::parse(to)?;
        socks::Client::new(to.host, to.port, &options.socks).map(Some)
    }
}

/// Begins to connect to one of the target's addresses. The errors are the system's, and EINVAL or ENODEV for a source address
/// that is none; all of them mean "try the next, or again later".
pub fn start_connect(target: &Target, to: &SockAddr, options: &Options) -> Result<Connecting> {
    let (fd, done) = match &target.place {
        Place::Local(addr) => {
            let fd = socket::stream(addr.family())?;
            let done = socket::connect(fd.as_fd(), addr)?;
            (fd, done)
        }
        Place::Ip { source, .. } => tcp::connect(source.as_deref(), to, options)?,
        Place::Proxied { .. } => tcp::connect(None, to, options)?,
    };
    Ok(Connecting { fd, done })
}

/// How a connect ended whose descriptor has become writable: ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH … Dresses the connection
/// if it stands.
pub fn finish_connect(target: &Target, fd: BorrowedFd<'_>, options: &Options) -> Result<()> {
    socket::take_error(fd)?;
    tune(target.scheme, fd, options);
    Ok(())
}
