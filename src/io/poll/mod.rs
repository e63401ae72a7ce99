//! Waiting for the readiness of many descriptors. This file is the one place where the backend is chosen: epoll on Linux,
//! kqueue on the BSDs and macOS, poll(2) elsewhere (and on Linux under the private cfg `oxizmq_poll_backend`, for testing).
//!
//! Every backend is a `Poller` with the same methods: registrations are level-triggered and stay until deleted, and they may
//! be changed by any thread while another one waits. The I/O loop is the only user.
#![forbid(unsafe_code)]

#[cfg_attr(all(target_os = "linux", not(oxizmq_poll_backend)), path = "epoll.rs")]
#[cfg_attr(
    any(
        target_vendor = "apple",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd",
        target_os = "dragonfly"
    ),
    path = "kqueue.rs"
)]
#[cfg_attr(
    any(
        oxizmq_poll_backend,
        not(any(
            target_os = "linux",
            target_vendor = "apple",
            target_os = "freebsd",
            target_os = "netbsd",
            target_os = "openbsd",
            target_os = "dragonfly"
        ))
    ),
    path = "poll.rs"
)]
mod backend;

/// The portable backend once more, so that its tests run everywhere.
#[cfg(test)]
#[path = "poll.rs"]
#[cfg_attr(oxizmq_poll_backend, allow(clippy::duplicate_mod))]
mod portable;

pub use backend::Poller;

/// What a descriptor is watched for. Errors are reported whatever is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Interest {
    /// Bytes or connections to take, or the end of the stream.
    pub read: bool,
    /// Room to write, or a connect that has ended.
    pub write: bool,
}

/// The readiness of one descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// Number given with the registration.
    pub token: u64,
    /// Reading will not block (it may find the end).
    pub readable: bool,
    /// Writing will not block.
    pub writable: bool,
    /// The descriptor is broken or hung up; reading tells more.
    pub error: bool,
}

/// What a wait found; kept by the caller so that its memory is used again.
#[derive(Debug, Default)]
pub struct Events(Vec<Event>);

impl Events {
    /// The events, in no particular order. A descriptor may appear twice.
    pub fn iter(&self) -> impl Iterator<Item = Event> + '_ {
        self.0.iter().copied()
    }

    /// As [`Self::iter`], at most so many (not 0) at a time.
    pub fn chunks(&self, most: usize) -> impl Iterator<Item = &[Event]> + '_ {
        self.0.chunks(most)
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests;
