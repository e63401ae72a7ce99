//! What other threads have to say to a socket: events of its pipes, new pipes, the end of the context.
//!
//! Commands are worked off by whichever thread is in a call on the socket, as with libzmq ("objects bound to the caller's
//! thread"): until a call comes in, nothing happens on the socket's side. The descriptor of ZMQ_FD is readable while
//! commands wait, so it has the documented edge-like behaviour: reading ZMQ_EVENTS (or any call that works commands off)
//! consumes it.

use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::OnceLock;

use super::signal::Signal;
use crate::error::Result;
use crate::handle::Note;
use crate::pipe::{Pipe, PipeEvent, Wake};
use crate::sys::Mutex;

/// A message to a socket.
pub enum Command {
    /// An event of the pipe with this token.
    Pipe(u64, PipeEvent),
    /// A new pipe; the number names the endpoint that made it.
    Attach(Pipe, u64),
    /// Nothing connects to the endpoint of this number any more.
    Ended(u64),
    /// The context is shutting down.
    Stop,
}

/// The mailbox of one socket.
#[derive(Default)]
pub struct Mailbox {
    queue: Mutex<Queue>,
    pending: AtomicBool,
    /// Raised with every command.
    pub signal: Signal,
    /// The socket's events as zmq_poll found them; void with every command.
    note: OnceLock<&'static Note>,
}

#[derive(Default)]
struct Queue {
    commands: Vec<Command>,
    closed: bool,
}

impl Mailbox {
    /// Leaves a command; a closed mailbox drops it (and so closes a pipe that came with it).
    pub fn post(&self, command: Command) {
        if self.put(command) {
            self.signal.wake();
        }
    }

    /// As [`Self::post`], but wakes nobody. Whether [`Signal::wake`] is to follow.
    fn put(&self, command: Command) -> bool {
        let mut queue = self.queue.lock();
        if queue.closed {
            drop(queue);
            drop(command);
            return false;
        }
        let first = queue.commands.is_empty();
        queue.commands.push(command);
        // Whoever waits was told with the first command and looks at all of them.
        if first {
            self.pending.store(true, Ordering::Release);
            self.note.get().iter().for_each(|note| note.clear());
            // Under the lock, so that `take` cannot settle the descriptor in between.
            self.signal.mark();
        }
        first
    }

    /// The socket's note from now on.
    pub fn set_note(&self, note: &'static Note) {
        // A socket stays in its place.
        let _ = self.note.set(note);
    }

    /// Runs `f`, which leaves the socket's note, unless commands wait; none comes meanwhile.
    pub fn while_quiet(&self, f: impl FnOnce()) {
        let queue = self.queue.lock();
        if queue.commands.is_empty() {
            f();
        }
    }

    /// Whether commands wait.
    pub fn pending(&self) -> bool {
        self.pending.load(Ordering::Acquire)
    }

    /// Takes all commands into `batch`.
    pub fn take(&self, batch: &mut Vec<Command>) {
        let mut queue = self.queue.lock();
        std::mem::swap(batch, &mut queue.commands);
        self.pending.store(false, Ordering::Release);
        self.signal.settle();
    }

    /// Nothing is accepted any more; what waited is returned. Sleepers wake up.
    pub fn close(&self) -> Vec<Command> {
        let mut queue = self.queue.lock();
        queue.closed = true;
        self.signal.raise();
        std::mem::take(&mut queue.commands)
    }

    /// The descriptor that is readable while commands wait (ZMQ_FD). EMFILE and the like.
    pub fn descriptor(&self) -> Result<RawFd> {
        let queue = self.queue.lock();
        let fd = self.signal.descriptor()?;
        if !queue.commands.is_empty() {
            self.signal.raise();
        }
        Ok(fd)
    }
}

impl Wake for Mailbox {
    fn pipe_event(&self, token: u64, event: PipeEvent) {
        self.post(Command::Pipe(token, event));
    }

    fn batch_event(&self, token: u64, event: PipeEvent) -> bool {
        self.put(Command::Pipe(token, event))
    }

    fn batch_over(&self) {
        self.signal.wake();
    }
}
