//! Contexts: the I/O loops and their threads, the options, the inproc names, and the end of it all (zmq_ctx_new(3),
//! zmq_ctx_set(3), zmq_ctx_shutdown(3), zmq_ctx_term(3)).
//!
//! *Termination.* `terminate` marks the context, tells every socket (blocked calls return ETERM), and waits until the last
//! socket is closed and the last connection has delivered what its linger allows; then it stops the loops. What is still
//! alive is counted by [`Alive`] tokens, which sockets and sessions hold.
//!
//! *fork.* A context belongs to the process that made it. In a child it answers ETERM and its sockets close at once; nothing
//! of the parent's is touched.

pub mod registry;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::error::{Error, Result};
use crate::handle::{Handle, Table};
use crate::io::Loop;
use crate::options::context::{self, ContextOptions};
use crate::socket::signal::Signal;
use crate::socket::{Command, Mailbox};
use crate::sys;
use registry::Registry;

static CONTEXTS: Table<Arc<Context>> = Table::new(5);

/// One context.
pub struct Context {
    options: Mutex<ContextOptions>,
    state: Mutex<State>,
    /// Names of inproc endpoints.
    pub registry: Mutex<Registry>,
    /// Sockets and sessions that are still alive.
    alive: AtomicUsize,
    /// Raised when `alive` comes down to nothing.
    done: Signal,
}

#[derive(Default)]
struct State {
    /// Made with the first socket, so that the options before it count.
    loops: Option<Vec<Arc<Loop>>>,
    /// ZMQ_MAX_SOCKETS as it was then.
    max_sockets: usize,
    threads: Vec<sys::thread::Thread>,
    sockets: Vec<Arc<Mailbox>>,
    terminating: bool,
}

/// Something that zmq_ctx_term has to wait for.
pub struct Alive(Arc<Context>);

impl Alive {
    /// The context it keeps open.
    pub fn context(&self) -> &Arc<Context> {
        &self.0
    }

    /// One more.
    #[must_use]
    pub fn another(&self) -> Self {
        self.0.hold()
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        if self.0.alive.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.done.raise();
        }
    }
}

/// Makes a context. EMFILE when there are too many.
pub fn create() -> Result<Handle> {
    sys::fork::watch();
    CONTEXTS.insert(Arc::new(Context {
        options: Mutex::new(ContextOptions::default()),
        state: Mutex::default(),
        registry: Mutex::default(),
        alive: AtomicUsize::new(0),
        done: Signal::default(),
    }))
}

/// The context that a handle names. EFAULT; ETERM in the child of a fork.
pub fn find(handle: Handle) -> Result<Arc<Context>> {
    CONTEXTS.lock(handle).map(|c| Arc::clone(&c)).ok_or_else(|| match CONTEXTS.is_inherited(handle) {
        true => Error::ETERM,
        false => Error::EFAULT,
    })
}

/// Ends a context: waits for its sockets to be closed and their messages to be sent. EFAULT; EINTR (call again).
pub fn terminate(handle: Handle) -> Result<()> {
    // In the child of a fork, threads and locks are the parent's: nothing to wait for, nothing that may be touched.
    if CONTEXTS.abandon(handle) {
        return Ok(());
    }
    let ctx = find(handle)?;
    ctx.registry.lock().clear();
    ctx.shutdown()?;
    ctx.wait_until_done()?;
    // Of two threads that terminate the same context, one cleans up.
    if CONTEXTS.remove(handle).is_some() {
        ctx.stop_loops();
        // What it used shall not stay with the process.
        crate::msg::give_back();
    }
    Ok(())
}

impl Context {
    /// Sets an option (zmq_ctx_set(3)). EINVAL.
    pub fn set(&self, id: i32, value: &[u8]) -> Result<()> {
        context::set(&mut self.options.lock(), id, value)
    }

    /// Reads an option (zmq_ctx_get(3)). EINVAL.
    pub fn get(&self, id: i32, buf: &mut [u8]) -> Result<usize> {
        context::get(&mut self.options.lock(), id, buf)
    }

    /// A copy of the options.
    pub fn options(&self) -> ContextOptions {
        self.options.lock().clone()
    }

    /// Every call on the context's sockets answers ETERM from now on.
    pub fn shutdown(&self) -> Result<()> {
        let sockets = {
            let mut state = self.state.lock();
            if std::mem::replace(&mut state.terminating, true) {
                return Ok(());
            }
            state.sockets.clone()
        };
        sockets.iter().for_each(|s| s.post(Command::Stop));
        Ok(())
    }

    fn wait_until_done(&self) -> Result<()> {
        loop {
            let epoch = self.done.epoch();
            if self.alive.load(Ordering::SeqCst) == 0 {
                return Ok(());
            }
            self.done.wait(epoch, None)?;
        }
    }

    fn stop_loops(&self) {
        let (loops, threads) = {
            let mut state = self.state.lock();
            (state.loops.take().unwrap_or_default(), std::mem::take(&mut state.threads))
        };
        loops.iter().for_each(|l| l.stop());
        threads.into_iter().for_each(sys::thread::Thread::join);
    }

    /// Counts something alive.
    pub fn hold(self: &Arc<Self>) -> Alive {
        self.alive.fetch_add(1, Ordering::SeqCst);
        Alive(self.clone())
    }

    /// Takes a new socket in. ETERM; EMFILE beyond ZMQ_MAX_SOCKETS or when no descriptors are left for the I/O threads.
    pub fn register(self: &Arc<Self>, mailbox: &Arc<Mailbox>) -> Result<Alive> {
        let options = self.options();
        let mut state = self.state.lock();
        if state.terminating {
            return Err(Error::ETERM);
        }
        if state.loops.is_none() {
            Self::start_loops(&mut state, &options)?;
            state.max_sockets = usize::try_from(options.max_sockets).unwrap_or(0);
        }
        if state.sockets.len() >= state.max_sockets {
            return Err(Error::EMFILE);
        }
        state.sockets.push(mailbox.clone());
        Ok(self.hold())
    }

    /// Forgets a socket that closes.
    pub fn unregister(&self, mailbox: &Arc<Mailbox>) {
        self.registry.lock().forget(mailbox);
        let mut state = self.state.lock();
        if let Some(i) = state.sockets.iter().position(|s| Arc::ptr_eq(s, mailbox)) {
            state.sockets.swap_remove(i);
        }
    }

    fn start_loops(state: &mut State, options: &ContextOptions) -> Result<()> {
        let count = options.io_threads.max(0) as usize;
        let loops = (0..count).map(|_| Loop::new()).collect::<Result<Vec<_>>>()?;
        let mut threads = Vec::new();
        for (i, lp) in loops.iter().enumerate() {
            let runner = lp.clone();
            match sys::thread::spawn(&options.thread, &format!("IO/{i}"), move || runner.run()) {
                Ok(thread) => threads.push(thread),
                Err(e) => {
                    loops.iter().for_each(|l| l.stop());
                    threads.into_iter().for_each(sys::thread::Thread::join);
                    return Err(e);
                }
            }
        }
        (state.loops, state.threads) = (Some(loops), threads);
        Ok(())
    }

    /// The loops that an affinity mask allows (0: any). EMTHREAD if there is none.
    pub fn loops(&self, affinity: u64) -> Result<Vec<Arc<Loop>>> {
        let state = self.state.lock();
        let allowed = |i: usize| affinity == 0 || (i < 64 && affinity & (1 << i) != 0);
        let loops = state.loops.iter().flatten().enumerate().filter(|(i, _)| allowed(*i));
        let loops: Vec<_> = loops.map(|(_, l)| l.clone()).collect();
        if loops.is_empty() {
            Err(Error::EMTHREAD)
        } else {
            Ok(loops)
        }
    }
}
