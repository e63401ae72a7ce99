//! A corked reader is called after each armful, on the writer's thread, and otherwise left alone.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;

use super::{pair, PipeEvent, Side, Wake, ARMFUL, NO_MARK};
use crate::msg::Msg;

#[derive(Default)]
struct Ear {
    events: AtomicU32,
    armfuls: AtomicU32,
}

impl Wake for Ear {
    fn pipe_event(&self, _: u64, _: PipeEvent) {
        self.events.fetch_add(1, Ordering::SeqCst);
    }

    fn take_over(&self, token: u64) {
        assert_eq!(token, 7);
        self.armfuls.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn armfuls_are_told_while_the_reader_is_corked() {
    let side = Side { send_mark: NO_MARK, recv_mark: NO_MARK };
    let (mut a, mut b) = pair(side, side, false);
    let ear = Arc::new(Ear::default());
    b.attach(ear.clone(), 7);
    let mut msg = Msg::new();
    // A read in vain asks for an event, unless the reader says that it will look again.
    assert!(!b.read_on(&mut msg));
    let mut write = |count| {
        for _ in 0..count {
            a.write(Msg::new()).unwrap();
            a.flush();
        }
        [&ear.events, &ear.armfuls].map(|n| n.swap(0, Ordering::SeqCst))
    };
    assert_eq!(write(2 * ARMFUL), [0, 0]);
    b.set_corked(true);
    assert_eq!(write(ARMFUL - 1), [0, 0]);
    assert_eq!(write(1 + 2 * ARMFUL), [0, 3]);
    b.set_corked(false);
    for _ in 0..5 * ARMFUL {
        assert!(b.read_on(&mut msg));
    }
    assert!(!b.can_read());
    assert_eq!(write(ARMFUL), [1, 0]);
}
