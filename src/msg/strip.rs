//! One block for the bodies of many messages that arrive together.
//!
//! A body of its own costs each small message an allocation and, when hundreds of kilobytes wait in pipes, two misses of the
//! processor's cache: the allocator's and the reader's. Bodies in a row in one block cost neither. A strip lives no longer
//! than the decoding of one buffer and is no larger than what that buffer still has, so that a message that is kept for
//! long keeps [`BLOCK`] bytes alive at most, and one that comes alone only its own. Called by the frame reader.

use super::content::{self, ContentPtr};
use super::Msg;

/// Largest body that shares a block, in bytes.
pub const SHARED_MAX: usize = 1024;

/// Largest block, in bytes of payload: what threads keep in the pools of `blocks.rs`.
const BLOCK: usize = content::SHELVED;

/// Bodies begin at multiples of this, in bytes.
const ALIGN: usize = 8;

/// References that an open block holds for the messages to come; more than there is room for.
const HELD: u32 = 2 * BLOCK as u32;

/// See the module comment.
#[derive(Default)]
pub struct Strip {
    open: Option<Open>,
}

struct Open {
    content: ContentPtr,
    /// Payload bytes in use, and in all.
    used: usize,
    size: usize,
    /// References that messages have taken over.
    given: u32,
}

impl Strip {
    /// A message with a copy of `body`, of at most [`SHARED_MAX`] bytes; `coming` bytes, this body's included, are at hand
    /// for it and those after it. None when there is no memory.
    #[inline]
    pub fn message(&mut self, body: &[u8], coming: usize) -> Option<Msg> {
        // Each takes a byte at least, so that the references held are enough.
        let needed = body.len().max(1);
        if self.open.as_ref().is_none_or(|open| open.size - open.used < needed) && !self.renew(needed, coming) {
            return Msg::from_slice(body).ok();
        }
        self.open.as_mut().map(|open| open.message(body))
    }

    /// Opens another block. False if that is not worth it or there is no memory.
    #[cold]
    fn renew(&mut self, needed: usize, coming: usize) -> bool {
        let size = coming.min(BLOCK);
        self.open = None;
        if size < needed * 2 {
            return false;
        }
        let Ok(content) = content::allocate(size) else { return false };
        // SAFETY: allocated just now, so the one reference is ours.
        unsafe { content::retain(content, HELD - 1) };
        self.open = Some(Open { content, used: 0, size, given: 0 });
        true
    }
}

impl Open {
    #[inline]
    fn message(&mut self, body: &[u8]) -> Msg {
        // SAFETY: `used` is within the payload, which has room for the body (checked by the caller); no message has these
        // bytes yet. The reference that the message owns is one of those held.
        let msg = unsafe {
            let data = self.content.as_ref().data.add(self.used);
            std::ptr::copy_nonoverlapping(body.as_ptr(), data, body.len());
            Msg::slice(self.content, data, body.len())
        };
        self.given += 1;
        self.used = (self.used + body.len().max(1)).next_multiple_of(ALIGN).min(self.size);
        msg
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // SAFETY: HELD references were taken, and each message, of which there are fewer, has one of them.
        unsafe { content::release(self.content, HELD - self.given) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_stay_as_they_were_however_they_are_dropped() {
        for size in [49, 64, 200, 1000, 1024] {
            let (mut strip, mut kept) = (Strip::default(), Vec::new());
            let total = 300;
            for i in 0..total {
                let msg = strip.message(&vec![i as u8; size], (total - i) * size).unwrap();
                assert!(msg.len() == size && !msg.is_shared());
                // Some go at once, some as copies, some later.
                match i % 3 {
                    0 => drop(msg),
                    1 => kept.push((i, msg.duplicate())),
                    _ => kept.push((i, msg)),
                }
            }
            drop(strip);
            kept.reverse();
            while let Some((i, mut msg)) = kept.pop() {
                assert_eq!(msg.data(), vec![i as u8; size]);
                msg.cut_front(size / 2).unwrap();
                assert_eq!(msg.data(), vec![i as u8; size - size / 2]);
            }
        }
    }

    #[test]
    fn a_message_that_comes_alone_has_its_own_block() {
        let mut strip = Strip::default();
        assert!(strip.message(&[1; 100], 150).unwrap().is_unique());
        let pair = [strip.message(&[1; 100], 250).unwrap(), strip.message(&[2; 100], 150).unwrap()];
        assert!(pair.iter().all(|msg| !msg.is_unique()));
    }
}
