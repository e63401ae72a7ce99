//! Marks that change in use: whatever was written, read and set before, a writer that waits is told once the reader has read
//! everything.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use proptest::prelude::*;

use super::{pair, Pipe, PipeEvent, Side, Wake, NO_MARK};
use crate::msg::Msg;

/// What an end was told and has not looked at.
#[derive(Default)]
struct Ear {
    readable: AtomicBool,
    writable: AtomicBool,
}

impl Wake for Ear {
    fn pipe_event(&self, _: u64, event: PipeEvent) {
        match event {
            PipeEvent::Readable => self.readable.store(true, Ordering::SeqCst),
            PipeEvent::Writable => self.writable.store(true, Ordering::SeqCst),
            PipeEvent::Closed | PipeEvent::Hiccup => {}
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// As many messages as there is room for, at most so many.
    Write(usize),
    /// At most so many messages; the reader does not look for one more.
    Read(usize),
    SendMark(i32),
    RecvMark(i32),
}

fn mark() -> impl Strategy<Value = i32> {
    prop_oneof![Just(0), Just(1), 1..8, 1..60]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1usize..80).prop_map(Step::Write),
        (1usize..80).prop_map(Step::Read),
        mark().prop_map(Step::SendMark),
        mark().prop_map(Step::RecvMark),
    ]
}

/// A writer and a reader with what they were told; `send` and `recv` are the marks set last.
struct Ends {
    writer: Pipe,
    reader: Pipe,
    told: [Arc<Ear>; 2],
    send: i32,
    recv: i32,
    unread: usize,
    /// The writer has found the pipe full and waits.
    waits: bool,
}

impl Ends {
    fn new(send: i32, recv: i32) -> Self {
        let near = Side { send_mark: send, recv_mark: NO_MARK };
        let far = Side { send_mark: NO_MARK, recv_mark: recv };
        let (mut writer, mut reader) = pair(near, far, false);
        let told = [Arc::new(Ear::default()), Arc::new(Ear::default())];
        writer.attach(told[0].clone(), 1);
        reader.attach(told[1].clone(), 2);
        Self { writer, reader, told, send, recv, unread: 0, waits: false }
    }

    fn write(&mut self, most: usize) {
        for _ in 0..most {
            self.waits = self.waits || !self.writer.can_write();
            if self.waits {
                return;
            }
            self.writer.write(Msg::new()).unwrap();
            self.writer.flush();
            self.unread += 1;
        }
    }

    fn read(&mut self, most: usize) {
        for _ in 0..most.min(self.unread) {
            assert!(self.reader.read().is_some());
            self.unread -= 1;
        }
    }

    fn run(&mut self, step: &Step) {
        match *step {
            Step::Write(most) => self.write(most),
            Step::Read(most) => self.read(most),
            Step::SendMark(mark) => {
                self.send = mark;
                self.writer.set_marks(mark, NO_MARK);
            }
            Step::RecvMark(mark) => {
                self.recv = mark;
                self.reader.set_marks(NO_MARK, mark);
            }
        }
        self.hear();
    }

    /// The owners do what they are told to look at.
    fn hear(&mut self) {
        if self.told[1].readable.swap(false, Ordering::SeqCst) {
            assert_eq!(self.reader.can_read(), self.unread > 0);
        }
        if self.told[0].writable.swap(false, Ordering::SeqCst) {
            self.waits = !self.writer.can_write();
        }
    }
}

#[test]
fn a_mark_set_low_after_some_messages() {
    let mut ends = Ends::new(1000, 1000);
    let steps = [Step::Write(20), Step::Read(20), Step::SendMark(1), Step::Write(2000), Step::Read(2000)];
    for step in &steps[..4] {
        ends.run(step);
    }
    assert!(ends.waits && ends.unread > 900);
    ends.run(&steps[4]);
    assert!(!ends.waits);
}

proptest! {
    #[test]
    fn no_writer_waits_for_a_reader_that_has_read_everything(
        marks in (mark(), mark()),
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let mut ends = Ends::new(marks.0, marks.1);
        for step in &steps {
            ends.run(step);
            prop_assert!(!ends.waits || ends.unread > 0, "{step:?}");
            // And one who does not wait and has written to the mark is not over it.
            let most = if ends.send == 0 || ends.recv == 0 { usize::MAX } else { (ends.send + ends.recv) as usize };
            if matches!(step, Step::Write(_)) && ends.unread > most {
                prop_assert!(ends.waits);
            }
        }
    }
}
