//! bind, connect, unbind and disconnect: which endpoints a socket has, and the pipes and actors behind them (zmq_bind(3),
//! zmq_connect(3), zmq_unbind(3), zmq_disconnect(3)).
//!
//! Binding is done in the caller's thread, so that its errno is the truth; the listener then lives in a loop. Connecting
//! makes the pipe at once (unless ZMQ_IMMEDIATE says otherwise) and leaves the rest to a dialling session.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use super::{enter, Mailbox, Socket};
use crate::consts::*;

use crate::ctx::registry::{Party, Pending, Registry};
use crate::ctx::Context;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::io::{Group, Key, Loop};
use crate::msg::{Control, Deferral, Msg};
use crate::pattern;
use crate::pipe::{self, Pipe, PipeId, Side, NO_MARK};
use crate::session::{self, Host, ListenerControl, Owner, ZapDoor};
use crate::transport::{self, Refused, Scheme};

/// The endpoints of one socket.
#[derive(Default)]
pub(super) struct Endpoints {
    list: Vec<Endpoint>,
    feed: Feed,
}

/// Where a socket's messages come from.
#[derive(Default, Clone)]
enum Feed {
    #[default]
    Nowhere,
    /// One loop and nothing else.
    Loop(Arc<Loop>),
    /// Other sockets of the process.
    Inproc,
    /// Several of these.
    Mixed,
}

impl Feed {
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nowhere, feed) | (feed, Self::Nowhere) => feed,
            (Self::Loop(a), Self::Loop(b)) if Arc::ptr_eq(&a, &b) => Self::Loop(a),
            (Self::Inproc, Self::Inproc) => Self::Inproc,
            _ => Self::Mixed,
        }
    }
}

struct Endpoint {
    number: Group,
    /// As ZMQ_LAST_ENDPOINT shows it; zmq_unbind and zmq_disconnect find it by this.
    text: String,
    what: What,
}

enum What {
    Listener(Vec<Arc<Loop>>, ListenerControl),
    Dialler(Arc<Loop>, Key, Option<PipeId>),
    InprocBound,
    InprocConnected(PipeId),
}

impl What {
    fn loops(&self) -> &[Arc<Loop>] {
        match self {
            Self::Listener(loops, _) => loops,
            Self::Dialler(lp, ..) => std::slice::from_ref(lp),
            Self::InprocBound | Self::InprocConnected(_) => &[],
        }
    }

    fn feed(&self) -> Feed {
        match self.loops() {
            [] => Feed::Inproc,
            loops => loops.iter().cloned().map(Feed::Loop).fold(Feed::Nowhere, Feed::join),
        }
    }

    fn is_bound(&self) -> bool {
        matches!(self, Self::Listener(..) | Self::InprocBound)
    }
}

/// Numbers endpoints, uniquely in the process.
fn next_number() -> Group {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

impl Endpoints {
    fn add(&mut self, number: Group, text: &str, what: What) {
        self.feed = std::mem::take(&mut self.feed).join(what.feed());
        self.list.push(Endpoint { number, text: text.into(), what });
    }

    /// Looks anew where messages come from, after an endpoint has gone.
    fn refeed(&mut self) {
        self.feed = self.list.iter().map(|e| e.what.feed()).fold(Feed::Nowhere, Feed::join);
    }

    /// The one loop that everything comes through, if it is so: a thread that waits may run it.
    pub(super) fn feeding_loop(&self) -> Option<&Arc<Loop>> {
        match &self.feed {
            Feed::Loop(lp) => Some(lp),
            _ => None,
        }
    }

    /// Whether all peers are threads of this process.
    pub(super) fn are_inproc(&self) -> bool {
        matches!(self.feed, Feed::Inproc)
    }

    /// Tells the loops behind the endpoints, some of them more than once.
    pub(super) fn for_each_loop(&self, mut f: impl FnMut(&Arc<Loop>)) {
        match &self.feed {
            Feed::Nowhere | Feed::Inproc => {}
            Feed::Loop(lp) => f(lp),
            Feed::Mixed => self.list.iter().flat_map(|e| e.what.loops()).for_each(&mut f),
        }
    }

    /// An endpoint ended of itself.
    pub(super) fn forget(&mut self, number: Group) {
        self.list.retain(|e| e.number != number);
        self.refeed();
    }

    /// A pipe is gone.
    pub(super) fn forget_pipe(&mut self, id: PipeId) {
        let before = self.list.len();
        self.list.retain(|e| !matches!(e.what, What::InprocConnected(p) if p == id));
        if self.list.len() != before {
            self.refeed();
        }
        for e in &mut self.list {
            if let What::Dialler(_, _, pipe) = &mut e.what {
                *pipe = pipe.filter(|p| *p != id);
            }
        }
    }

    /// Whether there is an endpoint of that name, of whatever kind.
    fn has(&self, text: &str) -> bool {
        self.list.iter().any(|e| e.text == text)
    }

    /// Takes out what `text` names: everything of that name. Of an inproc name the binding goes first, alone.
    fn take(&mut self, text: &str) -> Vec<Endpoint> {
        let bound = self.list.iter().position(|e| e.text == text && matches!(e.what, What::InprocBound));
        let taken = match bound {
            Some(at) => vec![self.list.remove(at)],
            None => self.list.extract_if(.., |e| e.text == text).collect(),
        };
        self.refeed();
        taken
    }
}

impl Host for Mailbox {
    fn attach(&self, pipe: Pipe, endpoint: u64) {
        self.post(super::Command::Attach(pipe, endpoint));
    }

    fn ended(&self, endpoint: u64) {
        self.post(super::Command::Ended(endpoint));
    }
}

/// Name to which the ZAP handler is bound (RFC 27).
const ZAP_HANDLER: &str = "zeromq.zap.01";

impl ZapDoor for Context {
    fn open(&self) -> Option<Pipe> {
        let registry = self.registry.lock();
        let handler = registry.find(ZAP_HANDLER)?;
        let far_side = Side { send_mark: handler.sndhwm, recv_mark: handler.rcvhwm };
        let (mut near, far) = pipe::pair(Side { send_mark: NO_MARK, recv_mark: NO_MARK }, far_side, false);
        if handler.wants_routing_id {
            introduce(&mut near, &[]);
        }
        Registry::deliver(handler, far);
        Some(near)
    }
}

/// Accepts connections at an endpoint. ENOTSOCK, ETERM, EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO, EADDRINUSE, EADDRNOTAVAIL,
/// ENODEV, EMTHREAD.
pub fn bind(handle: Handle, endpoint: &str) -> Result<()> {
    let _deferral = Deferral::begin();
    let mut socket = enter(handle)?;
    let (scheme, address) = transport::split(endpoint)?;
    transport::check(scheme, socket.kind)?;
    match scheme {
        Scheme::Inproc => socket.bind_inproc(endpoint, address),
        scheme => socket.listen(endpoint, scheme, address),
    }
}

/// Connects to an endpoint; the connection is made, and made again, in the background. ENOTSOCK, ETERM, EINVAL,
/// EPROTONOSUPPORT, ENOCOMPATPROTO, EMTHREAD.
pub fn connect(handle: Handle, endpoint: &str) -> Result<()> {
    let _deferral = Deferral::begin();
    let mut socket = enter(handle)?;
    let (scheme, address) = transport::split(endpoint)?;
    transport::check(scheme, socket.kind)?;
    match scheme {
        Scheme::Inproc => socket.connect_inproc(endpoint, address),
        scheme => socket.dial(scheme, address),
    }
}

/// Ends accepting at an endpoint and the connections accepted there. ENOTSOCK, ETERM, EINVAL, ENOENT.
pub fn unbind(handle: Handle, endpoint: &str) -> Result<()> {
    term_endpoint(handle, endpoint)
}

/// Ends the connections to an endpoint. ENOTSOCK, ETERM, EINVAL, ENOENT.
pub fn disconnect(handle: Handle, endpoint: &str) -> Result<()> {
    term_endpoint(handle, endpoint)
}

/// libzmq takes either call for either kind of endpoint, and so do we.
fn term_endpoint(handle: Handle, endpoint: &str) -> Result<()> {
    let _deferral = Deferral::begin();
    let mut socket = enter(handle)?;
    let (scheme, address) = transport::split(endpoint)?;
    transport::check(scheme, socket.kind)?;
    // The same address may be written in other ways than the one it goes by.
    let names =
        std::iter::once(endpoint.to_string()).chain(transport::other_names(scheme, address, socket.options.ipv6));
    for name in names {
        let ended = socket.endpoints.take(&name);
        if !ended.is_empty() {
            ended.into_iter().for_each(|e| socket.end(e));
            return Ok(());
        }
    }
    Err(Error::ENOENT)
}

impl Socket {
    /// Takes in a pipe that a loop or an inproc peer made for one of this socket's endpoints.
    pub(super) fn attach_delivered(&mut self, pipe: Pipe, number: Group) {
        let Some(endpoint) = self.endpoints.list.iter_mut().find(|e| e.number == number) else { return };
        let local = !endpoint.what.is_bound();
        let id = self.pipes.insert(pipe, number);
        if let What::Dialler(_, _, slot) = &mut endpoint.what {
            *slot = Some(id);
        }
        self.attach(id, local);
    }

    fn attach(&mut self, id: PipeId, local: bool) {
        let (sndhwm, rcvhwm) = (self.options.sndhwm, self.options.rcvhwm);
        if let Some(pipe) = self.pipes.get(id) {
            pipe.set_marks(sndhwm, rcvhwm);
            if pipe.peer_gone() {
                pipe.shut();
            }
        }
        self.pattern.attach(&mut self.pipes, id, local);
        self.pipes.note_end(id);
        self.reap();
    }

    pub(super) fn close_endpoints(&mut self) {
        for e in std::mem::take(&mut self.endpoints.list) {
            self.end(e);
        }
    }

    /// Ends what is behind an endpoint; its pipes go with the socket's linger.
    fn end(&mut self, endpoint: Endpoint) {
        match endpoint.what {
            What::Listener(loops, control) => {
                control.close();
                loops.iter().for_each(|lp| lp.stop_group(endpoint.number));
                self.end_pipes_of(endpoint.number);
            }
            What::Dialler(lp, key, pipe) => {
                lp.stop_one(key);
                pipe.into_iter().for_each(|id| self.end_pipe(id));
            }
            What::InprocBound => {
                // Not there any more if the context is ending.
                let name = endpoint.text.strip_prefix("inproc://").unwrap_or_default();
                let _ = self.ctx().registry.lock().unbind(name, &self.mailbox);
            }
            What::InprocConnected(id) => {
                // Between sockets nothing is in between that could deliver later: what was not read is given up.
                self.pattern.detach(&mut self.pipes, id);
                self.release_pipe(id);
            }
        }
    }

    fn end_pipes_of(&mut self, number: Group) {
        for (id, endpoint) in self.pipes.ids() {
            if endpoint == number {
                self.end_pipe(id);
            }
        }
    }

    /// Ends a pipe that the caller does not want any more: what was written to it may still be delivered, and what came
    /// over it may still be read; after that it is detached.
    fn end_pipe(&mut self, id: PipeId) {
        let linger = self.options.linger;
        if let Some(pipe) = self.pipes.get(id) {
            pipe.set_linger(linger);
            pipe.leave();
        }
    }

    // --- connections through a loop ----------------------------------------------------------------------------------

    fn owner(&self, number: Group) -> Result<Arc<Owner>> {
        Ok(Arc::new(Owner {
            host: self.mailbox.clone(),
            monitor: self.monitor.clone(),
            zap: self.ctx().clone(),
            options: Arc::new(self.options.clone()),
            kind: self.kind,
            wants_routing_id: pattern::wants_routing_id(self.kind),
            wire: self.pattern.wire(),
            endpoint: number,
            conflate: self.conflates(),
            alive: Arc::new(self.alive.another()),
            loops: self.ctx().loops(self.options.affinity)?,
        }))
    }

    fn listen(&mut self, given: &str, scheme: Scheme, address: &str) -> Result<()> {
        let number = next_number();
        let owner = self.owner(number)?;
        let listener = transport::bind(scheme, address, &self.options)
            .map_err(|refused| self.report_refused(given, scheme, address, refused))?;
        let text = listener.endpoint.clone();
        self.monitor.report(ZMQ_EVENT_LISTENING, listener.raw_fd().into(), &text);
        let loops = owner.loops.clone();
        let control = session::listen(owner, listener);
        self.endpoints.add(number, &text, What::Listener(loops, control));
        self.last_endpoint = text;
        Ok(())
    }

    /// Tells the monitor of a failed bind, with the addresses as libzmq's events have them.
    fn report_refused(&self, given: &str, scheme: Scheme, address: &str, refused: Refused) -> Error {
        if let Some(fd) = refused.descriptor {
            let endpoint = if scheme == Scheme::Tcp { "" } else { given };
            self.monitor.report(ZMQ_EVENT_CLOSED, fd.into(), endpoint);
        }
        self.monitor.report(ZMQ_EVENT_BIND_FAILED, refused.error.0.into(), address);
        refused.error
    }

    /// Types for which a second connection to one peer makes no sense: connecting to what is an endpoint already does nothing
    /// (zmq_connect(3)). Endpoints are compared as texts; inproc is exempt.
    fn connects_once(&self) -> bool {
        matches!(self.kind, ZMQ_DEALER | ZMQ_SUB | ZMQ_PUB | ZMQ_REQ)
    }

    fn dial(&mut self, scheme: Scheme, address: &str) -> Result<()> {
        let target = transport::parse_target(scheme, address, &self.options)?;
        if self.connects_once() && self.endpoints.has(&target.endpoint) {
            return Ok(());
        }
        let number = next_number();
        let owner = self.owner(number)?;
        let (mut id, mut far_end) = (None, None);
        if !self.options.immediate || self.pattern.wire() != pattern::Wire::Zmtp {
            let (near, far) = owner.pipe();
            id = Some(self.pipes.insert(near, number));
            far_end = Some(far);
        }
        let text = target.endpoint.clone();
        let (lp, key) = session::dial(owner, target, far_end);
        self.endpoints.add(number, &text, What::Dialler(lp, key, id));
        self.last_endpoint = text;
        if let Some(id) = id {
            self.attach(id, true);
        }
        Ok(())
    }

    // --- inproc ------------------------------------------------------------------------------------------------------

    /// ZMQ_CONFLATE counts for these types only.
    fn conflates(&self) -> bool {
        self.options.conflate && matches!(self.kind, ZMQ_DEALER | ZMQ_PULL | ZMQ_PUSH | ZMQ_PUB | ZMQ_SUB)
    }

    fn party(&self, endpoint: u64) -> Party {
        Party {
            mailbox: self.mailbox.clone(),
            sndhwm: self.options.sndhwm,
            rcvhwm: self.options.rcvhwm,
            routing_id: self.options.routing_id.clone(),
            wants_routing_id: pattern::wants_routing_id(self.kind),
            endpoint,
        }
    }

    fn bind_inproc(&mut self, text: &str, name: &str) -> Result<()> {
        let number = next_number();
        let party = self.party(number);
        let pending = self.ctx().registry.lock().bind(name, party)?;
        self.endpoints.add(number, text, What::InprocBound);
        self.last_endpoint = text.into();
        for connection in pending {
            self.accept_pending(connection, number);
        }
        Ok(())
    }

    /// Takes in a connection that was made before this socket bound the name.
    fn accept_pending(&mut self, connection: Pending, number: Group) {
        let mut pipe = connection.pipe;
        // The connecting side could not know whether its routing id would be wanted.
        if !pattern::wants_routing_id(self.kind) {
            pipe.read();
        }
        if connection.wants_routing_id {
            introduce(&mut pipe, &self.options.routing_id);
        }
        let id = self.pipes.insert(pipe, number);
        self.attach(id, false);
    }

    fn connect_inproc(&mut self, text: &str, name: &str) -> Result<()> {
        let number = next_number();
        let ctx = self.ctx().clone();
        let mut registry = ctx.registry.lock();
        let peer = registry.find(name).cloned();
        let far_marks = peer.as_ref().map_or((NO_MARK, NO_MARK), |p| (p.sndhwm, p.rcvhwm));
        let near_side = Side { send_mark: self.options.sndhwm, recv_mark: self.options.rcvhwm };
        let far_side = Side { send_mark: far_marks.0, recv_mark: far_marks.1 };
        let (mut near, mut far) = pipe::pair(near_side, far_side, self.conflates());
        let wants_routing_id = pattern::wants_routing_id(self.kind);
        if peer.as_ref().is_none_or(|p| p.wants_routing_id) {
            introduce(&mut near, &self.options.routing_id);
        }
        match peer {
            Some(peer) => {
                if wants_routing_id {
                    introduce(&mut far, &peer.routing_id);
                }
                Registry::deliver(&peer, far);
            }
            None => registry.wait_for(name, Pending { pipe: far, wants_routing_id }),
        }
        drop(registry);
        let id = self.pipes.insert(near, number);
        self.endpoints.add(number, text, What::InprocConnected(id));
        self.last_endpoint = text.into();
        self.attach(id, true);
        Ok(())
    }
}

/// Writes a routing id as the first message of a pipe.
fn introduce(pipe: &mut Pipe, routing_id: &[u8]) {
    let Ok(id) = Msg::from_slice(routing_id) else { return };
    // A pipe that was just made takes everything.
    let _ = pipe.write(id.with_control(Control::RoutingId));
    pipe.flush();
}
