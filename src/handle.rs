//! Handles: what the C API gives out as `void *` for sockets, contexts and the like.
//!
//! A handle is a number, not an address: a slot's index and the slot's generation, with a tag of the table in the low bits,
//! where real pointers have zeros. So a NULL, foreign, stale or already closed handle is recognised without reading memory
//! behind it. Slots are never freed, only used again with the next generation; looking one up takes no lock but the slot's.

use std::ffi::c_void;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::AtomicU32;
use std::sync::OnceLock;

use parking_lot::lock_api::{Mutex as Lock, MutexGuard};
use parking_lot::Mutex;

use crate::error::{Error, Result};
use crate::sync::{AtomicU64, Ordering};
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

/// Slots of different objects are used by different threads at the same time, so they share no cache line. The order of the
/// fields is the layout: what every call looks at follows the object's end.
#[repr(C, align(128))]
struct Slot<T> {
    content: Lock<RawLock, Content<T>>,
    note: Note,
    /// Fork generation of the process that filled the slot; [`ABANDONED`] once a child has let go of it.
    born: AtomicU32,
}

/// What was found out about an object when it was last locked, to be read without a lock. Void as soon as the object is
/// locked again or somebody [`Note::clear`]s it.
#[derive(Default)]
pub struct Note(AtomicU64);

impl Note {
    /// The object's name in the upper bits; never 0, for there is a mark.
    fn word(handle: Handle, found: u8) -> u64 {
        (handle.generation() as u64) << 9 | 1 << 8 | u64::from(found)
    }

    /// Makes it void. Seen by everybody who afterwards learns, by any [`Ordering::SeqCst`] means, that something happened.
    pub fn clear(&self) {
        self.0.store(0, Ordering::SeqCst);
    }

    fn set(&self, handle: Handle, found: u8) {
        self.0.store(Self::word(handle, found), Ordering::SeqCst);
    }

    fn read(&self, handle: Handle) -> Option<u8> {
        let word = self.0.load(Ordering::SeqCst);
        (word == Self::word(handle, word as u8)).then_some(word as u8)
    }
}

const ABANDONED: u32 = u32::MAX;

/// In this order for the reason that [`Slot`] gives.
#[repr(C)]
struct Content<T> {
    value: Option<T>,
    generation: usize,
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
pub struct Guard<T: 'static> {
    content: MutexGuard<'static, RawLock, Content<T>>,
    note: &'static Note,
}

impl<T> Deref for Guard<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // A guard is only made for a slot with a value, and nothing takes it out while the lock is held.
        self.content.value.as_ref().expect("guarded slot holds a value")
    }
}

impl<T> DerefMut for Guard<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.content.value.as_mut().expect("guarded slot holds a value")
    }
}

impl<T> Guard<T> {
    /// Runs `f` while the object is not locked. Afterwards it may be another thread that owns the slot's content:
    /// [`Guard::names`] tells.
    pub fn unlocked<R>(guard: &mut Self, f: impl FnOnce() -> R) -> R {
        let result = MutexGuard::unlocked(&mut guard.content, f);
        guard.note.0.store(0, Ordering::Relaxed);
        result
    }

    /// Leaves a note for [`Table::noted`], which is good until the object is locked again or the note cleared. What would
    /// clear it must be kept from happening meanwhile.
    pub fn leave_note(guard: &Self, handle: Handle, found: u8) {
        guard.note.set(handle, found);
    }

    /// Whether the guarded object is still the one that `handle` names.
    pub fn names(guard: &Self, handle: Handle) -> bool {
        guard.content.generation == handle.generation() && guard.content.value.is_some()
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
        // Where nearly all are.
        if index < FIRST_SEGMENT {
            return self.segments[0].get()?.get(index);
        }
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
        let empty = |_| Slot {
            born: AtomicU32::new(0),
            note: Note::default(),
            content: Lock::new(Content { value: None, generation: 0 }),
        };
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
        slot.note.0.store(0, Ordering::Relaxed);
        let valid = content.generation == handle.generation() && content.value.is_some();
        valid.then_some(Guard { content, note: &slot.note })
    }

    /// The note left by the one who had the object last, if it still holds. Takes no lock.
    #[inline]
    pub fn noted(&'static self, handle: Handle) -> Option<u8> {
        let slot = self.slot(handle.index()).filter(|_| handle.tag() == self.tag)?;
        let own = slot.born.load(Ordering::Relaxed) == fork::generation();
        slot.note.read(handle).filter(|_| own)
    }

    /// Where the object's notes stand, for somebody who clears them without a lock.
    pub fn note(&'static self, handle: Handle) -> Option<&'static Note> {
        self.slot(handle.index()).map(|slot| &slot.note)
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
        let value = guard.content.value.take();
        drop(guard);
        self.free.lock().slots.push_back(handle.index());
        value
    }
}

#[cfg(all(test, not(loom)))]
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
        Guard::leave_note(&TABLE.lock(handles[8]).unwrap(), handles[8], 5);
        assert_eq!((TABLE.noted(handles[8]), TABLE.noted(handles[9])), (Some(5), None));
        drop(TABLE.lock(handles[8]));
        assert_eq!(TABLE.noted(handles[8]), None, "who locks the object may change it");
        Guard::leave_note(&TABLE.lock(handles[8]).unwrap(), handles[8], 5);
        TABLE.note(handles[8]).unwrap().clear();
        assert_eq!(TABLE.noted(handles[8]), None);
        Guard::leave_note(&TABLE.lock(handles[8]).unwrap(), handles[8], 5);
        TABLE.remove(handles[8]);
        assert_eq!(TABLE.noted(handles[8]), None);
        for foreign in [0, 1, usize::MAX, 0x7fff_1234_5670, 0x7fff_1234_5671] {
            assert!(TABLE.lock(Handle(foreign)).is_none());
        }
    }
}

#[cfg(all(test, loom))]
mod loom_models {
    use super::*;
    use loom::sync::atomic::AtomicU32 as Epoch;
    use loom::sync::{Arc, Mutex};

    /// As zmq_poll and a socket's mailbox have it: commands under a lock, a note, and a count that sleepers compare.
    struct Place {
        commands: Mutex<u32>,
        note: Note,
        epoch: Epoch,
    }

    const NAME: Handle = Handle(0x10);

    /// What the one who looks finds: the noted answer, or whether there are commands, which is then noted.
    fn look(place: &Place) -> u8 {
        place.note.read(NAME).unwrap_or_else(|| {
            let found = u8::from(std::mem::take(&mut *place.commands.lock().unwrap()) > 0);
            // Held until the note is there, or the model fails.
            let commands = place.commands.lock().unwrap();
            if *commands == 0 {
                place.note.set(NAME, found);
            }
            found
        })
    }

    #[test]
    fn nobody_sleeps_over_a_command_because_of_a_note() {
        loom::model(|| {
            let (commands, epoch) = (Mutex::new(0), Epoch::new(0));
            let place = Arc::new(Place { commands, note: Note::default(), epoch });
            let poster = {
                let place = place.clone();
                loom::thread::spawn(move || {
                    let mut commands = place.commands.lock().unwrap();
                    *commands += 1;
                    place.note.clear();
                    drop(commands);
                    place.epoch.fetch_add(1, Ordering::SeqCst);
                })
            };
            let mut before = 0;
            let found = (0..2).any(|_| {
                before = place.epoch.load(Ordering::SeqCst);
                look(&place) > 0
            });
            poster.join().unwrap();
            assert!(found || place.epoch.load(Ordering::SeqCst) != before, "asleep with a command in the mailbox");
        });
    }
}
