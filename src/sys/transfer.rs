//! Moving bytes: one system call each, never blocking, never raising SIGPIPE.

use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd};

use libc::c_int;

use super::{check_len, retry};
use crate::error::Result;
use crate::msg::{Growing, Intake};

/// Where the flag is missing, the sockets have SO_NOSIGPIPE.
#[cfg(target_vendor = "apple")]
const NO_SIGNAL: c_int = 0;
#[cfg(not(target_vendor = "apple"))]
const NO_SIGNAL: c_int = libc::MSG_NOSIGNAL;

/// Most buffers that one call takes on any system we know.
const MAX_SLICES: usize = 1024;

/// Most buffers that one call reads into here.
const MAX_PARTS: usize = 8;

/// Reads into the front of `buffer`; how many bytes there are now initialised. 0 is the end of the stream (or an empty
/// buffer). EAGAIN if nothing has arrived; ECONNRESET, ETIMEDOUT … if the connection broke.
pub fn recv(fd: BorrowedFd<'_>, buffer: &mut [MaybeUninit<u8>]) -> Result<usize> {
    let (to, room) = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: pointer and length describe the buffer.
    retry(|| check_len(unsafe { libc::recv(fd.as_raw_fd(), to, room, 0) }))
}

/// As [`recv`], into bytes that are initialised already.
pub fn recv_slice(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize> {
    let (to, room) = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: pointer and length describe the buffer.
    retry(|| check_len(unsafe { libc::recv(fd.as_raw_fd(), to, room, 0) }))
}

fn part(buffer: &mut [MaybeUninit<u8>]) -> libc::iovec {
    libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() }
}

/// As [`recv`], into several parts one after the other (of more than [`MAX_PARTS`], the first ones), which describe memory that is
/// borrowed for writing until the call is over.
fn recv_parts(fd: BorrowedFd<'_>, buffers: impl Iterator<Item = libc::iovec>) -> Result<usize> {
    let mut parts = [part(&mut []); MAX_PARTS];
    let mut count = 0;
    for (part, buffer) in parts.iter_mut().zip(buffers) {
        *part = buffer;
        count += 1;
    }
    let [first, ..] = parts;
    let fd = fd.as_raw_fd();
    retry(|| {
        check_len(match count {
            // SAFETY: the parts describe memory that is borrowed for writing until the call is over.
            1 => unsafe { libc::recv(fd, first.iov_base, first.iov_len, 0) },
            // SAFETY: as above.
            _ => unsafe { libc::readv(fd, parts.as_ptr(), count) },
        })
    })
}

/// As [`recv`], `most` bytes into the intake.
pub fn recv_intake(fd: BorrowedFd<'_>, intake: &mut Intake, most: usize) -> Result<usize> {
    let n = recv_parts(fd, intake.space(most).map(part))?;
    // SAFETY: the call has just written so much there.
    unsafe { intake.advance(n) };
    Ok(n)
}

/// As [`recv`], straight into a message body that is arriving, and what follows it, `most` bytes, into the intake; how many bytes
/// came in all, and how many of them are in the intake. Not to be called when nothing is missing. ENOMEM if the body cannot grow.
pub fn recv_growing(
    fd: BorrowedFd<'_>,
    body: &mut Growing,
    intake: &mut Intake,
    most: usize,
) -> Result<(usize, usize)> {
    let missing = body.missing();
    let spare = body.spare()?;
    let room = spare.len();
    // What follows the body can come along only if the rest of it has room.
    let tail = intake.space(if room == missing { most } else { 0 });
    let n = recv_parts(fd, std::iter::once(part(spare)).chain(tail.map(part)))?;
    let rest = n.saturating_sub(room);
    // SAFETY: the call has just written so much to both.
    unsafe {
        body.advance(n.min(room));
        intake.advance(rest);
    }
    Ok((n, rest))
}

/// Writes what the kernel takes of `bytes`; how many that were. EAGAIN if none; EPIPE, ECONNRESET … if the connection broke.
pub fn send(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize> {
    let (from, len) = (bytes.as_ptr().cast(), bytes.len());
    // SAFETY: pointer and length describe the bytes.
    retry(|| check_len(unsafe { libc::send(fd.as_raw_fd(), from, len, NO_SIGNAL) }))
}

/// As [`send`], from several buffers one after the other (of more than 1,024, the first ones).
pub fn send_vectored(fd: BorrowedFd<'_>, buffers: &[IoSlice<'_>]) -> Result<usize> {
    // SAFETY: all-zero bytes are a valid msghdr.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    // An IoSlice is an iovec by std's promise, and the kernel only reads it.
    header.msg_iov = buffers.as_ptr().cast_mut().cast();
    header.msg_iovlen = buffers.len().min(MAX_SLICES) as _;
    // SAFETY: the header describes the buffers, which outlive the call.
    retry(|| check_len(unsafe { libc::sendmsg(fd.as_raw_fd(), &header, NO_SIGNAL) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    fn pair() -> (UnixStream, UnixStream) {
        let (a, b) = UnixStream::pair().unwrap();
        a.set_nonblocking(true).unwrap();
        b.set_nonblocking(true).unwrap();
        (a, b)
    }

    #[test]
    fn bytes_go_through_in_every_way() {
        let (a, b) = pair();
        assert_eq!(send(a.as_fd(), b"one").unwrap(), 3);
        assert_eq!(send_vectored(a.as_fd(), &[IoSlice::new(b"two"), IoSlice::new(b""), IoSlice::new(b"three")]), Ok(8));
        let mut buffer = [0; 5];
        assert_eq!(recv_slice(b.as_fd(), &mut buffer).unwrap(), 5);
        assert_eq!(&buffer, b"onetw");
        let mut body = Growing::new(3, 0).unwrap();
        let mut intake = Intake::default().take().unwrap();
        assert_eq!(recv_growing(b.as_fd(), &mut body, &mut intake, 3).unwrap(), (6, 3));
        assert_eq!(crate::msg::Msg::from_growing(body).data(), b"oth");
        intake.portions(true).for_each(|mut portion| portion.decode(|bytes, _| assert_eq!(*bytes, b"ree")));
        assert_eq!(send(a.as_fd(), b"fourth").unwrap(), 6);
        assert_eq!(recv_intake(b.as_fd(), &mut intake, 9), Ok(6));
        intake.portions(true).for_each(|mut portion| portion.decode(|bytes, _| assert_eq!(*bytes, b"fourth")));
        assert!(intake.portions(true).next().is_none());
        assert_eq!(recv(b.as_fd(), &mut [MaybeUninit::uninit(); 4]).err(), Some(Error::EAGAIN));
    }

    #[test]
    fn the_end_and_a_broken_pipe_are_results() {
        let (a, b) = pair();
        drop(b);
        assert_eq!(recv_slice(a.as_fd(), &mut [0; 4]), Ok(0));
        assert_eq!(send(a.as_fd(), b"x").err(), Some(Error::EPIPE));
        assert_eq!(send_vectored(a.as_fd(), &[IoSlice::new(b"x")]).err(), Some(Error::EPIPE));
    }

    #[test]
    fn more_buffers_than_the_system_takes_are_sent_in_part() {
        let (a, b) = pair();
        let many = vec![IoSlice::new(b"x"); 5000];
        let n = send_vectored(a.as_fd(), &many).unwrap();
        assert_eq!(n, MAX_SLICES);
        assert_eq!(recv_slice(b.as_fd(), &mut [0; 5000]), Ok(n));
    }
}
