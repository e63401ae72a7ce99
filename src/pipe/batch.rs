//! What the ends of pipes tell each other while a thread passes many messages on: kept back until it is done.
//!
//! Who waits for a pipe is woken by the first message, and would then race the thread that writes the second. Within a
//! [`Batch`] the news waits for the batch's end, so that the woken finds everything, in one go. Used where a batch is short
//! and its length known; messages themselves are visible at once.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::{PipeEvent, Wake};

struct News {
    owner: Arc<dyn Wake>,
    token: u64,
    event: PipeEvent,
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static KEPT: RefCell<Vec<News>> = const { RefCell::new(Vec::new()) };
}

/// Tells `owner` of an event, now or at the end of the running batch.
pub(super) fn tell(owner: &Arc<dyn Wake>, token: u64, event: PipeEvent) {
    let news = || News { owner: owner.clone(), token, event };
    // During thread exit the list may be gone already; then nothing is kept back.
    let kept = DEPTH.get() > 0 && KEPT.try_with(|list| list.borrow_mut().push(news())).is_ok();
    if !kept {
        owner.pipe_event(token, event);
    }
}

/// While it lives, this thread's news waits. Drop it after the locks that the woken will want.
pub struct Batch(std::marker::PhantomData<*const ()>);

impl Batch {
    /// Begins (or nests) a batch on this thread.
    #[must_use]
    pub fn begin() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        Self(std::marker::PhantomData)
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        if DEPTH.get() > 0 {
            return;
        }
        let mut kept = KEPT.try_with(RefCell::take).unwrap_or_default();
        // All are told before one is woken: a thread that serves many sockets would take the processor with the first, and
        // sleep again at the next.
        kept.retain(|n| n.owner.batch_event(n.token, n.event));
        kept.drain(..).for_each(|n| n.owner.batch_over());
        // The list's memory serves the next batch.
        let _ = KEPT.try_with(|list| list.replace(kept));
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::{pair, Side, NO_MARK};
    use super::*;
    use crate::msg::Msg;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[derive(Default)]
    struct Ear {
        single: AtomicU32,
        batched: AtomicU32,
        over: AtomicU32,
    }

    impl Ear {
        fn heard(&self) -> [u32; 3] {
            [&self.single, &self.batched, &self.over].map(|n| n.load(Ordering::SeqCst))
        }
    }

    impl Wake for Ear {
        fn pipe_event(&self, _: u64, _: PipeEvent) {
            self.single.fetch_add(1, Ordering::SeqCst);
        }

        fn batch_event(&self, _: u64, _: PipeEvent) -> bool {
            self.batched.fetch_add(1, Ordering::SeqCst);
            true
        }

        fn batch_over(&self) {
            self.over.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn news_waits_for_the_end_of_the_outermost_batch() {
        let side = Side { send_mark: NO_MARK, recv_mark: NO_MARK };
        let (mut a, mut b) = pair(side, side, false);
        let ear = Arc::new(Ear::default());
        b.attach(ear.clone(), 1);
        assert!(b.read().is_none());
        let outer = Batch::begin();
        drop(Batch::begin());
        a.write(Msg::new()).unwrap();
        a.flush();
        drop(Batch::begin());
        assert_eq!(ear.heard(), [0; 3]);
        assert!(b.read().is_some() && b.read().is_none(), "the message itself did not wait");
        drop(outer);
        assert_eq!(ear.heard(), [0, 1, 1]);
        a.write(Msg::new()).unwrap();
        a.flush();
        assert_eq!(ear.heard(), [1, 1, 1], "without a batch the news comes at once");
    }
}
