//! The way to a connection: resolve the name, try address after address, pass the proxy, and start again after a while.
//!
//! The interval between rounds is ZMQ_RECONNECT_IVL plus a random part of it, doubled each time up to
//! ZMQ_RECONNECT_IVL_MAX if that is set; a connection that came about resets it.

use std::collections::VecDeque;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::link::Link;
use super::{resolve, Owner};
use crate::consts::{
    ZMQ_EVENT_CLOSED, ZMQ_EVENT_CONNECTED, ZMQ_EVENT_CONNECT_DELAYED, ZMQ_EVENT_CONNECT_RETRIED,
    ZMQ_RECONNECT_STOP_CONN_REFUSED,
};
use crate::error::{Error, Result};
use crate::io::poll::Interest;
use crate::io::Io;
use crate::sys::SockAddr;
use crate::transport::{self, socks, Target};

/// See the module comment.
pub(super) struct Dialler {
    target: Arc<Target>,
    /// Addresses of this round that have not been tried.
    addresses: VecDeque<SockAddr>,
    step: Step,
    /// Base of the next interval, in milliseconds.
    interval: i32,
    deadline: Option<Instant>,
    /// ZMQ_RECONNECT_STOP: the peer refused, and that was the last try.
    over: bool,
}

/// What a descriptor is watched for until the connection stands.
const CONNECTING: Interest = Interest { read: false, write: true };

enum Step {
    /// For the next round.
    Waiting,
    Resolving,
    Connecting(OwnedFd),
    Proxy(OwnedFd, socks::Client),
}

impl Dialler {
    pub(super) fn new(target: Target, owner: &Owner) -> Self {
        Self {
            target: Arc::new(target),
            addresses: VecDeque::new(),
            step: Step::Waiting,
            interval: owner.options.reconnect.ivl,
            deadline: None,
            over: false,
        }
    }

    /// Whether nothing will be tried any more.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// When [`Self::on_deadline`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Starts a round.
    pub(super) fn begin(&mut self, io: &mut Io<'_>, owner: &Owner) {
        match self.target.numeric() {
            Some(addresses) => self.on_resolved(io, owner, Ok(addresses)),
            None => {
                self.step = Step::Resolving;
                self.deadline = None;
                resolve::resolve(self.target.clone(), io.this(), io.key());
            }
        }
    }

    /// The addresses of this round are known.
    pub(super) fn on_resolved(&mut self, io: &mut Io<'_>, owner: &Owner, addresses: Result<Vec<SockAddr>>) {
        self.addresses = addresses.unwrap_or_default().into();
        self.try_next(io, owner);
    }

    /// Starts connecting to the next address, or waits for the next round.
    fn try_next(&mut self, io: &mut Io<'_>, owner: &Owner) {
        while let Some(address) = self.addresses.pop_front() {
            let Ok(connecting) = transport::start_connect(&self.target, &address, &owner.options) else { continue };
            let fd = connecting.fd;
            // Readiness to write tells success and failure alike, also of a connection made at once.
            if io.register(fd.as_fd(), CONNECTING).is_err() {
                continue;
            }
            if !connecting.done {
                let in_progress = Error::EINPROGRESS.0.into();
                owner.monitor.report(ZMQ_EVENT_CONNECT_DELAYED, in_progress, &self.target.endpoint);
            }
            self.step = Step::Connecting(fd);
            let timeout = owner.options.reconnect.connect_timeout;
            self.deadline = (timeout > 0).then(|| io.now + Duration::from_millis(timeout as u64));
            return;
        }
        self.wait(io, owner);
    }

    /// Waits for the next round. False: there will be none (ZMQ_RECONNECT_IVL -1).
    fn wait(&mut self, io: &mut Io<'_>, owner: &Owner) -> bool {
        self.step = Step::Waiting;
        self.deadline = None;
        if owner.options.reconnect.ivl < 0 {
            return false;
        }
        let interval = self.next_interval(owner);
        owner.monitor.report(ZMQ_EVENT_CONNECT_RETRIED, interval.into(), &self.target.endpoint);
        self.deadline = Some(io.now + Duration::from_millis(interval as u64));
        true
    }

    fn next_interval(&mut self, owner: &Owner) -> i32 {
        let base = owner.options.reconnect.ivl;
        let random = if base > 0 { (random() % base as u64) as i32 } else { 0 };
        let interval = self.interval.saturating_add(random);
        let most = owner.options.reconnect.ivl_max;
        if most > base {
            self.interval = self.interval.saturating_mul(2).min(most);
            return interval.min(most);
        }
        interval
    }

    /// The connection was lost. False if there will be no other.
    pub(super) fn retry(&mut self, io: &mut Io<'_>, owner: &Owner) -> bool {
        self.addresses.clear();
        self.wait(io, owner)
    }

    /// Time is over: for waiting, or for the address being tried.
    pub(super) fn on_deadline(&mut self, io: &mut Io<'_>, owner: &Owner) {
        match self.step {
            _ if self.deadline.is_none_or(|at| at > io.now) => {}
            Step::Waiting => self.begin(io, owner),
            Step::Resolving => {}
            Step::Connecting(_) | Step::Proxy(..) => self.fail(io, owner),
        }
    }

    /// Gives up the address being tried and goes on with the next.
    fn fail(&mut self, io: &mut Io<'_>, owner: &Owner) {
        self.close_descriptor(io, owner);
        if !self.over {
            self.try_next(io, owner);
        }
    }

    fn close_descriptor(&mut self, io: &mut Io<'_>, owner: &Owner) {
        if let Step::Connecting(fd) | Step::Proxy(fd, _) = std::mem::replace(&mut self.step, Step::Waiting) {
            io.deregister(fd.as_fd());
            let number = fd.as_raw_fd();
            drop(fd);
            owner.monitor.report(ZMQ_EVENT_CLOSED, number.into(), &self.target.endpoint);
        }
    }

    /// The descriptor is ready. Some when the connection stands.
    pub(super) fn on_ready(&mut self, io: &mut Io<'_>, owner: &Owner, readable: bool, writable: bool) -> Option<Link> {
        let outcome = match &mut self.step {
            Step::Connecting(fd) if writable => {
                match transport::finish_connect(&self.target, fd.as_fd(), &owner.options) {
                    Ok(()) => self.on_connected(io, owner),
                    Err(e) => {
                        let stops = owner.options.reconnect.stop & ZMQ_RECONNECT_STOP_CONN_REFUSED != 0;
                        self.over = stops && e == Error::ECONNREFUSED;
                        Err(())
                    }
                }
            }
            Step::Proxy(fd, client) if readable || writable => drive_proxy(io, fd, client),
            _ => return None,
        };
        match outcome {
            Ok(true) => self.finish(io, owner),
            Ok(false) => None,
            Err(()) => {
                self.fail(io, owner);
                None
            }
        }
    }

    /// The transport stands; with a proxy before the peer the conversation with it begins.
    fn on_connected(&mut self, io: &mut Io<'_>, owner: &Owner) -> std::result::Result<bool, ()> {
        let Some(client) = self.target.socks(&owner.options).map_err(|_| ())? else { return Ok(true) };
        let Step::Connecting(fd) = std::mem::replace(&mut self.step, Step::Waiting) else { return Err(()) };
        self.step = Step::Proxy(fd, client);
        match &mut self.step {
            Step::Proxy(fd, client) => drive_proxy(io, fd, client),
            _ => Err(()),
        }
    }

    fn finish(&mut self, io: &mut Io<'_>, owner: &Owner) -> Option<Link> {
        let fd = match std::mem::replace(&mut self.step, Step::Waiting) {
            Step::Connecting(fd) => fd,
            Step::Proxy(fd, _) => {
                // The link goes on where a connection without proxy is.
                let _ = io.watch(fd.as_fd(), CONNECTING);
                fd
            }
            Step::Waiting | Step::Resolving => return None,
        };
        self.deadline = None;
        self.interval = owner.options.reconnect.ivl;
        owner.monitor.report(ZMQ_EVENT_CONNECTED, fd.as_raw_fd().into(), &self.target.endpoint);
        let peer = transport::peer_name(fd.as_fd());
        match Link::new(fd, owner, &self.target.endpoint, peer) {
            Ok(link) => Some(link.watched(CONNECTING)),
            Err(fd) => {
                io.deregister(fd.as_fd());
                self.wait(io, owner);
                None
            }
        }
    }

    /// The session ends.
    pub(super) fn close(mut self, io: &mut Io<'_>, owner: &Owner) {
        self.close_descriptor(io, owner);
    }
}

/// A number that differs between diallers, so that they do not all come back at once.
fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

/// Moves bytes between the proxy and its protocol. True when the way to the peer is open.
fn drive_proxy(io: &mut Io<'_>, fd: &OwnedFd, client: &mut socks::Client) -> std::result::Result<bool, ()> {
    let mut answer = [0; 512];
    loop {
        while !client.output().is_empty() {
            match crate::sys::send(fd.as_fd(), client.output()) {
                Ok(n) => client.advance(n),
                Err(Error::EAGAIN) => break,
                Err(_) => return Err(()),
            }
        }
        if client.is_done() {
            return Ok(true);
        }
        // The proxy's answer must be read to its last byte and not further: what follows is the peer's.
        let want = client.wanted().min(answer.len());
        match crate::sys::recv_slice(fd.as_fd(), &mut answer[..want]) {
            Ok(0) => return Err(()),
            Ok(n) => client.input(&answer[..n]).map_err(|_| ())?,
            Err(Error::EAGAIN) => {
                let interest = Interest { read: true, write: !client.output().is_empty() };
                return io.watch(fd.as_fd(), interest).map(|()| false).map_err(|_| ());
            }
            Err(_) => return Err(()),
        }
    }
}
