//! Sockets: what happens between a zmq_ call and the pattern behind it.
//!
//! | file | what |
//! |---|---|
//! | `mod.rs` | the socket's state, making and closing it, working off its commands |
//! | `transfer.rs` | send and receive, waiting for either |
//! | `endpoint.rs` | bind, connect, unbind, disconnect |
//! | `option.rs` | options: the live ones, then the pattern's, then the common table |
//! | `monitor.rs` | zmq_socket_monitor |
//! | `relay.rs` | from one socket straight to another, for proxies |
//! | `poll.rs` | zmq_poll over sockets and descriptors |
//! | `mailbox.rs`, `signal.rs` | how other threads reach the socket, and wake who waits |
//! | `patience.rs` | how a wait for another thread begins, as experience says |
//!
//! A socket is reached by its [`Handle`] and locked for the length of a call; a call that blocks gives the lock back while
//! it waits. So using one socket from two threads at once is memory-safe, and closing it under a blocked call ends that call
//! with ENOTSOCK. Commands of other threads are worked off only inside calls: this is the thread model of libzmq, which
//! programs can see (ZMQ_FD), and so it is kept.

mod endpoint;
mod mailbox;
mod monitor;
mod option;
mod patience;
pub mod poll;
pub mod relay;
pub mod signal;
mod transfer;

pub use endpoint::{bind, connect, disconnect, unbind};
pub use mailbox::{Command, Mailbox};
pub use monitor::monitor;
pub use option::{get_option, has_more, set_option};
pub use transfer::{give_way, recv, send};

use std::sync::Arc;

use crate::consts::{ZMQ_SUB, ZMQ_XSUB};
use crate::ctx::{Alive, Context};
use crate::error::{Error, Result};
use crate::handle::{Guard, Handle, Table};
use crate::io::Loop;
use crate::msg::Deferral;
use crate::options::Options;
use crate::pattern::{self, Pattern};
use crate::pipe::{PipeEvent, PipeId, Pipes};
use crate::session::Monitor;

static SOCKETS: Table<Socket> = Table::new(3);

/// The state of one socket; see the module comment. What every message needs comes last, beside the lock of the slot (see
/// `handle.rs`): a program may go round a thousand sockets.
#[repr(C)]
struct Socket {
    /// Keeps zmq_ctx_term waiting until the socket is closed.
    alive: Alive,
    monitor: Arc<Monitor>,
    options: Options,
    endpoints: endpoint::Endpoints,
    /// ZMQ_LAST_ENDPOINT.
    last_endpoint: String,
    batch: Vec<Command>,
    /// Loops that only their own threads may run, since ZMQ_FD was asked for.
    held_loops: Vec<Arc<Loop>>,
    rhythm: transfer::Rhythm,
    pipes: Pipes,
    pattern: Box<dyn Pattern>,
    mailbox: Arc<Mailbox>,
    kind: i32,
    /// ZMQ_RCVMORE.
    more: bool,
    /// The context is shutting down: only close works.
    terminated: bool,
}

/// Makes a socket. EINVAL for an unknown type; ETERM; EMFILE.
pub fn open(ctx: &Arc<Context>, kind: i32) -> Result<Handle> {
    let mailbox = Arc::new(Mailbox::default());
    let alive = ctx.register(&mailbox)?;
    let Some(pattern) = pattern::create(kind) else {
        ctx.unregister(&mailbox);
        return Err(Error::EINVAL);
    };
    let defaults = ctx.options();
    // Subscribers have nothing to deliver that anybody would miss.
    let lingers = defaults.blocky && !matches!(kind, ZMQ_SUB | ZMQ_XSUB);
    let options = Options {
        linger: if lingers { -1 } else { 0 },
        ipv6: defaults.ipv6,
        zero_copy_recv: defaults.zero_copy_recv,
        ..Options::default()
    };
    let mut socket = Socket {
        alive,
        kind,
        monitor: Arc::default(),
        options,
        pattern,
        pipes: Pipes::new(mailbox.clone()),
        endpoints: Default::default(),
        last_endpoint: String::new(),
        more: false,
        terminated: false,
        rhythm: Default::default(),
        batch: Vec::new(),
        held_loops: Vec::new(),
        mailbox: mailbox.clone(),
    };
    socket.pattern.configure(&socket.options);
    let handle = SOCKETS.insert(socket).inspect_err(|_| ctx.unregister(&mailbox))?;
    SOCKETS.note(handle).into_iter().for_each(|note| mailbox.set_note(note));
    Ok(handle)
}

/// Closes a socket at once; what its linger allows is delivered in the background (zmq_close(3)). ENOTSOCK.
pub fn close(handle: Handle) -> Result<()> {
    let _deferral = Deferral::begin();
    if SOCKETS.abandon(handle) {
        return Ok(());
    }
    let mut socket = SOCKETS.remove(handle).ok_or(Error::ENOTSOCK)?;
    let ctx = socket.ctx().clone();
    drop(socket.mailbox.close());
    ctx.unregister(&socket.mailbox);
    socket.close_endpoints();
    for (id, _) in socket.pipes.ids() {
        socket.release_pipe(id);
    }
    socket.stop_monitor();
    socket.held_loops.iter().for_each(|lp| lp.release());
    Ok(())
}

/// Locks a socket. ENOTSOCK; ETERM in the child of a fork.
#[inline]
fn lock(handle: Handle) -> Result<Guard<Socket>> {
    SOCKETS.lock(handle).ok_or_else(|| not_a_socket(handle))
}

#[cold]
fn not_a_socket(handle: Handle) -> Error {
    match SOCKETS.is_inherited(handle) {
        true => Error::ETERM,
        false => Error::ENOTSOCK,
    }
}

/// Locks a socket whose commands have been worked off. ENOTSOCK, ETERM.
#[inline]
fn enter(handle: Handle) -> Result<Guard<Socket>> {
    let mut socket = lock(handle)?;
    socket.work_off()?;
    Ok(socket)
}

impl Socket {
    fn ctx(&self) -> &Arc<Context> {
        self.alive.context()
    }

    /// Works off what other threads left in the mailbox. ETERM once the context shuts down.
    #[inline]
    fn work_off(&mut self) -> Result<()> {
        if self.mailbox.pending() {
            self.run_commands();
        }
        if self.terminated {
            return Err(Error::ETERM);
        }
        Ok(())
    }

    #[cold]
    fn run_commands(&mut self) {
        let mut batch = std::mem::take(&mut self.batch);
        self.mailbox.take(&mut batch);
        batch.drain(..).for_each(|command| self.run(command));
        self.batch = batch;
        self.reap();
    }

    fn run(&mut self, command: Command) {
        match command {
            Command::Pipe(token, event) => self.on_pipe(PipeId::from_token(token), event),
            Command::Attach(pipe, endpoint) => self.attach_delivered(pipe, endpoint),
            Command::Ended(endpoint) => self.endpoints.forget(endpoint),
            Command::Stop => {
                self.terminated = true;
                self.stop_monitor();
            }
        }
    }

    fn on_pipe(&mut self, id: PipeId, event: PipeEvent) {
        let (pattern, pipes) = (&mut self.pattern, &mut self.pipes);
        let Some(pipe) = pipes.get(id) else { return };
        match event {
            PipeEvent::Readable => pattern.readable(pipes, id),
            PipeEvent::Writable => pattern.writable(pipes, id),
            PipeEvent::Hiccup => {
                pipe.renew();
                pattern.hiccuped(pipes, id);
            }
            PipeEvent::Closed => {
                pipe.shut();
                pattern.readable(pipes, id);
            }
        }
        self.pipes.note_end(id);
    }

    /// Detaches the pipes that have come to their end.
    fn reap(&mut self) {
        while self.pipes.has_ended() {
            for id in self.pipes.take_ended() {
                self.pattern.detach(&mut self.pipes, id);
                self.release_pipe(id);
            }
        }
    }

    /// Lets a pipe go; its peer may deliver what was written for as long as ZMQ_LINGER says.
    fn release_pipe(&mut self, id: PipeId) {
        if let Some(mut pipe) = self.pipes.remove(id) {
            pipe.set_linger(self.options.linger);
        }
        self.endpoints.forget_pipe(id);
    }
}
