//! Handles: what the C API gives out as `void *` for sockets, contexts and the like.
//!
//! A handle is a number, not an address: a slot's index and the slot's generation, with a tag of the table in the low bits,
//! where real pointers have zeros. So a NULL, foreign, stale or already closed handle is recognised without reading memory
//! behind it. Slots are never freed, only used again with the next generation; looking one up takes no lock but the slot's.

use std::ffi::c_void;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::OnceLock;

use parking_lot::lock_api::{Mutex as Lock, MutexGuard};
use parking_lot::Mutex;

use crate::error::{Error, Result};
use crate::sys::fork;
use crate::sys::lock::RawLock;

const TAG_BITS: u32 = 4;
const INDEX_BITS: u32 = if usize::BITS == 64 { 24 } else { 14 };
const GENERATION_MASK: usize = usize::MAX >> (TAG_BITS + INDEX_BITS);
/// Slots of the first segment; each further segment is twice as large.
const FIRST_SEGMENT: usize = 64;
const SEGMENTS: usize = INDEX_BITS as usize - 6;

/// An opaque, non-zero name of an object of a [`Table`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Handle(usize);

impl Handle {
    /// The handle that a caller gave back; anything goes.
    pub fn from_ptr(ptr: *const c_void) -> Self {
        Self(ptr as usize)
    }

    /// As the C API shows it.
    pub fn as_ptr(self) -> *mut c_void {
        self.0 as *mut c_void
    }

    fn index(self) -> usize {
        (self.0 >> TAG_BITS) & ((1 << INDEX_BITS) - 1)
    }

    fn generation(self) -> usize {
        self.0 >> (TAG_BITS + INDEX_BITS)
    }

    fn tag(self) -> usize {
        self.0 & ((1 << TAG_BITS) - 1)
    }
}

/// Slots of different objects are used by different threads at the same time, so they share no cache line.
#[repr(align(128))]
struct Slot<T> {
    /// Fork generation of the process that filled the slot; [`ABANDONED`] once a child has let go of it.
    born: AtomicU32,
    content: Lock<RawLock, Content<T>>,
}

const ABANDONED: u32 = u32::MAX;

struct Content<T> {
    generation: usize,
    value: Option<T>,
}

/// A table of objects of one kind.
pub struct Table<T: 'static> {
    tag: usize,
    segments: [OnceLock<Box<[Slot<T>]>>; SEGMENTS],
    free: Mutex<Free>,
}

/// Free slots, the longest unused first, so that a stale handle stays recognisable as long as can be.
struct Free {
    slots: std::collections::VecDeque<usize>,
    used: usize,
}

/// Exclusive access to an object while its handle is valid.
pub struct Guard<T: 'static>(MutexGuard<'static, RawLock, Content<T>>);

impl<T> Deref for Guard<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // A guard is only made for a slot with a value, and nothing takes it out while the lock is held.
        self.0.value.as_ref().expect("guarded slot holds a value")
    }
}

impl<T> DerefMut for Guard<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.value.as_mut().expect("guarded slot holds a value")
    }
}

impl<T> Guard<T> {
    /// Runs `f` while the object is not locked. Afterwards it may be another thread that owns the slot's content:
    /// [`Guard::names`] tells.
    pub fn unlocked<R>(guard: &mut Self, f: impl FnOnce() -> R) -> R {
        MutexGuard::unlocked(&mut guard.0, f)
    }

    /// Whether the guarded object is still the one that `handle` names.
    pub fn names(guard: &Self, handle: Handle) -> bool {
        guard.0.generation == handle.generation() && guard.0.value.is_some()
    }
}

impl<T> Table<T> {
    /// An empty table whose handles carry `tag` (1 to 15, odd numbers are never pointers).
    pub const fn new(tag: usize) -> Self {
        assert!(tag > 0 && tag < 1 << TAG_BITS);
        let free = Mutex::new(Free { slots: std::collections::VecDeque::new(), used: 0 });
        Self { tag, segments: [const { OnceLock::new() }; SEGMENTS], free }
    }

    #[inline]
    fn slot(&'static self, index: usize) -> Option<&'static Slot<T>> {
        let segment = (index / FIRST_SEGMENT + 1).ilog2() as usize;
        let first = FIRST_SEGMENT * ((1 << segment) - 1);
        self.segments.get(segment)?.get()?.get(index - first)
    }

    /// Takes an object in. EMFILE when the table is full.
    pub fn insert(&'static self, value: T) -> Result<Handle> {
        let index = self.reserve()?;
        let slot = self.slot(index).ok_or(Error::EMFILE)?;
        slot.born.store(fork::generation(), Ordering::Relaxed);
        let mut content = slot.content.lock();
        content.generation = (content.generation + 1) & GENERATION_MASK;
        content.value = Some(value);
        Ok(Handle(content.generation << (TAG_BITS + INDEX_BITS) | index << TAG_BITS | self.tag))
    }

    fn reserve(&'static self) -> Result<usize> {
        let mut free = self.free.lock();
        if let Some(index) = free.slots.pop_front() {
            return Ok(index);
        }
        let segment = (free.used / FIRST_SEGMENT + 1).ilog2() as usize;
        let cell = self.segments.get(segment).ok_or(Error::EMFILE)?;
        let size = FIRST_SEGMENT << segment;
        let empty = |_| Slot { born: AtomicU32::new(0), content: Lock::new(Content { generation: 0, value: None }) };
        cell.get_or_init(|| (0..size).map(empty).collect());
        let first = free.used;
        free.slots.extend(first + 1..first + size);
        free.used += size;
        Ok(first)
    }

    /// Locks the object that `handle` names. None for NULL, foreign and stale handles.
    #[inline]
    pub fn lock(&'static self, handle: Handle) -> Option<Guard<T>> {
        if handle.tag() != self.tag {
            return None;
        }
        let slot = self.slot(handle.index())?;
        // The lock of an inherited slot may be held for ever by a thread that this process does not have.
        if slot.born.load(Ordering::Relaxed) != fork::generation() {
            return None;
        }
        let content = slot.content.lock();
        (content.generation == handle.generation() && content.value.is_some()).then_some(Guard(content))
    }

    /// Whether this process inherited the object by fork: it must not be touched, only [`Self::abandon`]ed.
    pub fn is_inherited(&'static self, handle: Handle) -> bool {
        fork::generation() != 0
            && handle.tag() == self.tag
            && self.slot(handle.index()).is_some_and(|s| {
                let born = s.born.load(Ordering::Relaxed);
                born != ABANDONED && born != fork::generation()
            })
    }

    /// Lets go of an inherited object without touching it; the handle is stale from now on. False if it is not inherited.
    pub fn abandon(&'static self, handle: Handle) -> bool {
        let inherited = self.is_inherited(handle);
        if let Some(slot) = self.slot(handle.index()).filter(|_| inherited) {
            slot.born.store(ABANDONED, Ordering::Relaxed);
        }
        inherited
    }

    /// Takes the object out; the handle is stale from now on.
    pub fn remove(&'static self, handle: Handle) -> Option<T> {
        let mut guard = self.lock(handle)?;
        let value = guard.0.value.take();
        drop(guard);
        self.free.lock().slots.push_back(handle.index());
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_and_foreign_handles_are_known() {
        static TABLE: Table<String> = Table::new(1);
        static OTHER: Table<String> = Table::new(3);
        let handles: Vec<_> = (0..1000).map(|i| TABLE.insert(i.to_string()).unwrap()).collect();
        assert!(handles.iter().enumerate().all(|(i, h)| *TABLE.lock(*h).unwrap() == i.to_string()));
        assert!(OTHER.lock(handles[5]).is_none());
        assert_eq!(TABLE.remove(handles[7]).as_deref(), Some("7"));
        assert!(TABLE.lock(handles[7]).is_none());
        assert!(TABLE.remove(handles[7]).is_none());
        for foreign in [0, 1, usize::MAX, 0x7fff_1234_5670, 0x7fff_1234_5671] {
            assert!(TABLE.lock(Handle(foreign)).is_none());
        }
    }
}
