//! Memory for message bodies. One thread allocates a body and another one frees it, again and again: that is the worst case
//! of a general allocator, so blocks of common sizes go round in pools of their own.
//!
//! Each thread keeps a few free blocks of each size class. A thread that frees more than it allocates hands them over in
//! chains, through a depot, to threads that allocate more than they free: one lock for a whole chain. What the depot has no
//! use for goes back to the system, and sizes beyond the classes never leave it.

use std::cell::Cell;
use std::ptr::{self, NonNull};

use libc::c_void;
use parking_lot::Mutex;

/// Block sizes in bytes.
const CLASSES: [usize; 13] = [128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192];

/// Largest pooled block, in bytes.
pub(super) const LARGEST: usize = CLASSES[CLASSES.len() - 1];

/// Class number of blocks that come from the system as they are.
pub(super) const NO_CLASS: u32 = u32::MAX;

/// Chains of one class that the depot keeps: at most 4 MiB.
const DEPOT_BYTES: usize = 4 << 20;

/// Blocks in a chain of a class: 32 KiB, but not too few and not too many blocks.
const fn chain_length(class: usize) -> usize {
    let n = (32 << 10) / CLASSES[class];
    if n > 32 {
        32
    } else {
        n
    }
}

/// A free block: its first word links to the next.
struct Free {
    next: *mut Free,
}

/// Free blocks of one class, linked.
#[derive(Clone, Copy)]
struct Chain {
    first: *mut Free,
    count: usize,
}

const EMPTY: Chain = Chain { first: ptr::null_mut(), count: 0 };

// SAFETY: the blocks of a chain belong to whoever owns the chain.
unsafe impl Send for Chain {}

impl Chain {
    fn pop(&mut self) -> Option<NonNull<c_void>> {
        let block = NonNull::new(self.first)?;
        // SAFETY: a chain holds free blocks of its own, each with a valid link.
        self.first = unsafe { block.as_ref().next };
        self.count -= 1;
        Some(block.cast())
    }

    /// # Safety
    /// `block` is owned by the caller and as large as the class says.
    unsafe fn push(&mut self, block: NonNull<c_void>) {
        let block = block.cast::<Free>().as_ptr();
        // SAFETY: owned, large enough for a link, aligned as malloc aligns.
        unsafe { block.write(Free { next: self.first }) };
        self.first = block;
        self.count += 1;
    }

    fn give_to_system(mut self) {
        while let Some(block) = self.pop() {
            // SAFETY: every block came from malloc.
            unsafe { libc::free(block.as_ptr()) };
        }
    }
}

/// One class's part of a thread's cache: two chains, so that a thread that stands at the border of one does not go to the
/// depot with every block.
struct Shelf {
    open: Cell<Chain>,
    full: Cell<Chain>,
}

struct Cache([Shelf; CLASSES.len()]);

impl Drop for Cache {
    fn drop(&mut self) {
        for (class, shelf) in self.0.iter().enumerate() {
            [&shelf.open, &shelf.full].into_iter().for_each(|chain| deposit(class, chain.replace(EMPTY)));
        }
    }
}

thread_local! {
    static CACHE: Cache =
        const { Cache([const { Shelf { open: Cell::new(EMPTY), full: Cell::new(EMPTY) } }; CLASSES.len()]) };
}

/// Chains between threads. Its locks are only tried: in the child of a fork they may be held for ever.
static DEPOT: [Mutex<Vec<Chain>>; CLASSES.len()] = [const { Mutex::new(Vec::new()) }; CLASSES.len()];

fn deposit(class: usize, chain: Chain) {
    if chain.count == 0 {
        return;
    }
    if let Some(mut chains) = DEPOT[class].try_lock() {
        if chains.len() * chain_length(class) * CLASSES[class] < DEPOT_BYTES {
            return chains.push(chain);
        }
    }
    chain.give_to_system();
}

/// A block of at least `size` bytes, aligned for any fundamental type, and its class. None when the heap is exhausted.
pub(super) fn allocate(size: usize) -> Option<(NonNull<c_void>, u32)> {
    let class = CLASSES.partition_point(|&s| s < size);
    if class == CLASSES.len() {
        // SAFETY: malloc may be called with any size.
        return Some((NonNull::new(unsafe { libc::malloc(size) })?, NO_CLASS));
    }
    // During thread exit the cache is gone; then the system serves.
    let cached = CACHE.try_with(|cache| take(&cache.0[class], class)).ok().flatten();
    // SAFETY: as above.
    let block = cached.or_else(|| NonNull::new(unsafe { libc::malloc(CLASSES[class]) }))?;
    Some((block, class as u32))
}

fn take(shelf: &Shelf, class: usize) -> Option<NonNull<c_void>> {
    let mut open = shelf.open.get();
    if open.count == 0 {
        open = shelf.full.replace(EMPTY);
        if open.count == 0 {
            open = DEPOT[class].try_lock()?.pop()?;
        }
    }
    let block = open.pop();
    shelf.open.set(open);
    block
}

/// Gives a block back.
///
/// # Safety
/// `block` and `class` are what [`allocate`] gave, and the block is not used any more.
pub(super) unsafe fn free(block: NonNull<c_void>, class: u32) {
    let kept = CLASSES.get(class as usize).is_some()
        // SAFETY: owned by the caller, and of that class, by contract.
        && CACHE.try_with(|cache| unsafe { put(&cache.0[class as usize], class as usize, block) }).is_ok();
    if !kept {
        // SAFETY: every block came from malloc, and nobody else has it.
        unsafe { libc::free(block.as_ptr()) };
    }
}

/// # Safety
/// As for [`free`].
unsafe fn put(shelf: &Shelf, class: usize, block: NonNull<c_void>) {
    let mut open = shelf.open.get();
    if open.count >= chain_length(class) {
        deposit(class, shelf.full.replace(open));
        open = EMPTY;
    }
    // SAFETY: by contract.
    unsafe { open.push(block) };
    shelf.open.set(open);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_a_block_of_its_own() {
        let sizes = (1..9000).step_by(37).chain([128, 129, 8192, 8193, 100_000]);
        let blocks: Vec<_> = sizes
            .map(|size| {
                let (block, class) = allocate(size).unwrap();
                assert!(CLASSES.get(class as usize).is_none_or(|&c| c >= size));
                // SAFETY: the block has `size` bytes.
                unsafe { ptr::write_bytes(block.as_ptr().cast::<u8>(), size as u8, size) };
                (block, class, size)
            })
            .collect();
        for (block, class, size) in blocks {
            // SAFETY: written above, freed once.
            unsafe {
                let bytes = std::slice::from_raw_parts(block.as_ptr().cast::<u8>(), size);
                assert!(bytes.iter().all(|&b| b == size as u8));
                free(block, class);
            }
        }
    }

    #[test]
    fn blocks_go_from_thread_to_thread_and_back() {
        struct Sent(NonNull<c_void>, u32);
        // SAFETY: the block belongs to whoever has it.
        unsafe impl Send for Sent {}
        let (tx, rx) = std::sync::mpsc::sync_channel::<Sent>(500);
        let consumer = std::thread::spawn(move || {
            // SAFETY: each block is freed once.
            rx.iter().for_each(|Sent(block, class)| unsafe { free(block, class) });
        });
        let mut distinct = std::collections::HashSet::new();
        for _ in 0..100_000 {
            let (block, class) = allocate(1000).unwrap();
            distinct.insert(block);
            tx.send(Sent(block, class)).unwrap();
        }
        drop(tx);
        consumer.join().unwrap();
        assert!(distinct.len() < 5_000, "{} blocks for a queue of 500", distinct.len());
    }
}
