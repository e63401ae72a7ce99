//! What the two ends of a pipe share about one of its directions, beside the queue: who is waiting, how far the reader has
//! come, the high-water marks, and whether the writer is still there. The ends (`mod.rs`) change and watch it.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::{batch, PipeEvent, Wake};
use crate::msg::Msg;
use crate::sync::{AtomicBool, AtomicI32, AtomicU64, Ordering};

/// Token of an end that its owner has not taken in yet.
pub(super) const UNATTACHED: u64 = u64::MAX;

/// How one end is reached.
pub(super) struct Port {
    pub(super) owner: OnceLock<Arc<dyn Wake>>,
    pub(super) token: AtomicU64,
}

impl Port {
    pub(super) fn notify(&self, event: PipeEvent) {
        let token = self.token.load(Ordering::SeqCst);
        if let Some(owner) = self.owner.get().filter(|_| token != UNATTACHED) {
            batch::tell(owner, token, event);
        }
    }
}

/// What both ends see of one direction. The order of the fields is the layout, beside what the queue has in the same lines:
/// first what is looked at with each message that is written, and changes when one side waits for the other; then what the
/// reader looks at with each message, and hardly ever changes.
#[repr(C)]
pub(super) struct Direction {
    /// The reader found nothing and wants `Readable`.
    pub(super) reader_waits: AtomicBool,
    /// The reader waits for nothing, but for being called after each armful ([`Wake::take_over`]). A hint.
    pub(super) corked: AtomicBool,
    /// The writer found the pipe full and wants `Writable`.
    pub(super) writer_waits: AtomicBool,
    /// The writer has waited for room instead of leaving a message out (ZMQ_XPUB_NODROP). A hint.
    pub(super) patient: AtomicBool,
    /// Whole messages that the reader has taken, in steps of the low-water mark.
    pub(super) consumed: AtomicU64,
    /// Marks of the writing and the reading side; 0 unlimited, [`NO_MARK`] not counted. See [`pack`].
    pub(super) marks: AtomicU64,
    /// The end that reads here.
    pub(super) reader: Port,
    /// Count of taken messages at which the reader looks at the low-water mark. 0: at once, for the
    /// writer has changed its mark.
    pub(super) next_report: AtomicU64,
    /// The reader shall not read what is left.
    pub(super) aborted: AtomicBool,
    /// The writer is gone; after the last published message comes the end.
    pub(super) writer_gone: AtomicBool,
    /// The writer does not want its peer at all.
    pub(super) refused: AtomicBool,
    /// Linger that the writer left with, in milliseconds.
    pub(super) linger: AtomicI32,
    /// ZMQ_CONFLATE: instead of the queue, the last message.
    pub(super) conflate: Option<Box<Mutex<Option<Msg>>>>,
}

/// Bytes of a cache line, and of the count that stands before this in the first one. Smaller pointers leave room.
#[cfg(all(not(loom), target_pointer_width = "64"))]
const _: () = assert!(std::mem::offset_of!(Direction, next_report) == 64 - 8);

/// A side of a direction that sets no mark (the session's).
pub const NO_MARK: i32 = -1;

/// Two marks as one word, so that one look tells whether either has changed.
pub(super) fn pack(marks: [i32; 2]) -> u64 {
    u64::from(marks[1] as u32) << 32 | u64::from(marks[0] as u32)
}

/// The marks in such a word.
fn unpack(word: u64) -> [i32; 2] {
    [word as u32 as i32, (word >> 32) as u32 as i32]
}

/// The high-water mark that the marks in such a word make together; 0 is unlimited.
pub(super) fn joint_mark(word: u64) -> u64 {
    match unpack(word) {
        [0, _] | [_, 0] => 0,
        [NO_MARK, m] | [m, NO_MARK] => m.max(0) as u64,
        [w, r] => w.max(0) as u64 + r.max(0) as u64,
    }
}

impl Direction {
    pub(super) fn new(marks: [i32; 2], conflate: bool) -> Self {
        Self {
            reader: Port { owner: OnceLock::new(), token: AtomicU64::new(UNATTACHED) },
            reader_waits: AtomicBool::new(false),
            corked: AtomicBool::new(false),
            writer_waits: AtomicBool::new(false),
            patient: AtomicBool::new(false),
            consumed: AtomicU64::new(0),
            next_report: AtomicU64::new(1),
            marks: AtomicU64::new(pack(marks)),
            writer_gone: AtomicBool::new(false),
            aborted: AtomicBool::new(false),
            refused: AtomicBool::new(false),
            linger: AtomicI32::new(-1),
            conflate: conflate.then(Box::default),
        }
    }

    /// Sets the mark of the writing (0) or the reading side (1); the one before.
    pub(super) fn set_mark(&self, side: usize, mark: i32) -> i32 {
        let mut word = self.marks.load(Ordering::SeqCst);
        loop {
            let mut marks = unpack(word);
            let before = std::mem::replace(&mut marks[side], mark);
            match self.marks.compare_exchange_weak(word, pack(marks), Ordering::SeqCst, Ordering::SeqCst) {
                Ok(_) => return before,
                Err(now) => word = now,
            }
        }
    }

    /// Messages after which the writer is told how far the reader is; 0 without a mark.
    pub(super) fn low_mark(&self) -> u64 {
        joint_mark(self.marks.load(Ordering::Relaxed)).div_ceil(2)
    }
}
