//! How much the kernel may hold of what a link writes: as it likes, until it turns out that more or less is better. Called by
//! `writing.rs`.
//!
//! *More, for large messages over ipc.* The writer is told of room when three quarters of the buffer are free. In a buffer
//! smaller than a message both sides then wait for each other several times a message.
//!
//! *Less, for a stream of small messages over TCP within one machine.* What is in the kernel and does not fit into the peer's
//! window is sent when the window opens: inside the reader's call, on its processor. So a reader that cannot keep up has the
//! writer's work to do as well. With little there the writer is told of the window, and does its work itself. That is only for
//! a writer that waits for room ([`Pipe::writer_is_patient`]): one that leaves messages out has fewer to leave out with more
//! room.

use std::os::fd::AsFd;

use super::Link;
use crate::options::Tcp;
use crate::pipe::Pipe;
use crate::sys;

/// Bytes of the kernel's buffer of a local connection for large messages.
const WIDE: usize = 512 * 1024;

/// Bytes that the kernel holds unsent where it is to hold little, and the messages that are too large for that.
const LITTLE: i32 = 16 * 1024;
const LARGE: u32 = 8 * 1024;

const IPC: &str = "ipc://";

/// What was done about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// Nothing yet.
    Given,
    /// Little is held unsent.
    Little,
    /// What could be done, for good.
    Settled,
}

impl Room {
    /// Over tcp the choice of ZMQ_SNDBUF holds; over ipc it says nothing.
    pub(super) fn new(endpoint: &str, tcp: &Tcp) -> Self {
        match tcp.sndbuf < 0 || endpoint.starts_with(IPC) {
            true => Self::Given,
            false => Self::Settled,
        }
    }
}

impl Link {
    /// The kernel takes no more: gives a local connection that large messages go over a larger buffer in the kernel, once.
    /// Whether it did.
    pub(super) fn widen(&mut self) -> bool {
        let wanted = self.room == Room::Given && self.protocol.output_len() >= WIDE / 4;
        wanted && self.endpoint.starts_with(IPC) && {
            self.room = Room::Settled;
            sys::option::send_buffer(self.fd.as_fd(), WIDE as i32).is_ok()
        }
    }

    /// Messages of `pipe` are about to be written: sees to it that the kernel holds little, where that is better.
    #[inline]
    pub(super) fn hold_little(&mut self, pipe: &Pipe) {
        if self.room == Room::Little || self.room == Room::Given && pipe.writer_is_patient() {
            self.change_room();
        }
    }

    fn change_room(&mut self) {
        let (fd, large) = (self.fd.as_fd(), self.cork.last_size() >= LARGE);
        self.room = match self.room {
            Room::Given if !large => match sys::socket::is_to_itself(fd) && sys::option::unsent(fd, LITTLE).is_ok() {
                true => Room::Little,
                false => Room::Settled,
            },
            Room::Little if large => {
                // It worked with less; if it fails nonetheless, the stream is slower.
                let _ = sys::option::unsent(fd, i32::MAX);
                Room::Settled
            }
            unchanged => unchanged,
        };
    }
}
