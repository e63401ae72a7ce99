//! No protocol at all (STREAM, ROUTER_RAW): every chunk that is read becomes a message, every message goes out as it is.
//!
//! Same shape as [`super::Connection`], so that the session drives both alike.

use std::io::IoSlice;

use crate::msg::Msg;

use super::outbox::Outbox;
use super::Failure;

/// A connection that speaks raw bytes; ready from the beginning.
#[derive(Default)]
pub struct Raw {
    out: Outbox,
}

impl Raw {
    /// Nothing said yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// All of `input` as one message; None when it is empty.
    pub fn decode(&mut self, input: &mut &[u8]) -> Result<Option<Msg>, Failure> {
        if input.is_empty() {
            return Ok(None);
        }
        let msg = Msg::from_slice(input)?;
        *input = &[];
        Ok(Some(msg))
    }

    /// Queues the message's bytes.
    pub fn encode(&mut self, mut msg: Msg) -> Result<(), Failure> {
        Ok(self.out.push_body(&mut msg)?)
    }

    /// As [`super::Connection::output`].
    pub fn output<'a, 's>(&'a self, slices: &'s mut [IoSlice<'a>]) -> &'s [IoSlice<'a>] {
        self.out.slices(slices)
    }

    /// See [`Outbox::contiguous`].
    pub fn contiguous(&self) -> Option<&[u8]> {
        self.out.contiguous()
    }

    /// Bytes that wait to be written.
    pub fn output_len(&self) -> usize {
        self.out.len()
    }

    /// Whether so much waits that it is to be written before more is encoded.
    #[inline]
    pub fn output_is_full(&self) -> bool {
        self.out.is_full()
    }

    /// Declares `n` bytes of the output written.
    pub fn advance(&mut self, n: usize) {
        self.out.advance(n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_become_messages_and_messages_become_bytes() {
        let mut raw = Raw::new();
        let mut input = &b"GET /"[..];
        assert_eq!(raw.decode(&mut input).unwrap().unwrap().data(), b"GET /");
        assert!(input.is_empty() && raw.decode(&mut input).unwrap().is_none());
        raw.encode(Msg::from_small(b"hello")).unwrap();
        raw.encode(Msg::from_slice(&[b'x'; 5000]).unwrap()).unwrap();
        assert_eq!(raw.output_len(), 5005);
        raw.advance(5);
        let mut slices = [IoSlice::new(&[]); 4];
        assert_eq!(raw.output(&mut slices).len(), 1);
    }
}
