//! The memory that the connections of a loop read into, one after the other: blocks of which the messages that came in them
//! may keep their parts.
//!
//! A body that is copied out of a common buffer goes to memory that has left the processor's cache; copying it again costs
//! more there than all the decoding. So the kernel's copy is the only one: a message that lies in one block whole is a slice
//! of the block, and the block, once one was lent, belongs to its messages, and another one takes its place. A block that is
//! less than half full lends nothing: it would be kept alive by too little. Called by the link; the lending is `strip.rs`'s.

use std::mem::MaybeUninit;
use std::ptr::NonNull;

use zeroize::Zeroize;

use super::content::{self, ContentPtr};
use super::strip::Strip;
use crate::error::{Error, Result};

/// Bytes of a block. More of them would save calls and cut fewer messages in two, but one message that is kept for long keeps
/// so much alive.
pub const BLOCK: usize = content::INTAKE;

/// So that one read takes 128 KiB.
const BLOCKS: usize = 4;

/// See the module comment.
#[derive(Default)]
pub struct Intake {
    blocks: Vec<Block>,
    /// See [`Self::filled`].
    filled: usize,
}

/// A counted block, of which this is the only owner between two uses.
pub(super) struct Block(pub(super) ContentPtr);

// SAFETY: contents may be used and released on any thread.
unsafe impl Send for Block {}

/// The part of what was read that lies in one block.
pub struct Portion<'a> {
    /// What is still to be decoded: alive as long as the strip, which may give the block away.
    bytes: *const [u8],
    strip: Strip<'a>,
}

/// Bytes that cannot be decoded yet, in the block that they came in or, if they are few, as a copy.
pub struct Kept(Place);

enum Place {
    Block { block: Block, at: usize, size: usize },
    Copy(Vec<u8>),
}

impl Default for Portion<'_> {
    fn default() -> Self {
        Self { bytes: std::ptr::slice_from_raw_parts(NonNull::dangling().as_ptr(), 0), strip: Strip::default() }
    }
}

impl<'a> Portion<'a> {
    /// Calls `f` with what is left, from the front of which it takes what it decodes, and with the place where messages in
    /// it get their bodies.
    #[inline(always)]
    pub fn decode<R>(&mut self, f: impl FnOnce(&mut &[u8], &mut Strip<'a>) -> R) -> R {
        // SAFETY: alive as long as the strip, and the slice does not outlive this call.
        let mut rest = unsafe { &*self.bytes };
        let result = f(&mut rest, &mut self.strip);
        self.bytes = rest;
        result
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// For later: what is left of the bytes. ENOMEM.
    pub fn keep(mut self) -> Result<Kept> {
        self.decode(|rest, strip| {
            let size = rest.len();
            if let Some((block, at)) = strip.take_home(rest) {
                return Ok(Kept(Place::Block { block, at, size }));
            }
            let mut copy = Vec::new();
            copy.try_reserve_exact(size).map_err(|_| Error::ENOMEM)?;
            copy.extend_from_slice(rest);
            Ok(Kept(Place::Copy(copy)))
        })
    }
}

impl Kept {
    /// The bytes, to be decoded now.
    pub fn portion(&mut self) -> Portion<'_> {
        match &mut self.0 {
            Place::Copy(bytes) => Portion { bytes: &bytes[..], strip: Strip::default() },
            Place::Block { block, at, size } => {
                // These bytes of the block were read and have not been lent.
                let bytes = std::ptr::slice_from_raw_parts(block.data().as_ptr().cast::<u8>().wrapping_add(*at), *size);
                Portion { bytes, strip: Strip::of(block) }
            }
        }
    }
}

impl Block {
    pub(super) fn new() -> Result<Self> {
        content::allocate_intake().map(Self)
    }

    fn data(&self) -> NonNull<MaybeUninit<u8>> {
        // SAFETY: alive as long as this owns a reference.
        let data = unsafe { self.0.as_ref() }.data;
        // SAFETY: the address of a block's payload.
        unsafe { NonNull::new_unchecked(data.cast()) }
    }

    fn space(&mut self) -> &mut [MaybeUninit<u8>] {
        // SAFETY: the payload has so many bytes, and nobody else owns the block.
        unsafe { std::slice::from_raw_parts_mut(self.data().as_ptr(), BLOCK) }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: this owns one reference.
        unsafe { content::release(self.0, 1) };
    }
}

impl Intake {
    /// Bytes of all blocks.
    pub const SIZE: usize = BLOCK * BLOCKS;

    /// All of it. ENOMEM.
    fn new() -> Result<Self> {
        Ok(Self { blocks: (0..BLOCKS).map(|_| Block::new()).collect::<Result<_>>()?, filled: 0 })
    }

    /// Memory to read into, `most` bytes of it, in order.
    pub fn space(&mut self, most: usize) -> impl Iterator<Item = &mut [MaybeUninit<u8>]> {
        self.filled = 0;
        let mut left = most;
        self.blocks.iter_mut().map_while(move |block| {
            let take = left.min(BLOCK);
            left -= take;
            (take > 0).then(|| &mut block.space()[..take])
        })
    }

    /// Declares the first `n` bytes of [`Self::space`] read.
    ///
    /// # Safety
    /// They have been written since.
    pub unsafe fn advance(&mut self, n: usize) {
        self.filled = n;
    }

    /// How many bytes were read that [`Self::portions`] has not given yet.
    pub fn filled(&self) -> usize {
        self.filled
    }

    /// What was read, once. Bodies are copied unless the block `lends`.
    pub fn portions(&mut self, lends: bool) -> impl Iterator<Item = Portion<'_>> {
        let mut left = std::mem::take(&mut self.filled);
        self.blocks.iter_mut().map_while(move |block| {
            let n = left.min(BLOCK);
            left -= n;
            // Written, as `advance` was promised; they are looked at before they are lent only.
            let bytes = std::ptr::slice_from_raw_parts(block.data().as_ptr().cast(), n);
            let strip = if lends && n >= BLOCK / 2 { Strip::of(block) } else { Strip::default() };
            (n > 0).then_some(Portion { bytes, strip })
        })
    }

    /// Overwrites the first `filled` bytes, of which nothing was lent.
    pub fn wipe(&mut self, filled: usize) {
        self.space(filled).for_each(|bytes| bytes.zeroize());
    }

    /// Takes it in hand, and leaves nothing behind; made anew if it is missing. ENOMEM.
    pub fn take(&mut self) -> Result<Self> {
        match self.blocks.is_empty() {
            true => Self::new(),
            false => Ok(std::mem::take(self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg::Msg;

    const SIZE: usize = 1000;

    /// Fills the first `filled` bytes, each with the number of its group of [`SIZE`].
    fn fill(intake: &mut Intake, filled: usize) {
        let bytes = intake.space(filled).flat_map(|part| part.iter_mut());
        let count = bytes.enumerate().map(|(i, byte)| byte.write((i / SIZE) as u8)).count();
        assert_eq!(count, filled.min(Intake::SIZE));
        // SAFETY: written just now.
        unsafe { intake.advance(filled) };
    }

    /// Messages of all groups that lie in one block whole.
    fn take(intake: &mut Intake, filled: usize, lends: bool) -> Vec<Msg> {
        let mut messages = Vec::new();
        let mut at = 0usize;
        for mut portion in intake.portions(lends) {
            portion.decode(|bytes, strip| {
                for body in bytes[at.next_multiple_of(SIZE) - at..].as_chunks::<SIZE>().0 {
                    messages.push(strip.message(body, body.len()).unwrap());
                }
                at += bytes.len();
            });
        }
        assert_eq!(at, filled.min(Intake::SIZE));
        messages
    }

    fn starts(intake: &mut Intake) -> Vec<*const MaybeUninit<u8>> {
        intake.space(usize::MAX).map(|part| part.as_ptr()).collect()
    }

    fn is_whole(message: &Msg) -> bool {
        message.len() == SIZE && message.data().iter().all(|byte| *byte == message.data()[0])
    }

    #[test]
    fn messages_keep_the_blocks_they_came_in() {
        let mut intake = Intake::new().unwrap();
        let mut kept: Vec<Msg> = Vec::new();
        for filled in [usize::MAX, 3 * BLOCK, BLOCK / 2, BLOCK / 2 + 1, BLOCK + SIZE, usize::MAX] {
            let filled = filled.min(Intake::SIZE);
            let before = starts(&mut intake);
            fill(&mut intake, filled);
            let messages = take(&mut intake, filled, true);
            let lent = filled / BLOCK + usize::from(filled % BLOCK >= BLOCK / 2);
            let after = starts(&mut intake);
            for (i, (before, after)) in before.iter().zip(&after).enumerate() {
                assert_eq!(before != after, i < lent, "block {i} of {filled}");
            }
            kept.extend(messages.into_iter().step_by(7));
        }
        assert!(kept.iter().all(is_whole));
    }

    /// A message of `bytes`, which are taken off.
    fn next(portion: &mut Portion<'_>) -> Msg {
        portion.decode(|bytes, strip| {
            let (body, rest) = bytes.split_at(SIZE);
            *bytes = rest;
            strip.message(body, SIZE).unwrap()
        })
    }

    #[test]
    fn what_is_kept_for_later_stays_as_it_was() {
        for lends in [true, false] {
            for taken in [0, 1, 20, BLOCK / SIZE - 1] {
                let mut intake = Intake::new().unwrap();
                fill(&mut intake, BLOCK);
                let mut portion = intake.portions(lends).next().unwrap();
                let mut messages: Vec<_> = (0..taken).map(|_| next(&mut portion)).collect();
                let mut kept = portion.keep().unwrap();
                intake.space(usize::MAX).for_each(|part| part.fill(MaybeUninit::new(99)));
                // In two steps, as when the pipe is full again.
                let mut portion = kept.portion();
                messages.push(next(&mut portion));
                let mut kept = portion.keep().unwrap();
                let mut portion = kept.portion();
                messages.extend((taken + 1..BLOCK / SIZE).map(|_| next(&mut portion)));
                drop(portion);
                drop(kept);
                assert!(messages.iter().all(is_whole));
                assert!(messages.iter().enumerate().all(|(i, message)| message.data()[0] == i as u8));
                assert_eq!(messages.len(), BLOCK / SIZE);
            }
        }
    }

    #[test]
    fn what_is_not_lent_is_copied_and_can_be_wiped() {
        let mut intake = Intake::new().unwrap();
        let before = starts(&mut intake);
        for (filled, lends) in [(2 * BLOCK, false), (BLOCK / 2 - 1, true)] {
            fill(&mut intake, filled);
            let messages = take(&mut intake, filled, lends);
            intake.wipe(filled);
            // SAFETY: filled before, and wiped.
            unsafe { intake.advance(filled) };
            let is_wiped = |mut part: Portion<'_>| part.decode(|bytes, _| bytes.iter().all(|byte| *byte == 0));
            assert!(intake.portions(false).all(is_wiped));
            assert!(!messages.is_empty() && messages.iter().all(is_whole));
        }
        assert_eq!(starts(&mut intake), before);
    }
}
