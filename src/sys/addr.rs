//! Socket addresses as values: IPv4, IPv6 with scope, and local (path or abstract name).

use std::fmt;
use std::mem::{offset_of, MaybeUninit};
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use libc::{c_int, sockaddr, sockaddr_in, sockaddr_in6, sockaddr_storage, sockaddr_un, socklen_t};

use crate::error::{Error, Result};

/// Where the name begins in a local address.
const PATH: usize = offset_of!(sockaddr_un, sun_path);

/// Room for the name of a local address, in bytes (one is kept for the terminating zero).
const PATH_ROOM: usize = size_of::<sockaddr_un>() - PATH;

/// An address of a socket. `Display` writes it as ZeroMQ writes endpoints: `tcp://127.0.0.1:5555`,
/// `tcp://[fe80::1%eth0]:5555`, `ipc:///tmp/x`, `ipc://@name`.
#[derive(Clone, Copy)]
pub struct SockAddr {
    storage: sockaddr_storage,
    len: socklen_t,
}

impl SockAddr {
    /// Lets a system call write an address.
    pub(super) fn fill(call: impl FnOnce(*mut sockaddr, *mut socklen_t) -> Result<()>) -> Result<Self> {
        // SAFETY: all-zero bytes are a valid sockaddr_storage.
        let mut addr = Self { storage: unsafe { std::mem::zeroed() }, len: size_of::<sockaddr_storage>() as socklen_t };
        call((&raw mut addr.storage).cast(), &mut addr.len)?;
        addr.len = addr.len.min(size_of::<sockaddr_storage>() as socklen_t);
        Ok(addr)
    }

    /// Copies an address that the system owns.
    ///
    /// # Safety
    /// `from` is readable for `len` bytes.
    pub(super) unsafe fn copy_from(from: *const sockaddr, len: usize) -> Self {
        let len = len.min(size_of::<sockaddr_storage>());
        // SAFETY: all-zero bytes are a valid sockaddr_storage; `len` fits, and `from` is readable for it by contract.
        unsafe {
            let mut storage: sockaddr_storage = std::mem::zeroed();
            std::ptr::copy_nonoverlapping(from.cast::<u8>(), (&raw mut storage).cast::<u8>(), len);
            Self { storage, len: len as socklen_t }
        }
    }

    /// The address of a path, or of an abstract name where `path` begins with `@`. EINVAL for an empty one or one with a
    /// zero byte, ENAMETOOLONG.
    pub fn local(path: &[u8]) -> Result<Self> {
        if path.is_empty() || path == b"@" || path.contains(&0) {
            return Err(Error::EINVAL);
        }
        if path.len() >= PATH_ROOM {
            return Err(Error::ENAMETOOLONG);
        }
        // SAFETY: all-zero bytes are a valid sockaddr_un, and the path was just found to fit behind the family.
        let addr = unsafe {
            let mut storage: sockaddr_storage = std::mem::zeroed();
            storage.ss_family = libc::AF_UNIX as _;
            let name = (&raw mut storage).cast::<u8>().add(PATH);
            std::ptr::copy_nonoverlapping(path.as_ptr(), name, path.len());
            if path[0] == b'@' {
                name.write(0);
            }
            // The terminating zero of a path is not counted, as libzmq does it.
            Self { storage, len: (PATH + path.len()) as socklen_t }
        };
        Ok(addr)
    }

    pub(super) fn as_ptr(&self) -> *const sockaddr {
        (&raw const self.storage).cast()
    }

    pub(super) fn len(&self) -> socklen_t {
        self.len
    }

    /// AF_INET, AF_INET6 or AF_UNIX.
    pub fn family(&self) -> c_int {
        c_int::from(self.storage.ss_family)
    }

    /// Whether it is an address of this host's file system or abstract name space.
    pub fn is_local(&self) -> bool {
        self.family() == libc::AF_UNIX
    }

    /// The address as std has it; None for local ones.
    pub fn to_std(&self) -> Option<SocketAddr> {
        match self.family() {
            libc::AF_INET => {
                // SAFETY: the family says what the storage holds.
                let a = unsafe { &*(&raw const self.storage).cast::<sockaddr_in>() };
                let ip = u32::from_be(a.sin_addr.s_addr).into();
                Some(SocketAddrV4::new(ip, u16::from_be(a.sin_port)).into())
            }
            libc::AF_INET6 => {
                // SAFETY: as above.
                let a = unsafe { &*(&raw const self.storage).cast::<sockaddr_in6>() };
                let ip = Ipv6Addr::from(a.sin6_addr.s6_addr);
                Some(SocketAddrV6::new(ip, u16::from_be(a.sin6_port), a.sin6_flowinfo, a.sin6_scope_id).into())
            }
            _ => None,
        }
    }

    /// The same address with another port (local ones have none).
    #[must_use]
    pub fn with_port(self, port: u16) -> Self {
        let Some(mut addr) = self.to_std() else { return self };
        addr.set_port(port);
        addr.into()
    }

    /// The same address with another scope (IPv6 only).
    #[must_use]
    pub fn with_scope(self, scope: u32) -> Self {
        match self.to_std() {
            Some(SocketAddr::V6(mut a)) => {
                a.set_scope_id(scope);
                SocketAddr::V6(a).into()
            }
            _ => self,
        }
    }

    /// The name of a local address, `@` standing for the zero of an abstract one.
    pub fn path(&self) -> Option<Vec<u8>> {
        if !self.is_local() {
            return None;
        }
        let len = (self.len as usize).saturating_sub(PATH).min(PATH_ROOM);
        // SAFETY: the name lies within the storage, which is initialised throughout.
        let name = unsafe { std::slice::from_raw_parts((&raw const self.storage).cast::<u8>().add(PATH), len) };
        Some(match name {
            [0, rest @ ..] if !rest.is_empty() => [b"@", rest].concat(),
            _ => name.split(|b| *b == 0).next().unwrap_or_default().to_vec(),
        })
    }

    /// The host in numbers, without brackets or port (`127.0.0.1`, `fe80::1%eth0`); empty for local addresses.
    pub fn host(&self) -> String {
        const ROOM: usize = 128;
        let mut text = [const { MaybeUninit::<libc::c_char>::uninit() }; ROOM];
        let (room, flags) = (text.as_mut_ptr().cast(), libc::NI_NUMERICHOST);
        if self.is_local() {
            return String::new();
        }
        // SAFETY: address and buffer are described by their lengths; on success the text is terminated by a zero.
        let known = unsafe {
            let rc = libc::getnameinfo(self.as_ptr(), self.len, room, ROOM as _, std::ptr::null_mut(), 0, flags);
            (rc == 0).then(|| std::ffi::CStr::from_ptr(room).to_string_lossy().into_owned())
        };
        known.or_else(|| self.to_std().map(|a| a.ip().to_string())).unwrap_or_default()
    }
}

impl From<SocketAddr> for SockAddr {
    fn from(addr: SocketAddr) -> Self {
        // SAFETY: all-zero bytes are valid for each of the three types, and each fits into the storage.
        unsafe {
            let mut storage: sockaddr_storage = std::mem::zeroed();
            let len = match addr {
                SocketAddr::V4(a) => {
                    let to = &mut *(&raw mut storage).cast::<sockaddr_in>();
                    to.sin_family = libc::AF_INET as _;
                    to.sin_port = a.port().to_be();
                    to.sin_addr.s_addr = u32::from(*a.ip()).to_be();
                    size_of::<sockaddr_in>()
                }
                SocketAddr::V6(a) => {
                    let to = &mut *(&raw mut storage).cast::<sockaddr_in6>();
                    to.sin6_family = libc::AF_INET6 as _;
                    to.sin6_port = a.port().to_be();
                    to.sin6_flowinfo = a.flowinfo();
                    to.sin6_addr.s6_addr = a.ip().octets();
                    to.sin6_scope_id = a.scope_id();
                    size_of::<sockaddr_in6>()
                }
            };
            Self { storage, len: len as socklen_t }
        }
    }
}

impl fmt::Display for SockAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_std() {
            Some(SocketAddr::V4(a)) => write!(f, "tcp://{}:{}", self.host(), a.port()),
            Some(SocketAddr::V6(a)) => write!(f, "tcp://[{}]:{}", self.host(), a.port()),
            None => write!(f, "ipc://{}", String::from_utf8_lossy(&self.path().unwrap_or_default())),
        }
    }
}

impl fmt::Debug for SockAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for SockAddr {
    fn eq(&self, other: &Self) -> bool {
        (self.family(), self.to_std(), self.path()) == (other.family(), other.to_std(), other.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_endpoints() {
        let ip = |text: &str| SockAddr::from(text.parse::<SocketAddr>().unwrap()).to_string();
        assert_eq!(ip("127.0.0.1:5555"), "tcp://127.0.0.1:5555");
        assert_eq!(ip("[::1]:5555"), "tcp://[::1]:5555");
        assert_eq!(ip("[::ffff:127.0.0.1]:1"), "tcp://[::ffff:127.0.0.1]:1");
        assert_eq!(ip("[::ffff:0.0.0.0]:1"), "tcp://[::ffff:0.0.0.0]:1");
        assert_eq!(ip("[::]:0"), "tcp://[::]:0");
        let local = |text: &str| SockAddr::local(text.as_bytes()).unwrap().to_string();
        assert_eq!(local("/tmp/x"), "ipc:///tmp/x");
        assert_eq!(local("@name"), "ipc://@name");
        assert_eq!(local("rel/x"), "ipc://rel/x");
    }

    #[test]
    fn names_of_local_addresses_have_limits() {
        for (name, expected) in [
            (vec![b'x'; 107], None),
            (vec![b'x'; 108], Some(Error::ENAMETOOLONG)),
            (b"@".to_vec(), Some(Error::EINVAL)),
            (b"".to_vec(), Some(Error::EINVAL)),
            (b"a\0b".to_vec(), Some(Error::EINVAL)),
        ] {
            assert_eq!(SockAddr::local(&name).err(), expected, "{name:?}");
        }
    }

    #[test]
    fn ports_and_scopes_can_be_changed() {
        let a = SockAddr::from("[fe80::1]:7".parse::<SocketAddr>().unwrap()).with_scope(9).with_port(8);
        assert_eq!(a.to_std(), Some(SocketAddrV6::new("fe80::1".parse().unwrap(), 8, 0, 9).into()));
        let local = SockAddr::local(b"/tmp/x").unwrap();
        assert_eq!(local.with_port(8).with_scope(9), local);
    }
}
