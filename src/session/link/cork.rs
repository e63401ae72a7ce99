//! A link that is corked: the thread that sends does the link's work, in armfuls. Why, and when it ends, says `io/corks.rs`.
//!
//! `Link::pump` uncorks, and corks again when it has moved many small messages and found no more. While the link is corked
//! its pipe's reader waits for nothing: the writer calls [`Link::take_over`] after each armful, and the loop looks after it.

use super::super::Owner;
use super::{Link, Lost};
use crate::consts::{ZMQ_DEALER, ZMQ_PAIR, ZMQ_PUB, ZMQ_PUSH, ZMQ_XPUB};
use crate::io::Io;
use crate::pipe::Pipe;

/// Messages that make a stream, moved by one pump and the armfuls before it.
const STREAM: u32 = 128;

/// Larger messages, in bytes, are better encoded by a second thread.
const SMALL: u32 = 192;

/// What is enough to be written, in bytes and in messages: more would let the peer wait.
const ENOUGH: usize = 32 * 1024;
const MANY: u32 = 1000;

/// See the module comment. What every message needs comes first, beside the like of [`Link`].
#[repr(C)]
#[derive(Default)]
pub(super) struct Cork {
    /// Messages moved since the last pump's end, and the size of the last.
    moved: u32,
    size: u32,
    /// The socket is of a type that sends streams. Not ROUTER: each message has a peer of its own choice.
    fits: bool,
    on: bool,
    /// The loop will look after the link soon.
    watched: bool,
    /// Something was written since it last did.
    fresh: bool,
    /// An armful could not be encoded.
    lost: Option<Lost>,
}

impl Cork {
    /// Not corked.
    pub(super) fn new(owner: &Owner) -> Self {
        Self { fits: matches!(owner.kind, ZMQ_PUSH | ZMQ_DEALER | ZMQ_PAIR | ZMQ_PUB | ZMQ_XPUB), ..Self::default() }
    }

    /// A message of `size` bytes was encoded.
    #[inline]
    pub(super) fn count(&mut self, size: usize) {
        self.moved = self.moved.saturating_add(1);
        self.size = u32::try_from(size).unwrap_or(u32::MAX);
    }

    /// Size of the last message that was encoded, in bytes.
    pub(super) fn last_size(&self) -> u32 {
        self.size
    }

    /// The link is not corked from now on. Says what went wrong while it was.
    pub(super) fn pull(&mut self, pipe: &Pipe) -> Result<(), Lost> {
        if !std::mem::take(&mut self.on) {
            return Ok(());
        }
        pipe.set_corked(false);
        self.lost.take().map_or(Ok(()), Err)
    }
}

impl Link {
    /// The pipe is empty: corks the link in a stream of small messages. Whether it did, and the loop will have it pumped.
    pub(super) fn cork(&mut self, io: &mut Io<'_>, pipe: &Pipe) -> bool {
        let plain = self.protocol.is_plain();
        let cork = &mut self.cork;
        let streams = std::mem::take(&mut cork.moved) >= STREAM && cork.size <= SMALL;
        if streams && cork.fits && plain && (cork.watched || io.cork()) {
            (cork.on, cork.watched, cork.fresh) = (true, true, true);
            pipe.set_corked(true);
        }
        cork.on
    }

    /// The loop looks after the link: whether it stays corked, because the thread that sends writes by itself.
    pub(in crate::session) fn stays_corked(&mut self, io: &mut Io<'_>, at_once: bool) -> bool {
        let fresh = std::mem::take(&mut self.cork.fresh) && !at_once;
        self.cork.watched = self.cork.on && fresh && io.cork();
        self.cork.watched
    }

    /// The writer has put an armful into the pipe: encodes that, if the link is corked. Whether to pump now.
    pub(in crate::session) fn take_over(&mut self, pipe: &mut Pipe) -> bool {
        if !self.cork.on {
            return false;
        }
        self.cork.lost = self.encode_waiting(pipe).err();
        self.cork.lost.is_some() || self.protocol.output_len() >= ENOUGH || self.cork.moved >= MANY
    }
}
