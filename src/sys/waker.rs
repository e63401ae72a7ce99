//! A descriptor that other threads can make readable: eventfd on Linux, a pipe elsewhere.

use std::os::fd::{AsFd, BorrowedFd};

use super::cancel::HeldOff;
use crate::error::Result;

#[cfg(all(target_os = "linux", not(oxizmq_poll_backend)))]
use event::Wire;
#[cfg(any(not(target_os = "linux"), oxizmq_poll_backend))]
use pipe::Wire;

/// Readable from [`Self::wake`] until [`Self::drain`], however often it was woken. Any thread may do either.
#[derive(Debug)]
pub struct Waker(Wire);

impl Waker {
    /// A new one, not readable. EMFILE, ENFILE.
    pub fn new() -> Result<Self> {
        Wire::new().map(Self)
    }

    /// The descriptor to poll for reading.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.read_end()
    }

    /// Makes it readable. Cannot fail: a full counter or pipe is readable already.
    pub fn wake(&self) {
        let _held_off = HeldOff::begin();
        self.0.write();
    }

    /// Makes it unreadable.
    pub fn drain(&self) {
        let _held_off = HeldOff::begin();
        self.0.read();
    }
}

#[cfg(target_os = "linux")]
#[cfg_attr(oxizmq_poll_backend, allow(dead_code))]
mod event {
    use super::*;
    use crate::sys::check;
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

    #[derive(Debug)]
    pub(super) struct Wire(OwnedFd);

    impl Wire {
        pub(super) fn new() -> Result<Self> {
            // SAFETY: a plain system call; the new descriptor is nobody else's.
            let fd = unsafe { OwnedFd::from_raw_fd(check(libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK))?) };
            Ok(Self(fd))
        }

        pub(super) fn read_end(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }

        pub(super) fn write(&self) {
            let one = 1u64;
            // SAFETY: eight bytes are read from `one`.
            unsafe { libc::write(self.0.as_raw_fd(), (&raw const one).cast(), 8) };
        }

        pub(super) fn read(&self) {
            let mut count = 0u64;
            // SAFETY: at most eight bytes are written to `count`.
            unsafe { libc::read(self.0.as_raw_fd(), (&raw mut count).cast(), 8) };
        }
    }
}

#[cfg(any(test, not(target_os = "linux"), oxizmq_poll_backend))]
#[cfg_attr(all(test, target_os = "linux", not(oxizmq_poll_backend)), allow(dead_code))]
mod pipe {
    use super::*;
    use crate::sys::{check, fd::set_flags};
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

    #[derive(Debug)]
    pub(super) struct Wire {
        reader: OwnedFd,
        writer: OwnedFd,
    }

    impl Wire {
        pub(super) fn new() -> Result<Self> {
            let mut ends = [0; 2];
            // SAFETY: two descriptors are written, which are nobody else's.
            let wire = unsafe {
                check(libc::pipe(ends.as_mut_ptr()))?;
                Self { reader: OwnedFd::from_raw_fd(ends[0]), writer: OwnedFd::from_raw_fd(ends[1]) }
            };
            set_flags(&wire.reader)?;
            set_flags(&wire.writer)?;
            Ok(wire)
        }

        pub(super) fn read_end(&self) -> BorrowedFd<'_> {
            self.reader.as_fd()
        }

        pub(super) fn write(&self) {
            // SAFETY: one byte of a constant is read.
            unsafe { libc::write(self.writer.as_raw_fd(), b"!".as_ptr().cast(), 1) };
        }

        pub(super) fn read(&self) {
            let mut rest = [0u8; 256];
            // SAFETY: at most the buffer's size is written.
            while unsafe { libc::read(self.reader.as_raw_fd(), rest.as_mut_ptr().cast(), rest.len()) }
                == rest.len() as isize
            {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::poll;
    use std::os::fd::AsRawFd;
    use std::time::Duration;

    fn readable(fd: BorrowedFd<'_>) -> bool {
        let mut fds = [libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 }];
        poll(&mut fds, Some(Duration::ZERO)).unwrap() == 1
    }

    /// The same test for each kind of wire.
    macro_rules! wire_test {
        ($name:ident, $wire:ty) => {
            #[test]
            fn $name() {
                let wire = <$wire>::new().unwrap();
                wire.read();
                assert!(!readable(wire.read_end()));
                (0..100_000).for_each(|_| wire.write());
                assert!(readable(wire.read_end()));
                wire.read();
                assert!(!readable(wire.read_end()));
                wire.write();
                assert!(readable(wire.read_end()));
            }
        };
    }

    wire_test!(a_pipe_remembers_a_wake_up_until_drained, pipe::Wire);
    #[cfg(target_os = "linux")]
    wire_test!(an_eventfd_remembers_a_wake_up_until_drained, event::Wire);
}
