//! Threads of the application that zmq_threadstart makes: deaf to signals, as libzmq's are.

use crate::error::{Error, Result};
use crate::handle::{Handle, Table};
use crate::options::context::Threads;
use crate::sys::thread::{spawn, Thread};

static THREADS: Table<Thread> = Table::new(9);

/// Starts a thread. EAGAIN or ENOMEM if the system has none left.
pub fn start(body: impl FnOnce() + Send + 'static) -> Result<Handle> {
    THREADS.insert(spawn(&Threads::default(), "app", body)?)
}

/// Waits for the end of a thread. EFAULT for a bad handle.
pub fn join(thread: Handle) -> Result<()> {
    THREADS.remove(thread).map(Thread::join).ok_or(Error::EFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_once() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let thread = start(move || sender.send(7).unwrap()).unwrap();
        join(thread).unwrap();
        assert_eq!(receiver.try_recv(), Ok(7));
        assert_eq!(join(thread), Err(Error::EFAULT));
    }
}
