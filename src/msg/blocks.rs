//! Memory for message bodies. One thread allocates a body and another one frees it, again and again: that is the worst case
//! of a general allocator, so blocks of common sizes go round in pools of their own.
//!
//! Each thread keeps a few free blocks of each common size. A thread that frees more than it allocates hands them over in
//! chains, through a depot, to threads that allocate more than they free: one lock for a whole chain. Larger blocks go to the
//! depot one by one: their content costs far more than a lock, and a thread that kept some would keep much. The depot is a
//! stack, so that what comes back is what was used last and is still in the processor's cache. It keeps [`BUDGET`] bytes at
//! most; the rest goes back to the system, as does everything when nothing has happened for a while ([`tidy`]), and sizes
//! beyond the classes never leave it.
//!
//! What loops read into (`intake.rs`) comes from the depot as well, in a class of its own: it is no message under way, so it does
//! not count in the tide.

use std::cell::Cell;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use libc::c_void;
use parking_lot::{Mutex, MutexGuard};

use super::tide;
use crate::sys::cache;

/// Block sizes in bytes, such that bodies of 2^n bytes waste little.
const CLASSES: [usize; BODIES + 1] = classes();
/// Classes for bodies: two for each power of two up to 4 MiB.
const BODIES: usize = 31;
/// Those of bodies that begin right behind their header; in larger blocks there is room to align them.
const SNUG: usize = 13;
/// Those of which each thread keeps some: up to 16 KiB.
const SHELVED: usize = 15;
/// The class of what loops read into.
const INTAKE: usize = BODIES;
/// Bytes of its blocks.
pub(super) const INTAKE_SIZE: usize = (32 << 10) + SPARE_LARGE;
/// What each class has above a round number, in bytes: the header of a body and its alignment.
const SPARE: usize = 64;
const SPARE_LARGE: usize = 128;

const fn classes() -> [usize; BODIES + 1] {
    let mut sizes = [128; BODIES + 1];
    sizes[INTAKE] = INTAKE_SIZE;
    let mut i = 1;
    while i < BODIES {
        // 128, 192, 256, 384, 512 ...
        let round = (128 << (i / 2)) * (2 + i % 2) / 2;
        let spare = if i < SNUG { SPARE } else { SPARE_LARGE };
        // 192 has room for 128 and a header already.
        sizes[i] = if i == 1 { round } else { round + spare };
        i += 1;
    }
    sizes
}

/// Largest block without room to align the body, in bytes.
pub(super) const SNUG_LARGEST: usize = CLASSES[SNUG - 1];

/// Largest pooled block, in bytes.
pub(super) const LARGEST: usize = CLASSES[BODIES - 1];

/// Class number of blocks that come from the system as they are.
pub(super) const NO_CLASS: u32 = u32::MAX;

/// Bytes of all blocks that the depot keeps.
const BUDGET: usize = 32 << 20;

/// Time after which blocks that nobody wants go back to the system.
const UNUSED: Duration = Duration::from_secs(1);

/// Blocks of pooled sizes from this on are mapped, in bytes.
const MAPPED: usize = 128 << 10;

/// Attempts at a lock that is held for a few instructions only.
const TRIES: usize = 100;

/// Most bytes of a chain: 64 KiB of bodies, and what blocks have beside them.
const CHAIN: usize = 68 << 10;

/// Blocks in a chain of a class: [`CHAIN`] bytes, but not too many blocks.
const fn chain_length(class: usize) -> usize {
    let n = CHAIN / CLASSES[class];
    match n {
        0 => 1,
        1..=32 => n,
        _ => 32,
    }
}

/// How many blocks ahead they are called into the cache, and how many lines of each: its header, and a small body. Another
/// processor used them last, and to get a line from there can take as long as several messages.
const CALLED: usize = 4;
const CALLED_LINES: usize = 2;

/// A free block: its first words are the addresses of those behind it in the chain, the nearest first.
struct Free {
    behind: [*mut Free; CALLED],
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
        // SAFETY: a chain holds free blocks of its own, each with valid links.
        let behind = unsafe { block.as_ref().behind };
        self.first = behind[0];
        self.count -= 1;
        let later = behind[CALLED - 1].cast::<u8>();
        (0..CALLED_LINES).for_each(|line| cache::fetch_to_write(later.wrapping_add(line * cache::LINE)));
        Some(block.cast())
    }

    /// Calls the blocks next in turn into the cache.
    fn call(&self) {
        // SAFETY: the first block, if there is one, is the chain's.
        let Some(first) = (unsafe { self.first.as_ref() }) else { return };
        first.behind[..CALLED - 1].iter().for_each(|&block| cache::fetch_to_write(block.cast::<u8>()));
    }

    /// # Safety
    /// `block` is owned by the caller and as large as the class says.
    unsafe fn push(&mut self, block: NonNull<c_void>) {
        let block = block.cast::<Free>().as_ptr();
        let mut behind = [self.first; CALLED];
        // SAFETY: the first block, if there is one, is the chain's.
        if let Some(first) = unsafe { self.first.as_ref() } {
            behind[1..].copy_from_slice(&first.behind[..CALLED - 1]);
        }
        // SAFETY: owned, large enough for the links, aligned as malloc aligns.
        unsafe { block.write(Free { behind }) };
        self.first = block;
        self.count += 1;
    }

    fn give_to_system(mut self, class: usize) {
        while let Some(block) = self.pop() {
            // SAFETY: a block of that class, and the chain's own.
            unsafe { free_by_system(block, class) };
        }
    }
}

/// One class's part of a thread's cache: two chains, so that a thread that stands at the border of one does not go to the
/// depot with every block.
struct Shelf {
    open: Cell<Chain>,
    full: Cell<Chain>,
}

struct Cache([Shelf; SHELVED]);

impl Drop for Cache {
    fn drop(&mut self) {
        for (class, shelf) in self.0.iter().enumerate() {
            [&shelf.open, &shelf.full].into_iter().for_each(|chain| deposit(class, chain.replace(EMPTY)));
        }
    }
}

thread_local! {
    static CACHE: Cache =
        const { Cache([const { Shelf { open: Cell::new(EMPTY), full: Cell::new(EMPTY) } }; SHELVED]) };
}

/// Chains between threads. Its locks are only tried: in the child of a fork they may be held for ever.
static DEPOT: [Mutex<Vec<Chain>>; CLASSES.len()] = [const { Mutex::new(Vec::new()) }; CLASSES.len()];

/// Bytes of all blocks in the depot, and some that are just coming or going.
static KEPT: AtomicUsize = AtomicUsize::new(0);

/// Chains that have come and gone.
static MOVES: AtomicUsize = AtomicUsize::new(0);

/// What [`MOVES`] was at the last look of [`tidy`], and since when.
static SEEN: Mutex<Option<(usize, Instant)>> = Mutex::new(None);

fn chains_of(class: usize) -> Option<MutexGuard<'static, Vec<Chain>>> {
    let attempt = || {
        std::hint::spin_loop();
        DEPOT[class].try_lock()
    };
    DEPOT[class].try_lock().or_else(|| (0..TRIES).find_map(|_| attempt()))
}

fn deposit(class: usize, chain: Chain) {
    if chain.count == 0 {
        return;
    }
    MOVES.fetch_add(1, Ordering::Relaxed);
    let bytes = chain.count * CLASSES[class];
    if KEPT.fetch_add(bytes, Ordering::Relaxed) + bytes <= BUDGET {
        if let Some(mut chains) = chains_of(class) {
            return chains.push(chain);
        }
    }
    KEPT.fetch_sub(bytes, Ordering::Relaxed);
    chain.give_to_system(class);
}

fn withdraw(class: usize) -> Option<Chain> {
    let chain = chains_of(class)?.pop()?;
    MOVES.fetch_add(1, Ordering::Relaxed);
    KEPT.fetch_sub(chain.count * CLASSES[class], Ordering::Relaxed);
    Some(chain)
}

/// Gives back what the depot keeps if nothing has come or gone for [`UNUSED`] since an earlier call saw it, and says when to
/// call again; None when the depot is empty. Cheap enough to be called whenever a thread goes to sleep.
pub fn tidy(now: Instant) -> Option<Duration> {
    if KEPT.load(Ordering::Relaxed) == 0 {
        return None;
    }
    let mut seen = SEEN.try_lock()?;
    let moves = MOVES.load(Ordering::Relaxed);
    match *seen {
        Some((then, since)) if then == moves => {
            let left = UNUSED.saturating_sub(now.saturating_duration_since(since));
            if left.is_zero() {
                *seen = None;
                give_back();
            }
            Some(left).filter(|left| !left.is_zero())
        }
        _ => {
            *seen = Some((moves, now));
            Some(UNUSED)
        }
    }
}

/// Gives what the depot keeps back to the system.
pub fn give_back() {
    for class in 0..CLASSES.len() {
        while let Some(chain) = withdraw(class) {
            chain.give_to_system(class);
        }
    }
}

/// A block of at least `size` bytes, aligned for any fundamental type, and its class. None when the heap is exhausted.
pub(super) fn allocate(size: usize) -> Option<(NonNull<c_void>, u32)> {
    let Some(class) = class_of(size) else {
        // SAFETY: malloc may be called with any size.
        return Some((NonNull::new(unsafe { libc::malloc(size) })?, NO_CLASS));
    };
    let block = pooled(class).or_else(|| allocate_by_system(class))?;
    Some(taken(block, class))
}

/// As [`allocate`], from what lies ready only.
pub(super) fn allocate_ready(size: usize) -> Option<(NonNull<c_void>, u32)> {
    let class = class_of(size)?;
    Some(taken(pooled(class)?, class))
}

/// As [`allocate`], a block to read into, of [`INTAKE_SIZE`] bytes.
pub(super) fn allocate_intake() -> Option<(NonNull<c_void>, u32)> {
    let block = pooled(INTAKE).or_else(|| allocate_by_system(INTAKE))?;
    Some((block, INTAKE as u32))
}

/// The block goes into use.
fn taken(block: NonNull<c_void>, class: usize) -> (NonNull<c_void>, u32) {
    if class >= SHELVED {
        tide::goes(CLASSES[class]);
    }
    (block, class as u32)
}

/// The smallest class that has room for `size` bytes.
#[inline]
fn class_of(size: usize) -> Option<usize> {
    if size > SNUG_LARGEST {
        return (size <= LARGEST).then(|| class_of_round(size - SPARE_LARGE).max(SNUG));
    }
    Some(if size <= CLASSES[1] { usize::from(size > CLASSES[0]) } else { class_of_round(size - SPARE).max(2) })
}

/// The number of the smallest of 128, 192, 256, 384, 512 ... that is not below `round`, which is more than 128.
#[inline]
fn class_of_round(round: usize) -> usize {
    let power = (round - 1).ilog2() as usize;
    2 * (power - 7) + 1 + usize::from(round > 3 << (power - 1))
}

fn pooled(class: usize) -> Option<NonNull<c_void>> {
    if class >= SHELVED {
        return withdraw(class)?.pop();
    }
    // During thread exit the cache is gone; then the system serves.
    CACHE.try_with(|cache| take(&cache.0[class], class)).ok().flatten()
}

fn take(shelf: &Shelf, class: usize) -> Option<NonNull<c_void>> {
    let mut open = shelf.open.get();
    if open.count == 0 {
        open = shelf.full.replace(EMPTY);
        if open.count == 0 {
            open = withdraw(class)?;
            open.call();
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
    let class = class as usize;
    if (SHELVED..CLASSES.len()).contains(&class) {
        let mut single = EMPTY;
        // SAFETY: owned by the caller, and of that class, by contract.
        unsafe { single.push(block) };
        deposit(class, single);
        if class != INTAKE {
            tide::returns(CLASSES[class]);
        }
        return;
    }
    // SAFETY: as above.
    let kept = class < SHELVED && CACHE.try_with(|cache| unsafe { put(&cache.0[class], class, block) }).is_ok();
    if !kept {
        // SAFETY: as above. Blocks without a class came from malloc.
        unsafe { free_by_system(block, class) };
    }
}

/// Large blocks are mappings of their own: a general allocator would keep them for ever behind any small one.
fn is_mapped(class: usize) -> bool {
    CLASSES.get(class).is_some_and(|&size| size >= MAPPED)
}

fn allocate_by_system(class: usize) -> Option<NonNull<c_void>> {
    if !is_mapped(class) {
        // SAFETY: malloc may be called with any size.
        return NonNull::new(unsafe { libc::malloc(CLASSES[class]) });
    }
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANON);
    // SAFETY: a new mapping, where the system likes.
    let block = unsafe { libc::mmap(ptr::null_mut(), CLASSES[class], access, kind, -1, 0) };
    NonNull::new(block).filter(|_| block != libc::MAP_FAILED)
}

/// # Safety
/// As for [`free`].
unsafe fn free_by_system(block: NonNull<c_void>, class: usize) {
    // SAFETY: where the block came from follows from its class; nobody else has it.
    unsafe {
        if is_mapped(class) {
            libc::munmap(block.as_ptr(), CLASSES[class]);
        } else {
            libc::free(block.as_ptr());
        }
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
    fn the_class_of_a_size_is_the_smallest_that_fits() {
        let around = CLASSES.iter().flat_map(|&c| c.saturating_sub(130)..c + 130);
        for size in (0..20_000).chain(around.filter(|&size| size > 0)) {
            let class = CLASSES[..BODIES].partition_point(|&c| c < size);
            assert_eq!(class_of(size), Some(class).filter(|&c| c < BODIES), "{size}");
        }
    }

    #[test]
    fn every_size_gets_a_block_of_its_own() {
        let sizes = (1..9000).step_by(37).chain([128, 129, 8192, 8193, 8256, 8257, 100_000, LARGEST, LARGEST + 1]);
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

    /// The only test that may look at the depot as a whole: it and the others share it.
    #[test]
    fn the_depot_keeps_large_blocks_within_its_budget_and_gives_them_back() {
        let size = 1 << 20;
        let blocks: Vec<_> = (0..64).map(|_| allocate(size).unwrap()).collect();
        // SAFETY: each is freed once.
        blocks.into_iter().for_each(|(block, class)| unsafe { free(block, class) });
        let kept = KEPT.load(Ordering::Relaxed);
        assert!(kept > BUDGET / 2 && kept <= BUDGET + (1 << 20), "{kept}");
        let class = class_of(size).unwrap();
        assert!(!DEPOT[class].lock().is_empty());
        let now = Instant::now();
        // Others may use the pools meanwhile; then it only takes longer.
        assert!((1..1000).any(|i| tidy(now + i * UNUSED).is_none()));
        assert!(DEPOT[class].lock().is_empty());
    }
}
