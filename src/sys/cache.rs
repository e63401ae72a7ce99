//! Calling memory into the processor's cache before it is needed. Used where one thread works through what another has just
//! written: queues and what they hold.

/// Bytes of a cache line.
pub const LINE: usize = 64;

/// Calls the line of this address. Any address will do: nothing is read as far as the program can see.
#[inline(always)]
pub fn fetch<T>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch changes nothing, and faults nowhere.
    unsafe {
        use std::arch::x86_64::{_mm_prefetch, _MM_HINT_T0};
        _mm_prefetch::<_MM_HINT_T0>(address.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// As [`fetch`], for a line that is to be written: another processor that has it is asked to give it up.
#[inline(always)]
pub fn fetch_to_write<T>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch changes nothing, and faults nowhere. Processors of 64 bits without the instruction pass over it.
    unsafe {
        std::arch::asm!("prefetchw [{}]", in(reg) address, options(nostack, preserves_flags, readonly));
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
