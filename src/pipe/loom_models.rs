//! `RUSTFLAGS="--cfg loom" cargo test --lib loom_models`: every interleaving of the two ends of a pipe. None may leave a side
//! asleep that has something to do (the flags and fences of the parent module), or show the end before the last message.

use super::*;
use crate::sync::AtomicU64;

/// Counts what it is told.
#[derive(Default)]
struct Ear {
    readable: AtomicU64,
    writable: AtomicU64,
    closed: AtomicU64,
}

impl Wake for Ear {
    fn pipe_event(&self, _: u64, event: PipeEvent) {
        let count = match event {
            PipeEvent::Readable => &self.readable,
            PipeEvent::Writable => &self.writable,
            _ => &self.closed,
        };
        count.fetch_add(1, Ordering::SeqCst);
    }
}

fn ends(mark: i32) -> (Pipe, Arc<Ear>, Pipe, Arc<Ear>) {
    let side = Side { send_mark: mark, recv_mark: NO_MARK };
    let (mut a, mut b) = pair(side, Side { send_mark: NO_MARK, recv_mark: NO_MARK }, false);
    let (ear_a, ear_b) = (Arc::new(Ear::default()), Arc::new(Ear::default()));
    a.attach(ear_a.clone(), 1);
    b.attach(ear_b.clone(), 2);
    (a, ear_a, b, ear_b)
}

#[test]
fn a_reader_that_found_nothing_is_told() {
    loom::model(|| {
        let (mut a, _, mut b, ear) = ends(0);
        let writer = loom::thread::spawn(move || {
            a.write(Msg::new()).unwrap();
            a.flush();
            a
        });
        let found = b.read().is_some();
        let _a = writer.join().unwrap();
        assert!(found || ear.readable.load(Ordering::SeqCst) > 0);
    });
}

#[test]
fn the_readers_of_many_pipes_are_told_after_one_fence() {
    loom::model(|| {
        let ((mut a, _, mut b, ear_a), (mut c, _, mut d, ear_c)) = (ends(0), ends(0));
        let writer = loom::thread::spawn(move || {
            for pipe in [&mut a, &mut c] {
                pipe.write(Msg::new()).unwrap();
                assert!(pipe.publish());
            }
            fence(Ordering::SeqCst);
            [&a, &c].into_iter().for_each(Pipe::call_reader);
            (a, c)
        });
        let found = [b.read().is_some(), d.read().is_some()];
        let _ends = writer.join().unwrap();
        assert!(found[0] || ear_a.readable.load(Ordering::SeqCst) > 0);
        assert!(found[1] || ear_c.readable.load(Ordering::SeqCst) > 0);
    });
}

#[test]
fn a_writer_at_the_mark_is_told() {
    loom::model(|| {
        let (mut a, ear, mut b, _) = ends(1);
        a.write(Msg::new()).unwrap();
        a.flush();
        let reader = loom::thread::spawn(move || {
            assert!(b.read().is_some());
            b
        });
        let room = a.can_write();
        let _b = reader.join().unwrap();
        assert!(room || ear.writable.load(Ordering::SeqCst) > 0);
    });
}

#[test]
fn a_lower_mark_leaves_no_writer_stuck() {
    loom::model(|| {
        let (mut a, ear_a, mut b, ear_b) = ends(3);
        a.write(Msg::new()).unwrap();
        a.flush();
        let reader = loom::thread::spawn(move || {
            assert!(b.read().is_some());
            b
        });
        a.set_marks(1, NO_MARK);
        let room = a.can_write();
        let mut b = reader.join().unwrap();
        if ear_b.readable.load(Ordering::SeqCst) > 0 {
            b.can_read();
        }
        assert!(room || ear_a.writable.load(Ordering::SeqCst) > 0);
    });
}

#[test]
fn the_last_message_of_a_leaving_writer_is_read() {
    loom::model(|| {
        let (mut a, _, mut b, ear) = ends(0);
        let writer = loom::thread::spawn(move || {
            a.write(Msg::new()).unwrap();
            drop(a);
        });
        let found = b.read().is_some();
        let ended = b.ended();
        writer.join().unwrap();
        assert!(!ended || found, "the end was seen before the last message");
        assert!(ear.closed.load(Ordering::SeqCst) > 0);
        assert!(found || b.read().is_some());
        assert!(b.ended());
    });
}

/// The first chunk has one slot here, so chunks are linked, left, and used again.
#[test]
fn chunks_go_round_and_keep_the_order() {
    loom::model(|| {
        let (mut w, mut r) = queue::queue(());
        let writer = loom::thread::spawn(move || {
            for i in 0..5 {
                w.push(i);
                w.seal();
                w.publish();
            }
            w
        });
        let mut read: Vec<u64> = std::iter::from_fn(|| r.pop()).collect();
        read.extend(std::iter::from_fn(|| r.pop()));
        let _writer = writer.join().unwrap();
        read.extend(std::iter::from_fn(|| r.pop()));
        assert_eq!(read, [0, 1, 2, 3, 4]);
    });
}
