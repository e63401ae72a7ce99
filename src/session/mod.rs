//! Sessions: one connection each, between a pipe and a descriptor, living in an I/O loop.
//!
//! | file | what |
//! |---|---|
//! | `mod.rs` | what a session knows of its socket; the session's life |
//! | `link.rs` | an open descriptor with its ZMTP connection: reading, pausing; `link/`: writing |
//! | `protocol.rs` | ZMTP or raw bytes |
//! | `envelope.rs` | what a REQ socket may receive |
//! | `dial.rs` | resolving, connecting, trying again |
//! | `listen.rs` | accepting |
//! | `resolve.rs` | host names, looked up off the loop |
//! | `zap.rs` | asking the application's authentication handler |
//! | `event.rs` | what happens, for zmq_socket_monitor |
//!
//! ```text
//!            ┌────────── lost, refused, timed out ──────────┐
//!            v                                              │
//! dialled: Waiting ──> Resolving ──> Connecting ──> Proxy ──> Up ──> (gone)
//! accepted:                                                 Up ──> (gone)
//! ```
//!
//! The pipe of a dialled session is made when the socket connects and survives reconnection; that of an accepted one (or
//! under ZMQ_IMMEDIATE) is made when the handshake is done. When the socket lets go of its end, the session delivers what was
//! written for as long as the linger allows, then ends.

mod dial;
mod envelope;
mod event;
mod link;
mod listen;
mod protocol;
mod resolve;
mod zap;

pub use event::{Event, Monitor};
pub use listen::{listen, ListenerControl};
pub use zap::ZapDoor;

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::consts::ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED;
use crate::io::{Actor, Group, Io, Key, Loop, Note};
use crate::options::Options;
use crate::pattern::Wire;
use crate::pipe::{self, Pipe, PipeEvent, Side, NO_MARK};
use crate::transport::Target;
use dial::Dialler;
use link::{Link, Lost};

/// The socket, as a session sees it.
pub trait Host: Send + Sync {
    /// Gives the socket a pipe for its endpoint of this number.
    fn attach(&self, pipe: Pipe, endpoint: u64);
    /// Tells it that the endpoint is no more: nothing connects to it any longer.
    fn ended(&self, endpoint: u64);
}

/// What every listener and session of an endpoint knows of its socket, as it was when bind or connect was called.
pub struct Owner {
    /// Where new pipes go.
    pub host: Arc<dyn Host>,
    /// Where events go.
    pub monitor: Arc<Monitor>,
    /// The way to the ZAP handler.
    pub zap: Arc<dyn ZapDoor>,
    /// The socket's options.
    pub options: Arc<Options>,
    /// ZMQ_* socket type.
    pub kind: i32,
    /// The peer's routing id comes first in the pipe.
    pub wants_routing_id: bool,
    /// What the connection speaks.
    pub wire: Wire,
    /// The socket's number of the endpoint, unique in the process; also the group of its actors.
    pub endpoint: Group,
    /// ZMQ_CONFLATE counts.
    pub conflate: bool,
    /// Keeps zmq_ctx_term waiting.
    pub alive: Arc<dyn Any + Send + Sync>,
    /// Loops that ZMQ_AFFINITY allows; never empty.
    pub loops: Vec<Arc<Loop>>,
}

impl Owner {
    /// A pipe to the socket: the socket's end, and the session's.
    pub fn pipe(&self) -> (Pipe, Pipe) {
        let near = Side { send_mark: self.options.sndhwm, recv_mark: self.options.rcvhwm };
        pipe::pair(near, Side { send_mark: NO_MARK, recv_mark: NO_MARK }, self.conflate)
    }

    /// The least loaded of the allowed loops.
    pub fn pick_loop(&self) -> Arc<Loop> {
        // There is always one: `Context::loops` answers EMTHREAD otherwise.
        self.loops.iter().min_by_key(|l| l.load()).unwrap_or(&self.loops[0]).clone()
    }
}

/// Starts a session that connects to `target`, with the session's end of a pipe that exists already: its loop, and its key
/// there.
pub fn dial(owner: Arc<Owner>, target: Target, pipe: Option<Pipe>) -> (Arc<Loop>, Key) {
    let (lp, group) = (owner.pick_loop(), owner.endpoint);
    let dialler = Box::new(Dialler::new(target, &owner));
    let key = lp.add(Box::new(Session::new(owner, pipe, State::Dialling(dialler))), group);
    (lp, key)
}

/// What the session is doing.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are up, and a box is one more place for the processor to fetch"
)]
enum State {
    /// On the way to a connection.
    Dialling(Box<Dialler>),
    /// Connected; the dialler of a dialled session waits for its next use.
    Up(Link, Option<Box<Dialler>>),
    /// The peer refused this side for good; the pipe leads nowhere. Also on the way from one state to another.
    Idle,
}

/// The actor. Of many sessions each one's turn comes when the processor has long forgotten it, and then every cache line
/// counts: what a message needs stands together here (the pipe has two lines of its own), in [`Link`], and in the protocol's
/// connection.
#[repr(C, align(64))]
struct Session {
    pipe: Option<Pipe>,
    /// The socket has let go; this is when to give up what is still to be delivered.
    leaving: Option<Leaving>,
    owner: Arc<Owner>,
    state: State,
}

struct Leaving {
    until: Option<Instant>,
}

impl Session {
    fn new(owner: Arc<Owner>, pipe: Option<Pipe>, state: State) -> Self {
        Self { pipe, leaving: None, owner, state }
    }

    /// Looks at everything after something happened, and sets the deadline anew.
    fn settle(&mut self, io: &mut Io<'_>, result: Result<(), Lost>) {
        if let Err(lost) = result {
            self.on_lost(io, &lost);
        }
        if self.may_end() {
            return self.end(io);
        }
        if matches!(&self.state, State::Dialling(d) if d.is_over()) {
            return self.give_up(io);
        }
        let of_state = match &self.state {
            State::Dialling(d) => d.deadline(),
            State::Up(link, _) => link.deadline(),
            State::Idle => None,
        };
        let of_leaving = self.leaving.as_ref().and_then(|l| l.until);
        io.set_deadline([of_state, of_leaving].into_iter().flatten().min());
    }

    /// Whether nothing is left to do for a socket that let go.
    fn may_end(&mut self) -> bool {
        if self.leaving.is_none() {
            return false;
        }
        let delivered = self.pipe.as_mut().is_none_or(Pipe::ended);
        match &self.state {
            State::Up(link, _) => delivered && link.is_flushed(),
            State::Dialling(_) => delivered,
            State::Idle => true,
        }
    }

    fn end(&mut self, io: &mut Io<'_>) {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Up(link, _) => link.close(io),
            State::Dialling(dialler) => dialler.close(io, &self.owner),
            State::Idle => {}
        }
        self.pipe = None;
        io.finish();
    }

    /// The connection is gone: an accepted session ends, a dialled one tries again.
    fn on_lost(&mut self, io: &mut Io<'_>, lost: &Lost) {
        let State::Up(link, dialler) = std::mem::replace(&mut self.state, State::Idle) else { return };
        let shaken = link.is_ready();
        link.lose(io, &self.owner, self.pipe.as_mut(), lost);
        let stops = self.owner.options.reconnect.stop & ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED != 0 && !shaken;
        if dialler.is_some() && (lost.is_refusal() || stops) {
            // Nothing will be sent, and nothing is tried again; the socket is not told, as with libzmq.
            return;
        }
        // A peer that breaks the protocol, or is the wrong one, is not tried again: it will be no better next time.
        let Some(mut dialler) = dialler.filter(|_| !lost.is_final()) else {
            return self.end(io);
        };
        if self.owner.options.immediate {
            // Queue only to completed connections: the pipe goes with the connection.
            if let Some(pipe) = self.pipe.take() {
                pipe.abort();
            }
        } else if let Some(pipe) = &mut self.pipe {
            link::restart_pipe(pipe, self.owner.kind);
        }
        if dialler.retry(io, &self.owner) {
            self.state = State::Dialling(dialler);
        } else {
            self.give_up(io);
        }
    }

    /// There will be no other connection; the socket forgets the endpoint.
    fn give_up(&mut self, io: &mut Io<'_>) {
        self.owner.host.ended(self.owner.endpoint);
        self.end(io);
    }

    /// The socket let go of its end.
    fn on_released(&mut self, io: &mut Io<'_>) {
        if self.leaving.is_some() {
            return;
        }
        if self.pipe.as_ref().is_some_and(Pipe::is_refused) {
            // Stays connected and unheard until the peer or the socket goes.
            self.pipe = None;
            return;
        }
        let linger = self.pipe.as_ref().map_or(0, Pipe::peer_linger);
        if linger == 0 {
            return self.end(io);
        }
        let until = (linger > 0).then(|| io.now + Duration::from_millis(linger as u64));
        self.leaving = Some(Leaving { until });
        if let Some(pipe) = &mut self.pipe {
            pipe.shut();
        }
        let result = self.resume(io).and_then(|()| self.pump(io));
        self.settle(io, result);
    }

    /// Moves what is in the pipe to the wire.
    fn pump(&mut self, io: &mut Io<'_>) -> Result<(), Lost> {
        match (&mut self.state, &mut self.pipe) {
            (State::Up(link, _), Some(pipe)) => link.pump(io, pipe),
            _ => Ok(()),
        }
    }

    /// Reads on if reading had paused.
    fn resume(&mut self, io: &mut Io<'_>) -> Result<(), Lost> {
        match &mut self.state {
            State::Up(link, _) => link.resume(io, &self.owner, &mut self.pipe),
            _ => Ok(()),
        }
    }

    /// Moves on with whatever the session is doing.
    fn advance(&mut self, io: &mut Io<'_>, readable: bool, writable: bool) -> Result<(), Lost> {
        match &mut self.state {
            State::Dialling(dialler) => {
                if let Some(link) = dialler.on_ready(io, &self.owner, readable, writable) {
                    self.go_up(io, link)?;
                }
                Ok(())
            }
            State::Up(link, _) => link.on_ready(io, &self.owner, &mut self.pipe, readable, writable),
            State::Idle => Ok(()),
        }
    }

    fn go_up(&mut self, io: &mut Io<'_>, link: Link) -> Result<(), Lost> {
        let dialler = match std::mem::replace(&mut self.state, State::Idle) {
            State::Dialling(d) => Some(d),
            _ => None,
        };
        self.state = State::Up(link, dialler);
        self.open_link(io)
    }

    fn open_link(&mut self, io: &mut Io<'_>) -> Result<(), Lost> {
        match &mut self.state {
            State::Up(link, _) => link.open(io, &self.owner, &mut self.pipe),
            _ => Ok(()),
        }
    }
}

impl Actor for Session {
    fn start(&mut self, io: &mut Io<'_>) {
        let released = self.pipe.as_mut().is_some_and(|pipe| {
            pipe.attach(io.this(), io.key());
            pipe.peer_gone()
        });
        if let State::Dialling(dialler) = &mut self.state {
            dialler.begin(io, &self.owner);
        }
        let result = self.open_link(io);
        self.settle(io, result);
        if released {
            self.on_released(io);
        }
    }

    fn on_ready(&mut self, io: &mut Io<'_>, readable: bool, writable: bool) {
        let result = self.advance(io, readable, writable);
        self.settle(io, result);
    }

    fn on_deadline(&mut self, io: &mut Io<'_>) {
        if self.leaving.as_ref().and_then(|l| l.until).is_some_and(|at| at <= io.now) {
            return self.end(io);
        }
        let result = match &mut self.state {
            State::Dialling(dialler) => {
                dialler.on_deadline(io, &self.owner);
                Ok(())
            }
            State::Up(link, _) => link.on_deadline(io, &mut self.pipe),
            State::Idle => Ok(()),
        };
        self.settle(io, result);
    }

    fn in_dialogue(&self) -> bool {
        matches!(&self.state, State::Up(link, _) if link.in_dialogue())
    }

    fn goes_on_at_once(&self) -> bool {
        matches!(&self.state, State::Up(link, _) if link.goes_on_at_once())
    }

    fn leaves_at_once(&mut self) -> bool {
        let delivered = self.pipe.as_mut().is_some_and(Pipe::ended);
        delivered && matches!(&self.state, State::Up(link, _) if link.is_ready() && link.is_flushed())
    }

    fn take_over(&mut self) -> bool {
        match (&mut self.state, &mut self.pipe) {
            (State::Up(link, _), Some(pipe)) => link.take_over(pipe),
            _ => false,
        }
    }

    fn uncork(&mut self, io: &mut Io<'_>, at_once: bool) {
        let State::Up(link, _) = &mut self.state else { return };
        if !link.stays_corked(io, at_once) {
            self.on_pipe(io, PipeEvent::Readable);
        }
    }

    fn on_pipe(&mut self, io: &mut Io<'_>, event: PipeEvent) {
        match event {
            PipeEvent::Closed => self.on_released(io),
            PipeEvent::Readable => {
                let result = self.pump(io);
                self.settle(io, result);
            }
            PipeEvent::Writable => {
                let result = self.resume(io);
                self.settle(io, result);
            }
            // Only sessions send these.
            PipeEvent::Hiccup => {}
        }
    }

    fn on_note(&mut self, io: &mut Io<'_>, note: Note) {
        match (note, &mut self.state) {
            // A pipe tells what to do with what is in it; that of a refused peer, which is still to tell, would not end this.
            (Note::Stop, _) if self.pipe.as_ref().is_some_and(|pipe| !pipe.is_refused()) => {}
            (Note::Stop, _) => self.end(io),
            (Note::Resolved(addresses), State::Dialling(dialler)) => {
                dialler.on_resolved(io, &self.owner, addresses);
                self.settle(io, Ok(()));
            }
            (Note::Zap(asked, answer), State::Up(link, _)) => {
                let result = link.on_zap(io, &self.owner, &mut self.pipe, asked, answer);
                self.settle(io, result);
            }
            (Note::Resolved(_) | Note::Zap(..), _) => {}
        }
    }
}
