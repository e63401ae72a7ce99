//! Where the bodies of messages that arrive together get their memory: one block for many.
//!
//! A body of its own costs each small message an allocation and, when hundreds of kilobytes wait in pipes, two misses of the
//! processor's cache: the allocator's and the reader's. Bodies in a row in one block cost neither. Best is the block that they
//! were read into, where nothing is copied (see `intake.rs`). Otherwise they are copied to a block that lives no longer
//! than the decoding of one buffer and is no larger than what that buffer still has, so that a message that is kept for
//! long keeps [`COPIED`] bytes alive at most, and one that comes alone only its own. Called by the frame reader.

use super::content::{self, ContentPtr};
use super::intake::{Block, BLOCK};
use super::Msg;

/// Largest body that is copied to a block with others, in bytes.
const SHARED_MAX: usize = 1024;

/// Largest block for copies, in bytes of payload: what threads keep in the pools of `blocks.rs`.
const COPIED: usize = content::SNUG;

/// Bodies begin at multiples of this, in bytes.
const ALIGN: usize = 8;

/// References that an open block holds for the messages to come, which have a byte each at least: more than there is room for.
const HELD: u32 = 2 * BLOCK as u32;

/// See the module comment.
#[derive(Default)]
pub struct Strip<'a> {
    home: Option<Home<'a>>,
    open: Option<Open>,
}

/// The block that what is decoded lies in; messages become slices of it.
struct Home<'a> {
    block: &'a mut Block,
    /// What takes the block's place, from the first message on.
    next: Option<Block>,
    given: u32,
}

struct Open {
    content: ContentPtr,
    /// Payload bytes in use, and in all.
    used: usize,
    size: usize,
    /// References that messages have taken over.
    given: u32,
}

impl<'a> Strip<'a> {
    /// For messages that lie in `block`.
    pub(super) fn of(block: &'a mut Block) -> Self {
        Self { home: Some(Home { block, next: None, given: 0 }), open: None }
    }

    /// Largest body that [`Self::message`] is for, in bytes.
    #[inline]
    pub fn largest(&self) -> usize {
        if self.home.is_some() {
            BLOCK
        } else {
            SHARED_MAX
        }
    }

    /// A message with `body`, of at most [`Self::largest`] bytes, which is asked for once only: it may become the message's.
    /// `coming` bytes, this body's included, are at hand for it and those after it. None when there is no memory.
    #[inline]
    pub fn message(&mut self, body: &[u8], coming: usize) -> Option<Msg> {
        if let Some(msg) = self.home.as_mut().and_then(|home| home.message(body)) {
            return Some(msg);
        }
        // Each takes a byte at least, so that the references held are enough.
        let needed = body.len().max(1);
        if self.open.as_ref().is_none_or(|open| open.size - open.used < needed) && !self.renew(needed, coming) {
            return Msg::from_slice(body).ok();
        }
        self.open.as_mut().map(|open| open.message(body))
    }

    /// Takes the block out, if `rest`, which was not decoded yet, is enough of it to be kept that way.
    pub(super) fn take_home(&mut self, rest: &[u8]) -> Option<(Block, usize)> {
        let home = self.home.as_mut().filter(|_| rest.len() >= BLOCK / 4)?;
        let at = home.offset_of(rest)?;
        let block = home.leave()?;
        self.home = None;
        Some((block, at))
    }

    /// Opens another block. False if that is not worth it or there is no memory.
    #[cold]
    fn renew(&mut self, needed: usize, coming: usize) -> bool {
        let size = coming.min(COPIED);
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

impl Home<'_> {
    /// None if the body lies elsewhere, or there is no memory for another block.
    #[inline]
    fn message(&mut self, body: &[u8]) -> Option<Msg> {
        let at = self.offset_of(body)?;
        if self.next.is_none() && !self.begin() {
            return None;
        }
        self.given += 1;
        let content = self.block.0;
        // SAFETY: alive; the body begins within the payload, and so ends there. Each message takes its own bytes, which nobody
        // looks at afterwards, and one of the references held.
        Some(unsafe { Msg::slice(content, content.as_ref().data.add(at), body.len()) })
    }

    /// Where in the block the bytes begin, if they lie there.
    #[inline]
    fn offset_of(&self, bytes: &[u8]) -> Option<usize> {
        // SAFETY: alive as long as the block.
        let data = unsafe { self.block.0.as_ref() }.data;
        Some((bytes.as_ptr() as usize).wrapping_sub(data as usize)).filter(|&at| at < BLOCK)
    }

    #[cold]
    fn begin(&mut self) -> bool {
        self.next = Block::new().ok();
        if self.next.is_some() {
            // SAFETY: the block owns a reference.
            unsafe { content::retain(self.block.0, HELD) };
        }
        self.next.is_some()
    }

    /// Puts another block in the place of this one and gives back the references that no message has. None if there is no memory.
    #[cold]
    fn leave(&mut self) -> Option<Block> {
        if self.next.is_none() && !self.begin() {
            return None;
        }
        let left = std::mem::replace(self.block, self.next.take()?);
        // SAFETY: HELD references were taken, and each message, of which there are fewer, has one of them.
        unsafe { content::release(left.0, HELD - self.given) };
        Some(left)
    }
}

impl Drop for Home<'_> {
    fn drop(&mut self) {
        if self.next.is_some() {
            self.leave();
        }
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
