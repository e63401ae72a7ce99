//! What endpoints of IP transports are written like: `host:port`, with `[…]`, `%zone`, `*`, interface names and
//! `source;destination`. Ports and zones are read with the leniency of atoi(3), as libzmq reads them.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::error::{Error, Result};
use crate::sys::{net, SockAddr};

/// The parts of `host:port`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct HostPort<'a> {
    /// Without brackets and zone.
    pub(super) host: &'a str,
    /// 0 is "any".
    pub(super) port: u16,
    /// Number of the interface that `%zone` names; 0 is none.
    scope: u32,
}

impl<'a> HostPort<'a> {
    /// EINVAL: no colon, no port, an unknown zone.
    pub(super) fn parse(text: &'a str) -> Result<Self> {
        let (host, port) = text.rsplit_once(':').ok_or(Error::EINVAL)?;
        let port = read_port(port)?;
        let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        let (host, scope) = match host.rsplit_once('%') {
            Some((host, zone)) => (host, read_zone(zone)?),
            None => (host, 0),
        };
        Ok(Self { host, port, scope })
    }

    /// The address to bind to: `*`, an interface or numbers, but no host name. ENODEV, ENOMEM.
    pub(super) fn local(&self, ipv6: bool) -> Result<SockAddr> {
        if self.host == "*" {
            return Ok(any(ipv6, self.port));
        }
        let addr = match net::resolve(self.host, net::Lookup { ipv6, numeric: true }) {
            Ok(addrs) => addrs.first().copied().ok_or(Error::ENODEV)?.with_scope(self.scope),
            Err(Error::EINVAL) => net::interface_address(self.host, ipv6)?,
            Err(e) => return Err(e),
        };
        Ok(addr.with_port(self.port))
    }

    /// The addresses to connect to, in the order in which they should be tried. Unless `numeric`, this may ask servers and
    /// block. EINVAL: no such host; ENOMEM.
    pub(super) fn remote(&self, ipv6: bool, numeric: bool) -> Result<Vec<SockAddr>> {
        let addrs = net::resolve(self.host, net::Lookup { ipv6, numeric })?;
        let dressed = |a: SockAddr| if self.scope == 0 { a } else { a.with_scope(self.scope) };
        Ok(addrs.into_iter().map(|a| dressed(a).with_port(self.port)).collect())
    }
}

/// Every address of this host.
fn any(ipv6: bool, port: u16) -> SockAddr {
    match ipv6 {
        true => SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)).into(),
        false => SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)).into(),
    }
}

/// The same address for a host whose kernel has no IPv6; None if there is none.
pub(super) fn without_ipv6(addr: &SockAddr) -> Option<SockAddr> {
    let Some(SocketAddr::V6(v6)) = addr.to_std() else { return None };
    let ip = if v6.ip().is_unspecified() { Some(Ipv4Addr::UNSPECIFIED) } else { v6.ip().to_ipv4_mapped() };
    ip.map(|ip| SocketAddr::from((ip, v6.port())).into())
}

/// `*` and `0` are any port; whatever else makes 0 of 16 bits is a mistake.
fn read_port(text: &str) -> Result<u16> {
    match text {
        "*" | "0" => Ok(0),
        _ => Some(atoi(text) as u16).filter(|p| *p != 0).ok_or(Error::EINVAL),
    }
}

fn read_zone(text: &str) -> Result<u32> {
    let index = net::interface_index(text).unwrap_or(atoi(text) as u32);
    Some(index).filter(|i| *i != 0).ok_or(Error::EINVAL)
}

/// The number at the front of a text, kept within 64 bits: 0 if there is none.
fn atoi(text: &str) -> i64 {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => (-1, &text[1..]),
        Some(b'+') => (1, &text[1..]),
        _ => (1, text),
    };
    let digits = digits.bytes().take_while(u8::is_ascii_digit);
    digits.fold(0i64, |n, d| n.saturating_mul(10).saturating_add(sign * i64::from(d - b'0')))
}

/// Splits `source;destination`; without a source the destination is everything.
pub(super) fn split_source(text: &str) -> (Option<&str>, &str) {
    match text.split_once(';') {
        Some((source, destination)) => (Some(source), destination),
        None => (None, text),
    }
}

/// What is checked of a destination when zmq_connect is called; the rest shows when it is looked up. EINVAL.
pub(super) fn check_remote(text: &str) -> Result<()> {
    let first = |b: &u8| b.is_ascii_alphanumeric() || b"[:".contains(b);
    let other = |b: u8| b.is_ascii_alphanumeric() || b".-:%;[]_*".contains(&b);
    let port = text.rsplit_once(':').map(|(_, port)| port).ok_or(Error::EINVAL)?;
    let fine = text.as_bytes().first().is_some_and(first)
        && text.bytes().skip(1).all(other)
        && port.bytes().next().is_some_and(|b| b.is_ascii_digit());
    if fine {
        Ok(())
    } else {
        Err(Error::EINVAL)
    }
}

#[cfg(test)]
mod tests;
