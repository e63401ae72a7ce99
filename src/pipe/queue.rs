//! Single-producer single-consumer queue of unbounded length: a linked list of chunks with a published count.
//!
//! The writer fills slots, seals whole messages ([`Writer::seal`]) and makes these visible in batches ([`Writer::publish`]),
//! so a half-written multipart message is never seen and can be taken back ([`Writer::unpush`]). The reader compares its own
//! count with the published one. An idle queue owns no chunk. The last used-up chunk is kept for the writer, and a larger one
//! is made only where the reader has not left one in time: a queue that stays short goes round in a few cache lines, and a
//! steady stream allocates nothing.
//!
//! With thousands of queues, each of which passes on a message now and then, every cache line that is touched on the way is
//! fetched from afar. So an end holds pointers to the slots themselves, and what its owner shares with the owner of the other
//! end lies in the lines that the queue touches anyway ([`Writer::beside`]).
//!
//! Memory ordering: slots and chunk links are plain data handed over by the release store of `published` and the acquire
//! load of the reader. Whether the reader sleeps is not the queue's business; see `mod.rs`.

use std::alloc::{self, Layout};
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use crate::sync::{AtomicPtr, AtomicU64, Ordering};
use crate::sys::cache;

const SMALLEST: usize = if cfg!(loom) { 1 } else { 8 };
/// Slots of a full-grown chunk.
const LARGEST: usize = 256;
/// How many slots ahead the ends call them into the cache. The other processor had them last, and to get a line from there
/// can take as long as several messages.
const CALLED_TO_WRITE: usize = 8;
const CALLED_TO_READ: usize = 4;

/// Room for an item: a cache line of its own (a message fills one), so that the ends meet in no line but the one that is
/// handed over.
#[repr(align(64))]
struct Slot<T>(UnsafeCell<MaybeUninit<T>>);

/// What stands behind the last slot of a chunk, and names it: so the place of an end that has come to it is its address.
struct Link<T> {
    first: *mut Slot<T>,
    /// Written by the writer before it publishes the first slot of the next chunk.
    next: *mut Link<T>,
    /// Writer's only.
    previous: *mut Link<T>,
}

impl<T> Link<T> {
    /// Of a chunk with so many slots, and where its link is in it, in bytes.
    fn layout(slots: usize) -> (Layout, usize) {
        let layout = Layout::array::<Slot<T>>(slots).and_then(|slots| slots.extend(Layout::new::<Self>()));
        // At most LARGEST slots of some hundred bytes.
        layout.unwrap_or_else(|_| unreachable!())
    }

    fn allocate(slots: usize) -> *mut Self {
        let (layout, at) = Self::layout(slots);
        // SAFETY: the size is not zero; the link is within what was allocated, and aligned.
        unsafe {
            let first = alloc::alloc(layout);
            if first.is_null() {
                alloc::handle_alloc_error(layout);
            }
            let link = first.add(at).cast::<Self>();
            link.write(Self { first: first.cast(), next: ptr::null_mut(), previous: ptr::null_mut() });
            link
        }
    }

    /// Number of slots.
    ///
    /// # Safety
    /// The chunk is alive.
    unsafe fn slots(this: *mut Self) -> usize {
        // SAFETY: alive by contract; both are in one allocation, slots apart.
        unsafe { this.cast::<Slot<T>>().offset_from((*this).first) as usize }
    }

    /// Frees a chunk whose slots are all empty.
    ///
    /// # Safety
    /// `this` is null or owned by the caller.
    unsafe fn free(this: *mut Self) {
        if !this.is_null() {
            // SAFETY: made by `allocate`, with as many slots, and owned by contract.
            unsafe { alloc::dealloc((*this).first.cast(), Self::layout(Self::slots(this)).0) };
        }
    }
}

/// What both ends see. They are busy at the same time in many queues, so two queues share no line; the order of the fields
/// is the layout: what the writer changes and the reader looks at when it has come to the end stands together.
#[repr(C, align(128))]
struct Shared<T, B> {
    /// Slots that the reader may take, counted from the beginning.
    published: AtomicU64,
    beside: B,
    first: AtomicPtr<Link<T>>,
    spare: AtomicPtr<Link<T>>,
    /// Where the reader stopped when it was dropped; what was written later is dropped from there.
    cursor: UnsafeCell<Cursor<T>>,
}

struct Cursor<T> {
    at: *mut Slot<T>,
    link: *mut Link<T>,
    taken: u64,
}

impl<T> Clone for Cursor<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Cursor<T> {}

// SAFETY: items pass from the one writer to the one reader; T: Send is all that needs. `beside` is shared as it is.
unsafe impl<T: Send, B: Send + Sync> Sync for Shared<T, B> {}
// SAFETY: as above.
unsafe impl<T: Send, B: Send + Sync> Send for Shared<T, B> {}

/// The producing end.
pub(super) struct Writer<T, B> {
    shared: Arc<Shared<T, B>>,
    /// Next free slot, or the link.
    at: *mut Slot<T>,
    /// The chunk's; null without one.
    link: *mut Link<T>,
    written: u64,
    /// Slots up to here belong to whole messages.
    sealed: u64,
}

/// The consuming end.
pub(super) struct Reader<T, B> {
    shared: Arc<Shared<T, B>>,
    /// Next slot to take, or the link.
    at: *mut Slot<T>,
    /// The chunk's; null without one.
    link: *mut Link<T>,
    taken: u64,
    /// Last seen value of `published`.
    limit: u64,
}

// SAFETY: each end is used by one thread at a time; the chunks it points to are shared as the module comment says.
unsafe impl<T: Send, B: Send + Sync> Send for Writer<T, B> {}
// SAFETY: as above.
unsafe impl<T: Send, B: Send + Sync> Send for Reader<T, B> {}

/// A new queue, whose ends share `beside`.
pub(super) fn queue<T: Send, B>(beside: B) -> (Writer<T, B>, Reader<T, B>) {
    let nowhere = Cursor { at: ptr::null_mut(), link: ptr::null_mut(), taken: 0 };
    let shared = Arc::new(Shared {
        published: AtomicU64::new(0),
        beside,
        first: AtomicPtr::new(ptr::null_mut()),
        spare: AtomicPtr::new(ptr::null_mut()),
        cursor: UnsafeCell::new(nowhere),
    });
    let Cursor { at, link, .. } = nowhere;
    let writer = Writer { shared: shared.clone(), at, link, written: 0, sealed: 0 };
    (writer, Reader { shared, at, link, taken: 0, limit: 0 })
}

impl<T, B> Writer<T, B> {
    /// What the ends share.
    #[inline(always)]
    pub(super) fn beside(&self) -> &B {
        &self.shared.beside
    }

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
        if self.at.cast() == self.link {
            self.extend();
        }
        // SAFETY: the writer's current chunk lives at least until its last slot was published and read; `at` is before its
        // link, and the slot there is free and not published, so the reader does not touch it.
        unsafe {
            fill(&mut *(*self.at).0.get());
            self.at = self.at.add(1);
        }
        let later = self.at.wrapping_add(CALLED_TO_WRITE - 1);
        if later < self.link.cast() {
            cache::fetch_to_write(later);
        }
        self.written += 1;
    }

    #[cold]
    fn extend(&mut self) {
        let spare = self.shared.spare.swap(ptr::null_mut(), Ordering::AcqRel);
        if self.link.is_null() {
            self.link = Link::allocate(SMALLEST);
            self.shared.first.store(self.link, Ordering::Release);
        } else {
            // SAFETY: the writer's current chunk is alive (see push_with); its successor, if any, is one that `unpush` left;
            // the spare one was used up.
            unsafe {
                let mut next = (*self.link).next;
                if !next.is_null() {
                    Link::free(spare);
                } else {
                    next = match spare.is_null() {
                        true => Link::allocate((Link::slots(self.link) * 2).min(LARGEST)),
                        false => spare,
                    };
                    (*next).next = ptr::null_mut();
                    (*next).previous = self.link;
                    (*self.link).next = next;
                }
                self.link = next;
            }
        }
        // SAFETY: the chunk is the writer's current one.
        self.at = unsafe { (*self.link).first };
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
        self.written -= 1;
        // SAFETY: an item that was not published is before `at`, or at the end of the chunk before; the reader cannot have gone
        // past that chunk. Nobody else can see the item.
        unsafe {
            if self.at == (*self.link).first {
                self.link = (*self.link).previous;
                self.at = self.link.cast();
            }
            self.at = self.at.sub(1);
            Some((*(*self.at).0.get()).assume_init_read())
        }
    }

    /// Makes everything sealed visible. True if there was anything new.
    #[inline(always)]
    pub(super) fn publish(&mut self) -> bool {
        // Nobody else changes it.
        let news = self.shared.published.load(Ordering::Relaxed) != self.sealed;
        if news {
            self.shared.published.store(self.sealed, Ordering::Release);
        }
        news
    }
}

impl<T, B> Reader<T, B> {
    /// What the ends share.
    #[inline(always)]
    pub(super) fn beside(&self) -> &B {
        &self.shared.beside
    }

    /// Whether an item is there.
    #[inline(always)]
    pub(super) fn ready(&mut self) -> bool {
        if self.taken == self.limit {
            self.limit = self.shared.published.load(Ordering::Acquire);
            // The next is taken at once.
            (1..CALLED_TO_READ).for_each(|n| self.call(n));
        }
        self.taken != self.limit
    }

    /// The slot so many behind the next, if it is known to be published and in the same chunk.
    #[inline(always)]
    fn ahead(&self, n: usize) -> Option<*mut Slot<T>> {
        let slot = self.at.wrapping_add(n);
        (self.limit - self.taken > n as u64 && slot < self.link.cast()).then_some(slot)
    }

    /// Calls it into the cache. One that is not published would be taken away from the writer.
    #[inline(always)]
    fn call(&self, n: usize) {
        self.ahead(n).into_iter().for_each(|slot| cache::fetch(slot));
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
        if self.at.cast() == self.link {
            self.advance();
        }
        // SAFETY: a published slot lies here, before the link of the chunk, which stays until the next step.
        let slot = unsafe {
            let slot = (*self.at).0.get();
            self.at = self.at.add(1);
            slot
        };
        self.taken += 1;
        self.call(CALLED_TO_READ - 1);
        Some(slot)
    }

    /// The item behind the next, if it is known to be there.
    #[inline(always)]
    pub(super) fn peek(&self) -> Option<&MaybeUninit<T>> {
        // SAFETY: a published slot of a chunk that stays until it was taken.
        self.ahead(1).map(|slot| unsafe { &*(*slot).0.get() })
    }

    /// Steps to the chunk with the next published slot.
    #[cold]
    fn advance(&mut self) {
        // SAFETY: a published slot lies ahead, so the link to its chunk was written before; the used-up chunk is the
        // reader's alone, since the writer has left it for good.
        unsafe {
            if self.link.is_null() {
                self.link = self.shared.first.load(Ordering::Acquire);
            } else {
                let next = (*self.link).next;
                let used = std::mem::replace(&mut self.link, next);
                Link::free(self.shared.spare.swap(used, Ordering::AcqRel));
            }
            self.at = (*self.link).first;
        }
    }
}

impl<T, B> Drop for Writer<T, B> {
    fn drop(&mut self) {
        while self.unpush().is_some() {}
    }
}

impl<T, B> Drop for Reader<T, B> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
        // SAFETY: only the reader touches the cell while it lives, and `Shared::drop` after both ends are gone.
        unsafe { *self.shared.cursor.get() = Cursor { at: self.at, link: self.link, taken: self.taken } };
    }
}

impl<T, B> Drop for Shared<T, B> {
    fn drop(&mut self) {
        let Cursor { mut at, mut link, mut taken } = *self.cursor.get_mut();
        let published = self.published.load(Ordering::Relaxed);
        // SAFETY: both ends are gone. Every slot from the cursor up to `published` holds an item, and each chunk from the
        // cursor's on is linked once.
        unsafe {
            if link.is_null() {
                link = self.first.load(Ordering::Relaxed);
                at = link.as_ref().map_or(ptr::null_mut(), |link| link.first);
            }
            while !link.is_null() {
                while taken < published && at.cast() != link {
                    (*(*at).0.get()).assume_init_drop();
                    (at, taken) = (at.add(1), taken + 1);
                }
                let next = (*link).next;
                Link::free(link);
                link = next;
                at = link.as_ref().map_or(ptr::null_mut(), |link| link.first);
            }
            Link::free(self.spare.load(Ordering::Relaxed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_survives_chunks_and_taking_back() {
        let (mut w, mut r) = queue::<Box<u64>, ()>(());
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
        let (mut w, mut r) = queue(());
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
        let (mut w, mut r) = queue(());
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
