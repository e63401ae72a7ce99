//! Message bodies that do not fit into the 64-byte value: counted blocks, foreign memory, and growing bodies.
//!
//! A block holds header and payload and comes from the pools of `blocks.rs`, so that an exhausted heap is an ENOMEM and never an abort. A foreign body
//! keeps the caller's pointer and calls the caller's free function exactly once, on whichever thread drops the last
//! reference, but never while that thread holds a lock of this library: see [`Deferral`].

use std::cell::{Cell, RefCell};
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::atomic::{fence, AtomicU32, Ordering};

use libc::{c_void, size_t};

use super::blocks;
use crate::error::{Error, Result};

/// `zmq_free_fn` of zmq.h: called with the data pointer and the hint.
pub type FreeFn = unsafe extern "C" fn(data: *mut c_void, hint: *mut c_void);

/// Header of a counted body. The payload of an owned body follows it in the same block.
#[repr(C)]
pub(super) struct Content {
    refs: AtomicU32,
    /// Of the block, for `blocks::free`.
    class: u32,
    free: Option<FreeFn>,
    hint: *mut c_void,
    pub(super) data: *mut u8,
    pub(super) size: usize,
}

const HEADER: usize = std::mem::size_of::<Content>();

/// Largest body that begins right behind its header, in bytes.
pub(super) const SNUG: usize = blocks::SNUG_LARGEST - HEADER;

/// Bodies above [`SNUG`] begin at multiples of this, in bytes: the kernel and memcpy move them faster then.
const ALIGN: usize = 64;

/// Largest body whose block is a pooled one, in bytes.
const POOLED: usize = blocks::LARGEST - HEADER - ALIGN;

/// A counted reference to a [`Content`]; what `Msg` keeps in its body for messages beyond the inline size.
pub(super) type ContentPtr = NonNull<Content>;

/// Bytes of a block for a body of `size` bytes. ENOMEM when that is absurd.
#[inline]
fn block_size(size: usize) -> Result<usize> {
    let around = if size > SNUG { HEADER + ALIGN } else { HEADER };
    size.checked_add(around).filter(|&total| total <= isize::MAX as usize).ok_or(Error::ENOMEM)
}

/// Allocates an owned body of `size` uninitialised bytes. ENOMEM when the heap is exhausted or the size absurd.
#[inline]
pub(super) fn allocate(size: usize) -> Result<ContentPtr> {
    let block = blocks::allocate(block_size(size)?).ok_or(Error::ENOMEM)?;
    // SAFETY: a fresh block of the size that belongs to such a body.
    Ok(unsafe { furnish(block, size) })
}

/// Bytes that fit into a block to read into.
pub(super) const INTAKE: usize = blocks::INTAKE_SIZE - HEADER - ALIGN;

/// [`INTAKE`] bytes to read into. ENOMEM.
pub(super) fn allocate_intake() -> Result<ContentPtr> {
    let block = blocks::allocate_intake().ok_or(Error::ENOMEM)?;
    // SAFETY: as above.
    Ok(unsafe { furnish(block, INTAKE) })
}

/// As [`allocate`], if there is a free block in the pools.
fn allocate_ready(size: usize) -> Option<ContentPtr> {
    let block = blocks::allocate_ready(block_size(size).ok()?)?;
    // SAFETY: as above.
    Some(unsafe { furnish(block, size) })
}

/// Writes the header of an owned body.
///
/// # Safety
/// The block is not used yet and has [`block_size`] bytes at least.
#[inline]
unsafe fn furnish((block, class): (NonNull<c_void>, u32), size: usize) -> ContentPtr {
    let block = block.cast::<Content>();
    // SAFETY: the block has room for header, alignment and body, and is aligned for any fundamental type.
    unsafe {
        let mut data = block.as_ptr().cast::<u8>().add(HEADER);
        if size > SNUG {
            data = data.add(data.align_offset(ALIGN));
        }
        let refs = AtomicU32::new(1);
        block.as_ptr().write(Content { refs, class, free: None, hint: std::ptr::null_mut(), data, size });
    }
    block
}

/// Wraps memory of the caller; `free` is called once when the last reference goes.
pub(super) fn adopt(data: *mut u8, size: usize, free: FreeFn, hint: *mut c_void) -> Result<ContentPtr> {
    let (block, class) = blocks::allocate(HEADER).ok_or(Error::ENOMEM)?;
    let block = block.cast::<Content>();
    // SAFETY: the block holds one Content.
    unsafe { block.as_ptr().write(Content { refs: AtomicU32::new(1), class, free: Some(free), hint, data, size }) };
    Ok(block)
}

/// `n` more references.
///
/// # Safety
/// `content` is alive: the caller owns a reference to it.
#[inline]
pub(super) unsafe fn retain(content: ContentPtr, n: u32) {
    // SAFETY: alive by contract. Relaxed: a new reference is made from an existing one.
    unsafe { content.as_ref() }.refs.fetch_add(n, Ordering::Relaxed);
}

/// Whether the caller's is the only reference.
///
/// # Safety
/// As for [`retain`].
pub(super) unsafe fn is_unique(content: ContentPtr) -> bool {
    // SAFETY: alive by contract.
    unsafe { content.as_ref() }.refs.load(Ordering::Acquire) == 1
}

/// Drops the first `n` bytes of an owned body. False for a foreign one, which is freed by its address.
///
/// # Safety
/// As for [`retain`], the reference is the only one, and the body has `n` bytes.
pub(super) unsafe fn cut_front(mut content: ContentPtr, n: usize) -> bool {
    // SAFETY: alive and not shared by contract.
    let c = unsafe { content.as_mut() };
    if c.free.is_some() {
        return false;
    }
    // SAFETY: `n` bytes are within the body.
    c.data = unsafe { c.data.add(n) };
    c.size -= n;
    true
}

/// Gives `n` references back; the last one frees the body.
///
/// # Safety
/// The caller owns `n` references and does not use them any more.
#[inline]
pub(super) unsafe fn release(content: ContentPtr, n: u32) {
    // SAFETY: alive by contract.
    let c = unsafe { content.as_ref() };
    // A sole owner needs no read-modify-write: nobody else can add a reference.
    if c.refs.load(Ordering::Acquire) != n {
        if c.refs.fetch_sub(n, Ordering::Release) != n {
            return;
        }
        fence(Ordering::Acquire);
    }
    if let Some(free) = c.free {
        Deferral::run_or_defer(Foreign { free, data: c.data.cast(), hint: c.hint });
    }
    // SAFETY: the block came from `blocks::allocate` and no reference is left.
    unsafe { blocks::free(content.cast(), c.class) };
}

/// A foreign body whose free function is due.
struct Foreign {
    free: FreeFn,
    data: *mut c_void,
    hint: *mut c_void,
}

impl Foreign {
    fn run(self) {
        // SAFETY: the caller of zmq_msg_init_data promised that the function may be called with these, on any thread.
        unsafe { (self.free)(self.data, self.hint) }
    }
}

thread_local! {
    static STATE: State = const { State { depth: Cell::new(0), pending: Cell::new(false) } };
    static DUE: RefCell<Vec<Foreign>> = const { RefCell::new(Vec::new()) };
}

/// Of this thread; has no destructor, so it is there as long as the thread runs.
struct State {
    /// Deferrals that live.
    depth: Cell<u32>,
    /// Something is in `DUE`.
    pending: Cell<bool>,
}

/// While one of these lives, free functions of foreign bodies that this thread drops wait; the outermost one runs them
/// when it goes. Taken before a lock and dropped after it, so that a callback may call the library again.
pub struct Deferral(*const State);

impl Deferral {
    /// Starts (or nests) a deferral on this thread.
    #[inline]
    #[must_use]
    pub fn begin() -> Self {
        STATE.with(|state| {
            state.depth.set(state.depth.get() + 1);
            Self(state)
        })
    }

    /// Whether free functions wait on this thread.
    pub fn is_due() -> bool {
        STATE.with(|state| state.pending.get())
    }

    /// Runs the free functions that wait on this thread, for a call that goes on for long. The caller holds no lock.
    pub fn run_due() {
        STATE.with(Self::run_pending);
    }

    fn run_or_defer(due: Foreign) {
        let mut slot = Some(due);
        STATE.with(|state| {
            // During thread exit the list may be gone already; then nothing is deferred.
            if state.depth.get() > 0 && DUE.try_with(|list| list.borrow_mut().extend(slot.take())).is_ok() {
                state.pending.set(true);
            }
        });
        if let Some(due) = slot {
            due.run();
        }
    }

    #[cold]
    fn run_pending(state: &State) {
        state.pending.set(false);
        while let Ok(Some(due)) = DUE.try_with(|list| list.borrow_mut().pop()) {
            due.run();
        }
    }
}

impl Drop for Deferral {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a Deferral cannot leave its thread (it holds a pointer), and the state has no destructor.
        let state = unsafe { &*self.0 };
        state.depth.set(state.depth.get() - 1);
        if state.depth.get() == 0 && state.pending.get() {
            Self::run_pending(state);
        }
    }
}

/// A body that is still arriving: its memory grows with what has really been received, so a peer that announces an
/// enormous frame costs nothing until it sends it.
#[repr(C)]
pub struct Growing {
    /// First, for whoever asks whether there is one.
    recycled: bool,
    content: ContentPtr,
    filled: usize,
    capacity: usize,
    size: usize,
}

// SAFETY: the block is owned exclusively until `finish`.
unsafe impl Send for Growing {}

/// What is allocated for a body of which this much has not arrived yet, in bytes.
const FIRST_STEP: usize = 64 * 1024;

impl Growing {
    /// A body that will have `size` bytes, of which `at_hand` have arrived.
    pub fn new(size: usize, at_hand: usize) -> Result<Self> {
        // What lies in the pools has been paid for.
        let ready = Some(size).filter(|&size| size <= POOLED).and_then(allocate_ready);
        let recycled = ready.is_some();
        let capacity = if recycled || at_hand >= FIRST_STEP { size.min(POOLED) } else { size.min(FIRST_STEP) };
        let content = ready.map_or_else(|| allocate(capacity), Ok)?;
        Ok(Self { content, filled: 0, capacity, size, recycled })
    }

    /// Whether its memory lay ready in the pools, so that it has all of it at once.
    pub fn is_recycled(&self) -> bool {
        self.recycled
    }

    /// Bytes that it will have.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Bytes still missing.
    pub fn missing(&self) -> usize {
        self.size - self.filled
    }

    /// Bytes arrived so far.
    pub fn filled(&self) -> usize {
        self.filled
    }

    /// Copies from `input` what is missing (or less) and says how many bytes it took.
    pub fn extend(&mut self, input: &[u8]) -> Result<usize> {
        let mut taken = 0;
        while taken < input.len() && self.missing() > 0 {
            let spare = self.spare()?;
            let n = spare.len().min(input.len() - taken);
            // SAFETY: both sides are n bytes, and a fresh block does not overlap the input.
            unsafe { std::ptr::copy_nonoverlapping(input.as_ptr().add(taken), spare.as_mut_ptr().cast(), n) };
            taken += n;
            // SAFETY: n bytes were just written.
            unsafe { self.advance(n) };
        }
        Ok(taken)
    }

    /// Memory for the next bytes, to read from a descriptor straight into; grows the block when it is full.
    pub fn spare(&mut self) -> Result<&mut [MaybeUninit<u8>]> {
        if self.filled == self.capacity && self.missing() > 0 {
            self.grow()?;
        }
        let n = self.capacity - self.filled;
        // SAFETY: the block's payload has `capacity` bytes; MaybeUninit needs no initialisation.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.content.as_ref().data.add(self.filled).cast(), n) })
    }

    /// Declares `n` bytes of [`Self::spare`] written.
    ///
    /// # Safety
    /// The first `n` bytes of the slice that `spare` returned are initialised.
    pub unsafe fn advance(&mut self, n: usize) {
        debug_assert!(n <= self.capacity - self.filled);
        self.filled += n;
    }

    /// To all that a pooled block has room for, once the first step has come; then to twice as much each time.
    fn grow(&mut self) -> Result<()> {
        let capacity = self.size.min(POOLED.max(self.capacity.saturating_mul(2)));
        // SAFETY: alive.
        if unsafe { self.content.as_ref() }.class == blocks::NO_CLASS {
            self.stretch(capacity)?;
        } else {
            self.relocate(capacity)?;
        }
        self.capacity = capacity;
        Ok(())
    }

    /// To another block.
    fn relocate(&mut self, capacity: usize) -> Result<()> {
        let next = allocate(capacity)?;
        // SAFETY: both blocks have the bytes that were filled; this is the sole owner of the old one.
        unsafe {
            std::ptr::copy_nonoverlapping(self.content.as_ref().data, next.as_ref().data, self.filled);
            release(std::mem::replace(&mut self.content, next), 1);
        }
        Ok(())
    }

    /// In a block of the system's, which moves pages instead of bytes.
    fn stretch(&mut self, capacity: usize) -> Result<()> {
        let total = block_size(capacity)?;
        // SAFETY: alive; the data is within the block.
        let offset = unsafe { self.content.as_ref().data.offset_from(self.content.as_ptr().cast()) };
        // SAFETY: the block came from malloc as it is; on failure it stays as it was.
        let block = unsafe { libc::realloc(self.content.as_ptr().cast(), total) };
        self.content = NonNull::new(block.cast::<Content>()).ok_or(Error::ENOMEM)?;
        // SAFETY: realloc kept the header and what follows it; the offset is one that the size allows for.
        unsafe {
            let c = self.content.as_mut();
            c.data = block.cast::<u8>().offset(offset);
            c.size = capacity;
        }
        Ok(())
    }

    /// The finished body. Call only when nothing is missing.
    pub(super) fn finish(self) -> ContentPtr {
        debug_assert_eq!(self.filled, self.size);
        let content = self.content;
        std::mem::forget(self);
        content
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        // SAFETY: sole owner of an owned body.
        unsafe { release(self.content, 1) };
    }
}

/// `size_t` is what the ABI counts in; this library counts in `usize`.
const _: () = assert!(std::mem::size_of::<size_t>() == std::mem::size_of::<usize>());
