//! What is corked is looked after: in its time by whoever runs the loop, at once for a thread that begins to wait.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::poll::Poller;
use super::{Actor, Io, Loop};

/// Corks itself at the start and `left` times more; notes the calls, and whether it may cork in each.
struct Bottle {
    left: u32,
    calls: Arc<Mutex<Vec<(bool, bool)>>>,
}

impl Actor for Bottle {
    fn start(&mut self, io: &mut Io<'_>) {
        assert_eq!(io.cork(), Poller::has_short_waits());
    }

    fn on_ready(&mut self, _: &mut Io<'_>, _: bool, _: bool) {}

    fn uncork(&mut self, io: &mut Io<'_>, at_once: bool) {
        let again = self.left > 0 && io.cork();
        self.left = self.left.saturating_sub(1);
        self.calls.lock().push((at_once, again));
    }
}

fn add(lp: &Arc<Loop>, left: u32) -> Arc<Mutex<Vec<(bool, bool)>>> {
    let calls = Arc::<Mutex<_>>::default();
    lp.add(Box::new(Bottle { left, calls: calls.clone() }), 0);
    calls
}

#[test]
fn the_loop_looks_after_what_is_corked() {
    if !Poller::has_short_waits() {
        return;
    }
    let lp = Loop::new().unwrap();
    let runner = std::thread::spawn({
        let lp = lp.clone();
        move || lp.run()
    });
    let calls = add(&lp, 2);
    let begun = Instant::now();
    while calls.lock().len() < 3 && begun.elapsed() < Duration::from_secs(10) {
        std::thread::yield_now();
    }
    assert_eq!(*calls.lock(), [(false, true), (false, true), (false, false)]);
    lp.stop();
    runner.join().unwrap();
}

#[test]
fn who_begins_to_wait_uncorks() {
    if !Poller::has_short_waits() {
        return;
    }
    let lp = Loop::new().unwrap();
    let calls = [add(&lp, 1), add(&lp, 1)];
    lp.attend();
    lp.attend();
    calls.iter().for_each(|calls| assert_eq!(*calls.lock(), [(true, false)]));
}
