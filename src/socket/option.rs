//! Options of a socket: the few that need the living socket stand here; then the pattern is asked, then the common table.
//! A found row decides (zmq_setsockopt(3), zmq_getsockopt(3)).

use std::os::fd::RawFd;

use super::{enter, lock, Socket};
use crate::consts::*;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::msg::Deferral;
use crate::options::table;

/// Sets an option; the value is None where the caller gave NULL. ENOTSOCK, ETERM, EINVAL.
pub fn set_option(handle: Handle, id: i32, value: Option<&[u8]>) -> Result<()> {
    let _deferral = Deferral::begin();
    let mut socket = lock(handle)?;
    if socket.terminated {
        return Err(Error::ETERM);
    }
    let Socket { pattern, pipes, options, .. } = &mut *socket;
    if let Some(result) = pattern.set_option(pipes, id, value.unwrap_or_default()) {
        socket.reap();
        return result;
    }
    table::set(options, id, value).unwrap_or(Err(Error::EINVAL))?;
    pattern.configure(options);
    if matches!(id, ZMQ_SNDHWM | ZMQ_RCVHWM) {
        socket.renew_marks();
    }
    Ok(())
}

/// Reads an option into `buf`; the number of bytes. ENOTSOCK, ETERM, EINVAL.
pub fn get_option(handle: Handle, id: i32, buf: &mut [u8]) -> Result<usize> {
    let _deferral = Deferral::begin();
    let mut socket = lock(handle)?;
    if socket.terminated {
        return Err(Error::ETERM);
    }
    if let Some(result) = socket.get_live(id, buf) {
        return result;
    }
    if let Some(result) = socket.pattern.get_option(id, buf) {
        return result;
    }
    table::get(&mut socket.options, id, buf).unwrap_or(Err(Error::EINVAL))
}

/// Whether the part received last has others behind it. ENOTSOCK, ETERM.
pub fn has_more(handle: Handle) -> Result<bool> {
    let socket = enter(handle)?;
    Ok(socket.more)
}

impl Socket {
    fn get_live(&mut self, id: i32, buf: &mut [u8]) -> Option<Result<usize>> {
        Some(match id {
            ZMQ_RCVMORE => put_int(buf, self.more.into()),
            // The one integer option that libzmq wants in a buffer of exactly its size.
            ZMQ_TYPE if buf.len() != size_of::<i32>() => Err(Error::EINVAL),
            ZMQ_TYPE => put_int(buf, self.kind),
            ZMQ_THREAD_SAFE => put_int(buf, 0),
            ZMQ_FD => check_int(buf).and_then(|()| put_int(buf, self.descriptor()?)),
            ZMQ_EVENTS => check_int(buf).and_then(|()| self.work_off()).and_then(|()| put_int(buf, self.events())),
            ZMQ_LAST_ENDPOINT => put_text(buf, &self.last_endpoint),
            _ => return None,
        })
    }

    /// ZMQ_FD. Whoever waits on it does so where the library cannot see it.
    fn descriptor(&mut self) -> Result<RawFd> {
        let fd = self.mailbox.descriptor()?;
        if self.held_loops.is_empty() {
            // A context without I/O threads has no loops.
            self.held_loops = self.ctx().loops(0).unwrap_or_default();
            self.held_loops.iter().for_each(|lp| lp.hold());
        }
        Ok(fd)
    }

    /// ZMQ_POLLIN and ZMQ_POLLOUT as they are now.
    pub(super) fn events(&mut self) -> i32 {
        let (pattern, pipes) = (&mut self.pattern, &mut self.pipes);
        let readable = if pattern.can_recv(pipes) { ZMQ_POLLIN } else { 0 };
        let writable = if pattern.can_send(pipes) { ZMQ_POLLOUT } else { 0 };
        self.reap();
        readable | writable
    }

    /// A late ZMQ_SNDHWM or ZMQ_RCVHWM reaches the pipes that exist.
    fn renew_marks(&mut self) {
        let (send, recv) = (self.options.sndhwm, self.options.rcvhwm);
        for (id, _) in self.pipes.ids() {
            if let Some(pipe) = self.pipes.get(id) {
                pipe.set_marks(send, recv);
            }
            // A writer that was at the old mark may go on.
            self.pattern.writable(&mut self.pipes, id);
        }
        self.reap();
    }
}

fn check_int(buf: &[u8]) -> Result<()> {
    if buf.len() < size_of::<i32>() {
        Err(Error::EINVAL)
    } else {
        Ok(())
    }
}

fn put_int(buf: &mut [u8], value: i32) -> Result<usize> {
    put(buf, &value.to_ne_bytes())
}

/// Text with its NUL.
fn put_text(buf: &mut [u8], text: &str) -> Result<usize> {
    put(buf, &[text.as_bytes(), &[0]].concat())
}

/// The value at the front of the buffer, zeros behind it.
fn put(buf: &mut [u8], value: &[u8]) -> Result<usize> {
    if buf.len() < value.len() {
        return Err(Error::EINVAL);
    }
    let (front, rest) = buf.split_at_mut(value.len());
    front.copy_from_slice(value);
    rest.fill(0);
    Ok(value.len())
}
