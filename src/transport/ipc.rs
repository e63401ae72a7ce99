//! ipc:// (zmq_ipc(7)): local sockets with a path, or with an abstract name (`@name`, Linux).
//!
//! Binding takes a path over from whoever had it before; the file stays when the listener goes, as with libzmq. Only the
//! wildcard `*` gets a directory of its own, which goes with the listener.

use std::ffi::OsString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::listener::{with, Refused};
use crate::error::Result;
use crate::options::{IpcFilters, Options};
use crate::sys::socket::Credentials;
use crate::sys::{file, fork, socket, user, SockAddr};

/// Name of the socket in a wildcard listener's directory.
const SOCKET_NAME: &str = "socket";

/// A listening socket at a path. EINVAL, ENAMETOOLONG, EADDRINUSE, EACCES, ENOENT, ENOTDIR, EMFILE …
pub(super) fn bind(text: &str, o: &Options) -> std::result::Result<(OwnedFd, Option<OwnDir>), Refused> {
    if text != "*" {
        return Ok((listen(text.as_bytes(), o.backlog)?, None));
    }
    let dir = OwnDir::new()?;
    Ok((listen(dir.socket().as_os_str().as_bytes(), o.backlog)?, Some(dir)))
}

fn listen(path: &[u8], backlog: i32) -> std::result::Result<OwnedFd, Refused> {
    let addr = SockAddr::local(path)?;
    let fd = socket::stream(addr.family())?;
    if !path.starts_with(b"@") {
        remove_stale(Path::new(std::ffi::OsStr::from_bytes(path)));
    }
    with(&fd, socket::bind(fd.as_fd(), &addr))?;
    with(&fd, socket::listen(fd.as_fd(), backlog))?;
    Ok(fd)
}

/// Removes what the last run left at a path: its socket, or the empty file by which a name was reserved. libzmq removes
/// whatever file is there; we leave one with content alone, and binding answers EADDRINUSE. If removing fails, binding says
/// why.
fn remove_stale(path: &Path) {
    let precious = path.symlink_metadata().is_ok_and(|m| m.is_file() && m.len() > 0);
    if !precious {
        let _ = file::unlink(path);
    }
}

/// A directory made for one wildcard listener; removed, with the socket in it, when dropped.
#[derive(Debug)]
pub(super) struct OwnDir {
    path: PathBuf,
    /// The process that made it; a child of a fork leaves it alone.
    generation: u32,
}

impl OwnDir {
    fn new() -> Result<Self> {
        let parent = temporary_parent(|name| std::env::var_os(name));
        let path = file::make_temporary_dir(&parent)?.into();
        Ok(Self { path, generation: fork::generation() })
    }

    fn socket(&self) -> PathBuf {
        self.path.join(SOCKET_NAME)
    }
}

impl Drop for OwnDir {
    fn drop(&mut self) {
        if self.generation == fork::generation() {
            // Somebody may have tidied up already, or binding failed before there was a socket.
            let _ = file::unlink(&self.socket());
            let _ = file::remove_dir(&self.path);
        }
    }
}

/// Where temporary directories go: the first of three variables that names a directory, else the current one.
fn temporary_parent(variable: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let named = |name| variable(name).map(PathBuf::from).filter(|path| path.is_dir());
    ["TMPDIR", "TEMPDIR", "TMP"].into_iter().find_map(named).unwrap_or_default()
}

/// Who a connection comes from; None if the system does not tell.
pub(super) fn credentials(fd: BorrowedFd<'_>) -> Option<Credentials> {
    socket::peer_credentials(fd).ok()
}

/// Whether a peer passes the filters of the listener: one of them names it, or there are none.
pub(super) fn admits(filters: &IpcFilters, peer: Option<Credentials>) -> bool {
    if filters.pids.is_empty() && filters.uids.is_empty() && filters.gids.is_empty() {
        return true;
    }
    let Some(peer) = peer else { return false };
    filters.uids.contains(&peer.uid)
        || filters.gids.contains(&peer.gid)
        || peer.pid.is_some_and(|pid| filters.pids.contains(&pid))
        || filters.gids.iter().any(|gid| user::is_listed(peer.uid, *gid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_asked_in_turn() {
        for (set, expected) in [
            (&[][..], ""),
            (&[("TMPDIR", "/usr")], "/usr"),
            (&[("TEMPDIR", "/usr")], "/usr"),
            (&[("TMP", "/usr")], "/usr"),
            (&[("TMPDIR", "/usr"), ("TEMPDIR", "/etc"), ("TMP", "/")], "/usr"),
            (&[("TMPDIR", "/none"), ("TEMPDIR", "/etc"), ("TMP", "/")], "/etc"),
            (&[("TMPDIR", ""), ("TMP", "/dev/null")], ""),
        ] {
            let parent = temporary_parent(|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| v.into()));
            assert_eq!(parent, Path::new(expected), "{set:?}");
        }
    }

    #[test]
    fn a_child_leaves_the_directory_of_its_parent_alone() {
        fork::watch();
        let dir = OwnDir::new().unwrap();
        let path = dir.path.clone();
        // What the child drops is its copy.
        let mut dir = Some(dir);
        assert!(fork::in_child(|| drop(dir.take())));
        assert!(path.is_dir());
        drop(dir);
        assert!(!path.exists());
    }
}
