//! What the fuzz targets and `tests/corpus.rs` (which includes this file) share: a body is run while an allocator counts, and
//! may not hold more memory than its input allows. Bodies of messages come from malloc and are not counted here; the targets
//! themselves look at those that grow.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What a body may hold at a time, in bytes: so much whatever its input, and so much for each octet of it. Transcripts of a
/// fuzzed dialogue, which are text, are the largest part.
const FIXED: usize = 1 << 20;
const PER_OCTET: usize = 8 * 1024;

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    HELD.set(HELD.get().wrapping_add(bytes));
    PEAK.set(PEAK.get().max(HELD.get()));
}

// SAFETY: the system's allocator does the work; the counters have no destructors and allocate nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// Runs a body. Panics when it does, or when it held too much memory.
pub fn run(body: fn(&[u8]), data: &[u8]) {
    let before = HELD.get();
    PEAK.set(before);
    body(data);
    let held = PEAK.get() - before;
    assert!(held as usize <= FIXED + PER_OCTET * data.len(), "{held} bytes held for {} octets", data.len());
}

/// The whole of a target for libFuzzer.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        libfuzzer_sys::fuzz_target!(|data: &[u8]| {
            $crate::run(zmq::fuzz::body($name).expect("the name stands in the table"), data);
        });
    };
}
