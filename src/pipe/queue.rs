//! Single-producer single-consumer queue of unbounded length: a linked list of chunks with a published count.
//!
//! The writer fills slots, seals whole messages ([`Writer::seal`]) and makes these visible in batches
//! ([`Writer::publish`]), so a half-written multipart message is never seen and can be taken back ([`Writer::unpush`]). The reader compares its own count with the published one. Chunks
//! grow from a few slots to [`LARGEST`], an idle queue owns none, and the last used-up chunk is kept for the writer, so
//! that a steady stream allocates nothing.
//!
//! Memory ordering: slots and chunk links are plain data handed over by the release store of `published` and the acquire
//! load of the reader. Whether the reader sleeps is not the queue's business; see `mod.rs`.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use crate::sync::{AtomicPtr, AtomicU64, Ordering};

const SMALLEST: usize = 8;
/// Slots of a full-grown chunk.
const LARGEST: usize = 256;

/// Room for an item: a cache line of its own (a message fills one), so that the ends meet in no line but the one that is
/// handed over.
#[repr(align(64))]
struct Slot<T>(UnsafeCell<MaybeUninit<T>>);

struct Chunk<T> {
    slots: Box<[Slot<T>]>,
    /// Written by the writer before it publishes the first slot of the next chunk.
    next: UnsafeCell<*mut Chunk<T>>,
    /// Writer's only.
    previous: UnsafeCell<*mut Chunk<T>>,
}

impl<T> Chunk<T> {
    fn allocate(capacity: usize) -> *mut Self {
        let slots = (0..capacity).map(|_| Slot(UnsafeCell::new(MaybeUninit::uninit()))).collect();
        let (next, previous) = (UnsafeCell::new(ptr::null_mut()), UnsafeCell::new(ptr::null_mut()));
        Box::into_raw(Box::new(Self { slots, next, previous }))
    }

    /// Number of slots.
    ///
    /// # Safety
    /// `chunk` is alive.
    #[inline(always)]
    unsafe fn len(chunk: *const Self) -> usize {
        // SAFETY: alive by contract.
        let chunk = unsafe { &*chunk };
        chunk.slots.len()
    }

    /// A slot.
    ///
    /// # Safety
    /// `chunk` is alive and `at` below its length.
    #[inline(always)]
    unsafe fn slot(chunk: *const Self, at: usize) -> *mut MaybeUninit<T> {
        // SAFETY: alive, and in bounds, by contract.
        unsafe {
            let chunk = &*chunk;
            chunk.slots.get_unchecked(at).0.get()
        }
    }
}

#[repr(align(128))]
struct Shared<T> {
    /// Slots that the reader may take, counted from the beginning.
    published: AtomicU64,
    first: AtomicPtr<Chunk<T>>,
    spare: AtomicPtr<Chunk<T>>,
    /// Where the reader stopped when it was dropped; what was written later is dropped from there.
    cursor: UnsafeCell<Cursor<T>>,
}

struct Cursor<T> {
    chunk: *mut Chunk<T>,
    at: usize,
    taken: u64,
}

impl<T> Clone for Cursor<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Cursor<T> {}

// SAFETY: items pass from the one writer to the one reader; T: Send is all that needs.
unsafe impl<T: Send> Sync for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Shared<T> {}

/// The producing end.
pub(super) struct Writer<T> {
    shared: Arc<Shared<T>>,
    chunk: *mut Chunk<T>,
    /// Next free slot of `chunk`.
    at: usize,
    /// Length of `chunk`, 0 without one.
    end: usize,
    written: u64,
    /// Slots up to here belong to whole messages.
    sealed: u64,
    published: u64,
}

/// The consuming end.
pub(super) struct Reader<T> {
    shared: Arc<Shared<T>>,
    chunk: *mut Chunk<T>,
    /// Next slot of `chunk` to take.
    at: usize,
    /// Length of `chunk`, 0 without one.
    end: usize,
    taken: u64,
    /// Last seen value of `published`.
    limit: u64,
}

// SAFETY: each end is used by one thread at a time; the chunks it points to are shared as the module comment says.
unsafe impl<T: Send> Send for Writer<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Reader<T> {}

/// A new queue.
pub(super) fn queue<T: Send>() -> (Writer<T>, Reader<T>) {
    let shared = Arc::new(Shared {
        published: AtomicU64::new(0),
        first: AtomicPtr::new(ptr::null_mut()),
        spare: AtomicPtr::new(ptr::null_mut()),
        cursor: UnsafeCell::new(Cursor { chunk: ptr::null_mut(), at: 0, taken: 0 }),
    });
    let writer =
        Writer { shared: shared.clone(), chunk: ptr::null_mut(), at: 0, end: 0, written: 0, sealed: 0, published: 0 };
    (writer, Reader { shared, chunk: ptr::null_mut(), at: 0, end: 0, taken: 0, limit: 0 })
}

impl<T> Writer<T> {
    /// Appends an item, not yet visible to the reader.
    #[inline(always)]
    pub(super) fn push(&mut self, item: T) {
        // SAFETY: the slot is filled.
        unsafe {
            self.push_with(|slot| {
                slot.write(item);
            });
        }
    }

    /// Appends the item that `fill` writes to its place.
    ///
    /// # Safety
    /// `fill` initialises what it is given, or unwinds.
    #[inline(always)]
    pub(super) unsafe fn push_with(&mut self, fill: impl FnOnce(&mut MaybeUninit<T>)) {
        if self.at == self.end {
            self.extend();
        }
        // SAFETY: `chunk` is the writer's current chunk, which lives at least until its last slot was published and read;
        // `at` is below its length, and the slot there is free and not published, so the reader does not touch it.
        fill(unsafe { &mut *Chunk::slot(self.chunk, self.at) });
        self.at += 1;
        self.written += 1;
    }

    #[cold]
    fn extend(&mut self) {
        let spare = self.shared.spare.swap(ptr::null_mut(), Ordering::AcqRel);
        if self.chunk.is_null() {
            self.chunk = Chunk::allocate(SMALLEST);
            self.shared.first.store(self.chunk, Ordering::Release);
        } else {
            // SAFETY: the writer's current chunk is alive (see push); its successor, if any, is one that `unpush` left.
            unsafe {
                let mut next = *(*self.chunk).next.get();
                if next.is_null() {
                    let capacity = (Chunk::len(self.chunk) * 2).min(LARGEST);
                    next = if spare.is_null() || Chunk::len(spare) < capacity {
                        free_chunk(spare);
                        Chunk::allocate(capacity)
                    } else {
                        spare
                    };
                    *(*next).next.get() = ptr::null_mut();
                    *(*next).previous.get() = self.chunk;
                    *(*self.chunk).next.get() = next;
                } else {
                    free_chunk(spare);
                }
                self.chunk = next;
            }
        }
        self.at = 0;
        // SAFETY: set just now.
        self.end = unsafe { Chunk::len(self.chunk) };
    }

    /// What was pushed so far is whole: it may be published and is not taken back any more.
    #[inline(always)]
    pub(super) fn seal(&mut self) {
        self.sealed = self.written;
    }

    /// Takes back the last item that was not sealed.
    pub(super) fn unpush(&mut self) -> Option<T> {
        if self.written == self.sealed {
            return None;
        }
        if self.at == 0 {
            // SAFETY: an unpublished item is left in the chunk before; the reader cannot have gone past that chunk.
            unsafe {
                self.chunk = *(*self.chunk).previous.get();
                self.end = Chunk::len(self.chunk);
                self.at = self.end;
            }
        }
        self.at -= 1;
        self.written -= 1;
        // SAFETY: the slot holds an item that nobody else can see.
        Some(unsafe { (*Chunk::slot(self.chunk, self.at)).assume_init_read() })
    }

    /// Makes everything sealed visible. True if there was anything new.
    #[inline(always)]
    pub(super) fn publish(&mut self) -> bool {
        if self.sealed == self.published {
            return false;
        }
        self.published = self.sealed;
        self.shared.published.store(self.sealed, Ordering::Release);
        true
    }
}

impl<T> Reader<T> {
    /// Whether an item is there.
    #[inline(always)]
    pub(super) fn ready(&mut self) -> bool {
        if self.taken == self.limit {
            self.limit = self.shared.published.load(Ordering::Acquire);
        }
        self.taken != self.limit
    }

    /// Takes the next item.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<T> {
        // SAFETY: the slot was published and is taken once.
        self.next().map(|slot| unsafe { (*slot).assume_init_read() })
    }

    /// Takes the next item through `take`. False, and nothing happens, when there is none.
    ///
    /// # Safety
    /// `take` moves the item out of the place that it is given, or unwinds.
    #[inline(always)]
    pub(super) unsafe fn pop_with(&mut self, take: impl FnOnce(&MaybeUninit<T>)) -> bool {
        let Some(slot) = self.next() else { return false };
        // SAFETY: the slot was published and stays until the next step.
        take(unsafe { &*slot });
        true
    }

    /// The next item, which counts as taken from now on.
    #[inline(always)]
    fn next(&mut self) -> Option<*const MaybeUninit<T>> {
        if !self.ready() {
            return None;
        }
        if self.at == self.end {
            self.advance();
        }
        self.taken += 1;
        self.at += 1;
        if self.taken != self.limit && self.at != self.end {
            self.look_ahead();
        }
        // SAFETY: `at` was below the length of the chunk, which stays until the next step.
        Some(unsafe { Chunk::slot(self.chunk, self.at - 1) })
    }

    /// Calls the next slot, which is published, into the cache: it was filled on another processor.
    #[inline(always)]
    fn look_ahead(&self) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a prefetch changes nothing; `at` is below the length of the chunk, which is alive.
        unsafe {
            use std::arch::x86_64::{_mm_prefetch, _MM_HINT_T0};
            _mm_prefetch::<_MM_HINT_T0>(Chunk::slot(self.chunk, self.at).cast());
        }
    }

    /// Steps to the chunk with the next published slot.
    #[cold]
    fn advance(&mut self) {
        // SAFETY: a published slot lies ahead, so the link to its chunk was written before; the used-up chunk is the
        // reader's alone, since the writer has left it for good.
        unsafe {
            if self.chunk.is_null() {
                self.chunk = self.shared.first.load(Ordering::Acquire);
            } else {
                let next = *(*self.chunk).next.get();
                let used = std::mem::replace(&mut self.chunk, next);
                free_chunk(self.shared.spare.swap(used, Ordering::AcqRel));
            }
            self.end = Chunk::len(self.chunk);
        }
        self.at = 0;
    }
}

impl<T> Drop for Writer<T> {
    fn drop(&mut self) {
        while self.unpush().is_some() {}
    }
}

impl<T> Drop for Reader<T> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
        // SAFETY: only the reader touches the cell while it lives, and `Shared::drop` after both ends are gone.
        unsafe { *self.shared.cursor.get() = Cursor { chunk: self.chunk, at: self.at, taken: self.taken } };
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        let Cursor { mut chunk, mut at, mut taken } = *self.cursor.get_mut();
        if chunk.is_null() {
            chunk = self.first.load(Ordering::Relaxed);
        }
        let published = self.published.load(Ordering::Relaxed);
        // SAFETY: both ends are gone. Every slot from the cursor up to `published` holds an item, and each chunk from the
        // cursor's on is linked once.
        unsafe {
            while !chunk.is_null() {
                while taken < published && at < Chunk::len(chunk) {
                    (*Chunk::slot(chunk, at)).assume_init_drop();
                    (at, taken) = (at + 1, taken + 1);
                }
                at = 0;
                let next = *(*chunk).next.get();
                free_chunk(chunk);
                chunk = next;
            }
            free_chunk(self.spare.load(Ordering::Relaxed));
        }
    }
}

/// Frees a chunk whose slots are all empty.
///
/// # Safety
/// `chunk` is null or owned by the caller.
unsafe fn free_chunk<T>(chunk: *mut Chunk<T>) {
    if !chunk.is_null() {
        // SAFETY: it came from Box::into_raw and is owned by contract.
        drop(unsafe { Box::from_raw(chunk) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_survives_chunks_and_taking_back() {
        let (mut w, mut r) = queue::<Box<u64>>();
        let mut expected = std::collections::VecDeque::new();
        for i in 0..5_000u64 {
            w.push(Box::new(i));
            w.seal();
            if i % 7 == 0 {
                // A half-written message of 300 parts, longer than a chunk, is taken back.
                (0..300).for_each(|_| w.push(Box::new(u64::MAX)));
                (0..300).for_each(|_| assert_eq!(*w.unpush().unwrap(), u64::MAX));
            }
            expected.push_back(i);
            if i % 3 == 0 {
                assert!(w.publish());
                assert!(w.unpush().is_none());
            }
            if i % 5 == 0 {
                while let Some(v) = r.pop() {
                    assert_eq!(Some(*v), expected.pop_front());
                }
            }
        }
        w.publish();
        while let Some(v) = r.pop() {
            assert_eq!(Some(*v), expected.pop_front());
        }
        assert!(expected.is_empty());
    }

    #[test]
    fn everything_is_dropped_once() {
        let alive = Arc::new(());
        let (mut w, mut r) = queue();
        (0..1000).for_each(|_| w.push(alive.clone()));
        w.seal();
        w.publish();
        (0..300).for_each(|_| drop(r.pop()));
        drop(r);
        (0..1000).for_each(|_| w.push(alive.clone()));
        w.seal();
        w.publish();
        (0..10).for_each(|_| w.push(alive.clone()));
        drop(w);
        assert_eq!(Arc::strong_count(&alive), 1);
    }

    #[test]
    fn two_threads() {
        let (mut w, mut r) = queue();
        let writer = std::thread::spawn(move || {
            for i in 0..200_000u64 {
                w.push(i);
                w.seal();
                if i % 13 == 0 {
                    w.publish();
                }
            }
            w.publish();
        });
        let mut next = 0;
        while next < 200_000 {
            match r.pop() {
                Some(v) => {
                    assert_eq!(v, next);
                    next += 1;
                }
                None => std::thread::yield_now(),
            }
        }
        writer.join().unwrap();
    }
}
