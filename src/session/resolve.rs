//! Host names, looked up on threads of their own, so that a slow name server never holds up a loop.
//!
//! At most [`LARGEST`] look-ups run at a time in a process; further ones queue. A thread ends when the queue is empty. The
//! answer comes back as a note to the session that asked.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::io::{Key, Loop, Note};
use crate::sys::{fork, thread};
use crate::transport::Target;

/// Look-ups at a time.
const LARGEST: usize = 8;

struct Query {
    target: Arc<Target>,
    lp: Arc<Loop>,
    key: Key,
}

impl Query {
    fn run(self) {
        let answer = self.target.resolve();
        self.lp.note(self.key, Note::Resolved(answer));
    }
}

struct Queue {
    waiting: VecDeque<Query>,
    threads: usize,
    /// The threads are those of this fork generation; a child starts with none.
    generation: u32,
}

static QUEUE: Mutex<Queue> = Mutex::new(Queue { waiting: VecDeque::new(), threads: 0, generation: 0 });

/// Looks the target's name up and notes the answer to actor `key` of `lp`.
pub(super) fn resolve(target: Arc<Target>, lp: Arc<Loop>, key: Key) {
    let mut queue = QUEUE.lock();
    if queue.generation != fork::generation() {
        *queue = Queue { waiting: VecDeque::new(), threads: 0, generation: fork::generation() };
    }
    queue.waiting.push_back(Query { target, lp, key });
    if queue.threads < LARGEST {
        match thread::spawn(&Default::default(), "DNS", work) {
            Ok(_) => queue.threads += 1,
            // Without a thread the query waits for one that runs; if none does, it fails now and is tried again later.
            Err(e) if queue.threads == 0 => {
                for query in std::mem::take(&mut queue.waiting) {
                    query.lp.note(query.key, Note::Resolved(Err(e)));
                }
            }
            Err(_) => {}
        }
    }
}

fn work() {
    loop {
        let query = {
            let mut queue = QUEUE.lock();
            let Some(query) = queue.waiting.pop_front() else {
                queue.threads -= 1;
                return;
            };
            query
        };
        query.run();
    }
}
