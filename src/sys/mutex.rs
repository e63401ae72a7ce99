//! A mutex for what a thread is woken about, and looks at when it wakes: std's, whose poison means nothing here (a panic is
//! caught at the C ABI, and what is locked is whole at each step).
//!
//! The waker may still hold the lock, displaced by the thread that it woke. Who finds this mutex taken looks for a moment and
//! sleeps until it is free. parking_lot's, which the loops use, first lets others run (sched_yield); that is cheaper where the
//! holder is on another processor, but a system that counts the rest of such a turn as used up (Linux 6.18) lets all other
//! threads have theirs before, milliseconds each. Used by mailboxes and signals of sockets.

use std::sync::{Mutex as Inner, MutexGuard, PoisonError};

/// See the module comment.
#[derive(Debug, Default)]
pub struct Mutex<T>(Inner<T>);

impl<T> Mutex<T> {
    /// Waits until it is free.
    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
