//! A bound endpoint: accepts connections and gives each a session in the least loaded loop.

use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::link::Link;
use super::{Owner, Session, State};
use crate::consts::{ZMQ_EVENT_ACCEPTED, ZMQ_EVENT_ACCEPT_FAILED, ZMQ_EVENT_CLOSED};
use crate::io::poll::Interest;
use crate::io::{Actor, Io, Loop, Note};
use crate::sys::socket::is_transient;
use crate::transport::{Accepted, Listener};

/// Accepting stops for this long when the process has no descriptors left.
const PAUSE: Duration = Duration::from_millis(20);

/// Connections accepted in one go, so that other actors get their turn.
const BURST: usize = 64;

/// Closes the listening descriptor at once, from the socket's thread, so that its address is free again when
/// zmq_unbind or zmq_close returns.
pub struct ListenerControl {
    listener: Arc<Mutex<Option<Listener>>>,
    owner: Arc<Owner>,
    lp: Arc<Loop>,
}

impl ListenerControl {
    /// See the type.
    pub fn close(&self) {
        let Some(listener) = self.listener.lock().take() else { return };
        self.lp.deregister(listener.as_fd());
        let (fd, endpoint) = (listener.raw_fd(), listener.endpoint.clone());
        drop(listener);
        self.owner.monitor.report(ZMQ_EVENT_CLOSED, fd.into(), &endpoint);
    }
}

struct Acceptor {
    listener: Arc<Mutex<Option<Listener>>>,
    owner: Arc<Owner>,
    /// Not watching: out of descriptors.
    paused: bool,
}

/// Starts accepting.
pub fn listen(owner: Arc<Owner>, listener: Listener) -> ListenerControl {
    let listener = Arc::new(Mutex::new(Some(listener)));
    let (lp, group) = (owner.pick_loop(), owner.endpoint);
    let control = ListenerControl { listener: listener.clone(), owner: owner.clone(), lp: lp.clone() };
    lp.add(Box::new(Acceptor { listener, owner, paused: false }), group);
    control
}

impl Acceptor {
    fn watch(&mut self, io: &mut Io<'_>, read: bool) {
        let slot = self.listener.lock();
        let Some(listener) = slot.as_ref() else { return io.finish() };
        // A loop that cannot watch the descriptor tries again later.
        let watched = match read {
            true => io.register(listener.as_fd(), Interest { read: true, write: false }).is_ok(),
            false => {
                io.deregister(listener.as_fd());
                false
            }
        };
        self.paused = !watched;
        let retry = self.paused.then(|| io.now + PAUSE);
        io.set_deadline(retry);
    }

    fn take_in(&self, accepted: Accepted, endpoint: &str) {
        self.owner.monitor.report(ZMQ_EVENT_ACCEPTED, accepted.fd.as_raw_fd().into(), endpoint);
        let lp = self.owner.pick_loop();
        // Without memory for it the connection is closed again.
        let Ok(link) = Link::new(accepted.fd, &self.owner, endpoint, accepted.peer) else { return };
        let session = Session::new(self.owner.clone(), None, State::Up(link, None));
        lp.add(Box::new(session), self.owner.endpoint);
    }
}

impl Actor for Acceptor {
    fn start(&mut self, io: &mut Io<'_>) {
        self.watch(io, true);
    }

    fn on_ready(&mut self, io: &mut Io<'_>, _readable: bool, _writable: bool) {
        for _ in 0..BURST {
            let slot = self.listener.lock();
            let Some(listener) = slot.as_ref() else { return io.finish() };
            match listener.accept(&self.owner.options) {
                Ok(Some(accepted)) => self.take_in(accepted, &listener.endpoint),
                Ok(None) => return,
                Err(e) => {
                    self.owner.monitor.report(ZMQ_EVENT_ACCEPT_FAILED, e.0.into(), &listener.endpoint);
                    drop(slot);
                    // The peer that went away again is no reason to pause; a lack of descriptors or memory is.
                    if !is_transient(e) {
                        self.watch(io, false);
                    }
                    return;
                }
            }
        }
    }

    fn on_deadline(&mut self, io: &mut Io<'_>) {
        self.watch(io, true);
    }

    fn on_note(&mut self, io: &mut Io<'_>, note: Note) {
        if matches!(note, Note::Stop) {
            io.finish();
        }
    }
}
