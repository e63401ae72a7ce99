//! Names: hosts through getaddrinfo(3), interfaces through getifaddrs(3).

use std::ffi::{CStr, CString};

use libc::c_int;

use super::{check, SockAddr};
use crate::error::{Error, Result};

/// What a look-up may do.
#[derive(Clone, Copy)]
pub struct Lookup {
    /// Answer IPv6 addresses, and IPv4 ones mapped into them; otherwise IPv4 ones only.
    pub ipv6: bool,
    /// Take numbers only: never asks a server, never blocks.
    pub numeric: bool,
}

/// The addresses of a host, in the order in which they should be tried; their ports are 0. Blocks while it asks servers,
/// unless only numbers are allowed. EINVAL if there is no such host, ENOMEM.
pub fn resolve(host: &str, lookup: Lookup) -> Result<Vec<SockAddr>> {
    let name = CString::new(host).map_err(|_| Error::EINVAL)?;
    // SAFETY: all-zero bytes are a valid addrinfo.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_family = if lookup.ipv6 { libc::AF_INET6 } else { libc::AF_INET };
    hints.ai_socktype = libc::SOCK_STREAM;
    hints.ai_flags = lookup_flags(lookup);
    let mut list = std::ptr::null_mut();
    // SAFETY: the name is terminated, the hints are initialised, the list is written on success only.
    match unsafe { libc::getaddrinfo(name.as_ptr(), std::ptr::null(), &hints, &mut list) } {
        0 => {}
        libc::EAI_MEMORY => return Err(Error::ENOMEM),
        _ => return Err(Error::EINVAL),
    }
    let addrs = collect(list);
    // SAFETY: the list came from getaddrinfo and is not used any more.
    unsafe { libc::freeaddrinfo(list) };
    if addrs.is_empty() {
        Err(Error::EINVAL)
    } else {
        Ok(addrs)
    }
}

fn lookup_flags(lookup: Lookup) -> c_int {
    let mapped = if lookup.ipv6 { MAPPED } else { 0 };
    let numeric = if lookup.numeric { libc::AI_NUMERICHOST } else { 0 };
    mapped | numeric
}

/// IPv4 addresses come along as IPv6 ones, after the real ones.
#[cfg(not(any(target_os = "netbsd", target_os = "openbsd")))]
const MAPPED: c_int = libc::AI_V4MAPPED | libc::AI_ALL;
#[cfg(any(target_os = "netbsd", target_os = "openbsd"))]
const MAPPED: c_int = 0;

fn collect(list: *const libc::addrinfo) -> Vec<SockAddr> {
    let (mut addrs, mut next) = (Vec::new(), list);
    // SAFETY: a list that getaddrinfo made and that has not been freed.
    while let Some(info) = unsafe { next.as_ref() } {
        if !info.ai_addr.is_null() {
            // SAFETY: the entry describes its address.
            let addr = unsafe { SockAddr::copy_from(info.ai_addr, info.ai_addrlen as usize) };
            if !addrs.contains(&addr) {
                addrs.push(addr);
            }
        }
        next = info.ai_next;
    }
    addrs
}

/// The first address of an interface in a family; its port is 0. ENODEV if there is none.
pub fn interface_address(name: &str, ipv6: bool) -> Result<SockAddr> {
    let mut list = std::ptr::null_mut();
    // SAFETY: the list is written on success.
    check(unsafe { libc::getifaddrs(&mut list) })?;
    let found = find_interface(list, name, if ipv6 { libc::AF_INET6 } else { libc::AF_INET });
    // SAFETY: the list came from getifaddrs and is not used any more.
    unsafe { libc::freeifaddrs(list) };
    found.ok_or(Error::ENODEV)
}

fn find_interface(list: *const libc::ifaddrs, name: &str, family: c_int) -> Option<SockAddr> {
    let mut next = list;
    // SAFETY: a list that getifaddrs made and that has not been freed.
    while let Some(entry) = unsafe { next.as_ref() } {
        next = entry.ifa_next;
        // SAFETY: an address, if there is one, has at least its family, and as many bytes as that family's type; the name
        // is terminated.
        unsafe {
            if entry.ifa_addr.is_null() || c_int::from((*entry.ifa_addr).sa_family) != family {
                continue;
            }
            let v6 = family == libc::AF_INET6;
            let len = if v6 { size_of::<libc::sockaddr_in6>() } else { size_of::<libc::sockaddr_in>() };
            if CStr::from_ptr(entry.ifa_name).to_bytes() == name.as_bytes() {
                return Some(SockAddr::copy_from(entry.ifa_addr, len));
            }
        }
    }
    None
}

/// The number of an interface (scope of a link-local address); None if there is none of that name.
pub fn interface_index(name: &str) -> Option<u32> {
    let name = CString::new(name).ok()?;
    // SAFETY: a terminated name.
    Some(unsafe { libc::if_nametoindex(name.as_ptr()) }).filter(|i| *i != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(host: &str, ipv6: bool) -> Result<Vec<String>> {
        let addrs = resolve(host, Lookup { ipv6, numeric: true })?;
        Ok(addrs.iter().map(SockAddr::host).collect())
    }

    #[test]
    fn numbers_are_read_in_every_form_that_inet_aton_knows() {
        for (text, v4) in
            [("127.0.0.1", "127.0.0.1"), ("127.1", "127.0.0.1"), ("0x7f000001", "127.0.0.1"), ("0", "0.0.0.0")]
        {
            assert_eq!(hosts(text, false).unwrap(), [v4]);
            assert_eq!(hosts(text, true).unwrap(), [format!("::ffff:{v4}")]);
        }
        assert_eq!(hosts("::1", true).unwrap(), ["::1"]);
        for (text, ipv6) in [("::1", false), ("localhost", false), ("127.0.0.256", false), ("", true), ("a\0b", true)] {
            assert_eq!(hosts(text, ipv6).err(), Some(Error::EINVAL), "{text:?}");
        }
    }

    #[test]
    fn localhost_is_known_without_asking_anybody() {
        let addrs = resolve("localhost", Lookup { ipv6: false, numeric: false }).unwrap();
        assert_eq!(addrs.iter().map(SockAddr::host).collect::<Vec<_>>(), ["127.0.0.1"]);
    }

    #[test]
    fn interfaces_have_addresses_and_numbers() {
        let lo = if cfg!(target_os = "linux") { "lo" } else { "lo0" };
        assert_eq!(interface_address(lo, false).unwrap().host(), "127.0.0.1");
        assert_eq!(interface_address("none9", false).err(), Some(Error::ENODEV));
        assert!(interface_index(lo).is_some());
        assert_eq!(interface_index("none9"), None);
    }
}
