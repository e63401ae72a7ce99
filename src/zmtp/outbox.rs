//! What waits for the descriptor: one contiguous buffer for everything small, and large bodies as they are.
//!
//! Headers and small bodies are copied into the buffer, so that a batch of messages leaves in one write. A body of
//! [`ZERO_COPY`] bytes or more keeps its own memory, and the place in the buffer that it belongs to is remembered; writev
//! puts them together. The buffer keeps its memory when it is empty, unless it had grown much larger than it needs to be.

use std::collections::VecDeque;
use std::io::IoSlice;

use zeroize::Zeroize;

use crate::error::{Error, Result};
use crate::msg::Msg;

/// Bodies from this size on are not copied, in bytes.
pub const ZERO_COPY: usize = 2048;

/// What goes out in one go, in bytes: so much that was copied, which should still be in the processor's cache, or so much of
/// large bodies, which costs only calls. More would be more than the peer's high-water mark lets one expect.
const COPIED: usize = 64 * 1024;
const UNCOPIED: usize = 256 * 1024;

/// An empty buffer above this size is given back, in bytes.
const KEEP: usize = 1 << 20;
/// Sent bytes at the front of the buffer are removed when they are at least this many and half of it.
const COMPACT: usize = 64 * 1024;

/// A large body and the number of buffer bytes that go before it.
struct Body {
    after: usize,
    msg: Msg,
}

/// Bytes that are to be written, in order. What small messages need comes first.
#[repr(C)]
#[derive(Default)]
pub struct Outbox {
    buffer: Vec<u8>,
    /// How much of the buffer's front has been written.
    sent: usize,
    /// Unsent bytes of all bodies.
    body_bytes: usize,
    bodies: VecDeque<Body>,
    /// How much of the first body has been written.
    body_sent: usize,
}

impl Outbox {
    /// Nothing to write.
    pub fn new() -> Self {
        Self::default()
    }

    /// Encodes into other memory from now on, unless something waits in this.
    pub fn swap_memory(&mut self, other: &mut Vec<u8>) {
        if self.len() == 0 && other.is_empty() {
            std::mem::swap(&mut self.buffer, other);
        }
    }

    /// Bytes that wait.
    #[inline]
    pub fn len(&self) -> usize {
        self.buffer.len() - self.sent + self.body_bytes
    }

    /// Whether what waits is to be written before more is added.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.buffer.len() - self.sent >= COPIED || self.body_bytes >= UNCOPIED
    }

    /// The buffer, with room for `room` more bytes. ENOMEM when there is none.
    #[inline]
    pub fn reserve(&mut self, room: usize) -> Result<&mut Vec<u8>> {
        if self.buffer.capacity() - self.buffer.len() < room {
            self.grow(room)?;
        }
        Ok(&mut self.buffer)
    }

    #[cold]
    fn grow(&mut self, room: usize) -> Result<()> {
        self.buffer.try_reserve(room).map_err(|_| Error::ENOMEM)
    }

    /// Appends a copy.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.reserve(bytes.len())?.extend_from_slice(bytes);
        Ok(())
    }

    /// Appends a message's body: copied or, if it is large, as it is, which leaves `msg` empty.
    #[inline]
    pub fn push_body(&mut self, msg: &mut Msg) -> Result<()> {
        if msg.len() < ZERO_COPY {
            return self.push(msg.data());
        }
        self.bodies.try_reserve(1).map_err(|_| Error::ENOMEM)?;
        self.body_bytes += msg.len();
        self.bodies.push_back(Body { after: self.buffer.len(), msg: msg.take() });
        Ok(())
    }

    /// What is to be written next, where it all lies in one piece.
    #[inline]
    pub fn contiguous(&self) -> Option<&[u8]> {
        self.bodies.is_empty().then(|| &self.buffer[self.sent..])
    }

    /// Fills `slices` from the front with what is to be written next and returns the filled part.
    pub fn slices<'a, 's>(&'a self, slices: &'s mut [IoSlice<'a>]) -> &'s [IoSlice<'a>] {
        let mut count = 0;
        let mut put = |bytes: &'a [u8]| match slices.get_mut(count) {
            Some(slot) if !bytes.is_empty() => {
                *slot = IoSlice::new(bytes);
                count += 1;
                true
            }
            slot => slot.is_some(),
        };
        let mut at = self.sent;
        let mut skip = self.body_sent;
        for body in &self.bodies {
            if !put(&self.buffer[at..body.after]) || !put(&body.msg.data()[skip..]) {
                return &slices[..count];
            }
            at = body.after;
            skip = 0;
        }
        put(&self.buffer[at..]);
        &slices[..count]
    }

    /// Forgets the first `n` bytes: they have been written. More than there are counts as all.
    pub fn advance(&mut self, n: usize) {
        self.count_sent(n);
        self.compact();
    }

    /// As [`Self::advance`], and overwrites what was copied here and has been written: a handshake may say a password.
    pub fn advance_and_wipe(&mut self, n: usize) {
        let before = self.sent;
        self.count_sent(n);
        self.buffer[before..self.sent].zeroize();
        self.compact();
    }

    fn count_sent(&mut self, mut n: usize) {
        while n > 0 {
            let before = self.bodies.front().map_or(self.buffer.len(), |body| body.after);
            let take = n.min(before - self.sent);
            self.sent += take;
            n -= take;
            if n == 0 || !self.advance_body(&mut n) {
                break;
            }
        }
    }

    /// Takes from the first body; false if there is none.
    fn advance_body(&mut self, n: &mut usize) -> bool {
        let Some(body) = self.bodies.front() else { return false };
        let take = (*n).min(body.msg.len() - self.body_sent);
        *n -= take;
        self.body_sent += take;
        self.body_bytes -= take;
        if self.body_sent == body.msg.len() {
            self.bodies.pop_front();
            self.body_sent = 0;
        }
        true
    }

    fn compact(&mut self) {
        if self.sent == self.buffer.len() && self.bodies.is_empty() {
            self.sent = 0;
            self.buffer.clear();
            if self.buffer.capacity() > KEEP {
                self.buffer = Vec::new();
            }
        } else if self.sent >= COMPACT && self.sent * 2 >= self.buffer.len() {
            self.buffer.drain(..self.sent);
            self.bodies.iter_mut().for_each(|body| body.after -= self.sent);
            self.sent = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(outbox: &Outbox, slots: usize) -> Vec<u8> {
        let mut slices = vec![IoSlice::new(&[]); slots];
        outbox.slices(&mut slices).iter().flat_map(|s| s.to_vec()).collect()
    }

    /// Small and large parts, written in portions of every awkward size and through few or many slices, arrive in order and
    /// are counted right.
    #[test]
    fn any_write_size_keeps_order_and_count() {
        let sizes = [3, 2048, 0, 5, 3000, 4000, 1, 2047, 6_000, 9, 1000, 2000, 1500];
        for (step, slots) in [(997, 1), (2047, 3), (2048, 9), (2049, 2), (5000, 4), (70_000, 64), (1_000_000, 3)] {
            let mut outbox = Outbox::new();
            let mut expected = Vec::new();
            for (i, &size) in sizes.iter().cycle().take(300).enumerate() {
                let body = vec![i as u8; size];
                expected.extend_from_slice(&body);
                outbox.push_body(&mut Msg::from_slice(&body).unwrap()).unwrap();
            }
            let mut at = 0;
            while outbox.len() > 0 {
                assert_eq!(outbox.len(), expected.len() - at);
                let next = collect(&outbox, slots);
                let n = next.len().min(step);
                assert!(n > 0 && next == expected[at..at + next.len()], "{step} {slots} at {at}");
                at += n;
                outbox.advance(n);
            }
            assert_eq!(at, expected.len());
            assert!(collect(&outbox, 8).is_empty());
        }
    }

    #[test]
    fn more_of_what_is_not_copied_goes_at_once() {
        for (size, most) in [(100, COPIED), (ZERO_COPY - 1, COPIED), (ZERO_COPY, UNCOPIED), (60_000, UNCOPIED)] {
            let (mut outbox, mut count) = (Outbox::new(), 0);
            while !outbox.is_full() {
                outbox.push_body(&mut Msg::from_slice(&vec![1; size]).unwrap()).unwrap();
                count += 1;
            }
            assert_eq!(count, most.div_ceil(size));
            outbox.advance(size * count);
            assert!(!outbox.is_full());
        }
    }

    #[test]
    fn the_buffer_does_not_grow_while_it_is_being_written() {
        let mut outbox = Outbox::new();
        for _ in 0..10_000 {
            outbox.push(&[7; 1000]).unwrap();
            outbox.advance(if outbox.len() > 3000 { 1000 } else { 0 });
        }
        assert!(outbox.buffer.capacity() < 4 * COMPACT, "{}", outbox.buffer.capacity());
    }

    #[test]
    fn a_large_buffer_is_given_back() {
        let mut outbox = Outbox::new();
        outbox.push(&vec![1; 3 * KEEP]).unwrap();
        outbox.advance(usize::MAX);
        assert_eq!((outbox.len(), outbox.buffer.capacity()), (0, 0));
    }

    #[test]
    fn what_is_wiped_is_what_was_written() {
        let mut outbox = Outbox::new();
        outbox.push(b"password, ").unwrap();
        outbox.push_body(&mut Msg::from_slice(&[b'x'; ZERO_COPY]).unwrap()).unwrap();
        outbox.push(b"more").unwrap();
        outbox.advance_and_wipe(8);
        assert_eq!(outbox.buffer, b"\0\0\0\0\0\0\0\0, more");
        outbox.advance_and_wipe(2 + ZERO_COPY + 1);
        assert_eq!(outbox.buffer, b"\0\0\0\0\0\0\0\0\0\0\0ore");
        assert_eq!(collect(&outbox, 3), b"ore");
    }
}
