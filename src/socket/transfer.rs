//! Sending and receiving one message part, and waiting until that is possible (zmq_msg_send(3), zmq_msg_recv(3)).

use std::time::{Duration, Instant};

use super::patience::{Manner, Means, Patience, GATHER};
use super::signal::Signal;
use super::{enter, lock, Socket};
use crate::consts::{ZMQ_DEALER, ZMQ_DONTWAIT, ZMQ_PAIR, ZMQ_PUSH, ZMQ_SNDMORE};
use crate::error::{Error, Result};
use crate::handle::{Guard, Handle};
use crate::io::restraint::RESTRAINT;
use crate::io::{self, Waiter};
use crate::msg::{tide, Deferral, Msg};
use crate::sys;

/// Parts received before the mailbox is looked at without need.
const LOOK_EVERY: u32 = 100;

/// Sends a part. On success `msg` is left empty, on failure untouched. ENOTSOCK, ETERM, EINTR; EAGAIN (ZMQ_DONTWAIT or
/// ZMQ_SNDTIMEO); ENOTSUP, EFSM, EHOSTUNREACH as the pattern says.
pub fn send(handle: Handle, msg: &mut Msg, flags: i32) -> Result<()> {
    let _deferral = Deferral::begin();
    let mut socket = enter(handle)?;
    let had_more = msg.more();
    msg.set_more(flags & ZMQ_SNDMORE != 0);
    msg.set_metadata(None);
    let mut sent = socket.transmit(msg);
    if sent == Err(Error::EAGAIN) {
        let wait = Wait::new(flags, socket.options.sndtimeo);
        sent = again(handle, &mut socket, wait, Waiting::ToSend, |s| s.transmit(msg));
    }
    sent.inspect_err(|_| msg.set_more(had_more))
}

/// After a part of `size` bytes was sent: lets the large messages that are under way get on for a moment before the caller
/// makes the next, if it must be ready to wait.
#[inline]
pub fn give_way(handle: Handle, size: usize, flags: i32) {
    if size >= tide::WEIGHTY && flags & ZMQ_SNDMORE == 0 {
        wait_for_others(handle, flags);
    }
}

#[inline(never)]
fn wait_for_others(handle: Handle, flags: i32) {
    let Ok(socket) = lock(handle) else { return };
    let left = Wait::new(flags, socket.options.sndtimeo).left();
    // The others drop what finds no room, or send one message at a time.
    let waits_for_room = matches!(socket.kind, ZMQ_PUSH | ZMQ_DEALER | ZMQ_PAIR);
    drop(socket);
    if let Some(limit) = left.ok().filter(|_| waits_for_room && io::patience_allowed()) {
        tide::wait(limit.unwrap_or(Duration::MAX));
    }
}

/// Receives a part into `msg`. ENOTSOCK, ETERM, EINTR; EAGAIN (ZMQ_DONTWAIT or ZMQ_RCVTIMEO); ENOTSUP, EFSM. After an EAGAIN
/// the message is empty, as with libzmq.
pub fn recv(handle: Handle, msg: &mut Msg, flags: i32) -> Result<()> {
    let _deferral = Deferral::begin();
    try_recv(handle, msg, flags).inspect_err(|&e| {
        if e == Error::EAGAIN {
            drop(msg.take());
        }
    })
}

fn try_recv(handle: Handle, msg: &mut Msg, flags: i32) -> Result<()> {
    let mut socket = lock(handle)?;
    if socket.terminated {
        return Err(Error::ETERM);
    }
    // A stream of messages is read without a look at the mailbox, but not for ever.
    if socket.rhythm.tick() {
        socket.work_off()?;
    }
    if let Some(done) = not_again(socket.receive(msg)) {
        return done;
    }
    let wait = Wait::new(flags, socket.options.rcvtimeo);
    socket.work_off()?;
    if let Some(done) = not_again(socket.receive(msg)) {
        return done;
    }
    again(handle, &mut socket, wait, Waiting::ToReceive, |s| s.receive(msg))
}

/// How parts came and went lately. What every message needs comes last, as in the socket itself.
#[repr(C)]
#[derive(Default)]
pub(super) struct Rhythm {
    patience: Patience,
    /// Calls to receive, and the one with the next look at the mailbox.
    ticks: u32,
    next_look: u32,
    /// `ticks` at the last wait.
    waited: u32,
    /// Something was sent since then.
    spoke: bool,
}

impl Rhythm {
    /// Counts a call to receive; whether it is to look at the mailbox.
    #[inline]
    fn tick(&mut self) -> bool {
        self.ticks = self.ticks.wrapping_add(1);
        let looks = self.ticks.wrapping_sub(self.next_look) <= u32::MAX / 2;
        if looks {
            self.next_look = self.ticks.wrapping_add(LOOK_EVERY);
        }
        looks
    }

    /// How to wait now.
    fn choose(&mut self) -> Manner {
        let received = self.ticks.wrapping_sub(std::mem::replace(&mut self.waited, self.ticks));
        let listened = !std::mem::take(&mut self.spoke);
        let means = Means { look: io::look::several_processors(), doze: listened && sys::wait::SHORT_SLEEPS };
        self.patience.choose(Instant::now(), received, means)
    }
}

impl Socket {
    #[inline]
    pub(super) fn transmit(&mut self, msg: &mut Msg) -> Result<()> {
        self.rhythm.spoke = true;
        let sent = self.pattern.send(&mut self.pipes, msg);
        if self.pipes.has_ended() {
            self.reap();
        }
        sent
    }

    #[inline]
    pub(super) fn receive(&mut self, msg: &mut Msg) -> Result<()> {
        let received = self.pattern.recv(&mut self.pipes, msg);
        if self.pipes.has_ended() {
            self.reap();
        }
        received.inspect(|()| self.more = msg.more())
    }
}

fn not_again(result: Result<()>) -> Option<Result<()>> {
    (result != Err(Error::EAGAIN)).then_some(result)
}

/// How long a call may block.
#[derive(Clone, Copy)]
enum Wait {
    Never,
    Until(Instant),
    Forever,
}

impl Wait {
    fn new(flags: i32, timeout_ms: i32) -> Self {
        match timeout_ms {
            _ if flags & ZMQ_DONTWAIT != 0 => Self::Never,
            0 => Self::Never,
            ms if ms < 0 => Self::Forever,
            ms => Self::Until(Instant::now() + Duration::from_millis(ms as u64)),
        }
    }

    /// What is left. EAGAIN when nothing is.
    fn left(self) -> Result<Option<Duration>> {
        match self {
            Self::Never => Err(Error::EAGAIN),
            Self::Forever => Ok(None),
            Self::Until(at) => {
                let left = at.saturating_duration_since(Instant::now());
                (!left.is_zero()).then_some(Some(left)).ok_or(Error::EAGAIN)
            }
        }
    }
}

/// What a blocked call waits for.
#[derive(Clone, Copy)]
enum Waiting {
    /// Room in a pipe. The traffic is a stream, which goes better with the I/O thread at work.
    ToSend,
    /// A message: the thread may fetch it itself.
    ToReceive,
}

/// A wait that has ended: how, and after what time a look found something, if there was one and it did.
struct Waited {
    result: Result<()>,
    looked: Option<Option<Duration>>,
}

impl From<Result<()>> for Waited {
    fn from(result: Result<()>) -> Self {
        Self { result, looked: None }
    }
}

impl Waiting {
    /// Waits for a command that came after `epoch` was read, without the socket's lock. EINTR, EAGAIN (time over).
    fn wait(self, socket: &mut Guard<Socket>, epoch: u32, left: Option<Duration>) -> Waited {
        let mailbox = socket.mailbox.clone();
        let signal = &mailbox.signal;
        match (self, socket.endpoints.feeding_loop().cloned()) {
            (Self::ToReceive, Some(lp)) => {
                Guard::unlocked(socket, || signal.wait_for_loop(&lp, Waiter::Guest, epoch, left)).into()
            }
            (Self::ToReceive, None) if socket.endpoints.are_inproc() && io::patience_allowed() => {
                let manner = socket.rhythm.choose();
                Guard::unlocked(socket, || wait_for_thread(signal, manner, epoch, left))
            }
            _ => {
                socket.endpoints.for_each_loop(|lp| lp.attend());
                Guard::unlocked(socket, || signal.wait(epoch, left)).into()
            }
        }
    }
}

/// Waits for news of another thread of this process.
fn wait_for_thread(signal: &Signal, manner: Manner, epoch: u32, left: Option<Duration>) -> Waited {
    match manner {
        Manner::Sleep => signal.wait(epoch, left).into(),
        Manner::Doze(limit) => signal.doze(epoch, left.map_or(limit, |left| left.min(limit))).into(),
        Manner::Look(limit) | Manner::Gather(limit) => {
            let may = !Patience::is_trial(limit) || !RESTRAINT.is_crowded();
            let took = may.then(|| signal.look(epoch, limit)).flatten();
            if took.is_some() && matches!(manner, Manner::Gather(_)) {
                // Other news than of messages ends it.
                let _ = signal.look(signal.epoch(), GATHER);
            }
            let result = if took.is_some() { Ok(()) } else { signal.wait(epoch, left) };
            Waited { result, looked: Some(took) }
        }
    }
}

/// After an attempt: waits and tries again until it succeeds, fails for good, or the time is over; the socket is not locked
/// while waiting.
#[cold]
fn again(
    handle: Handle,
    socket: &mut Guard<Socket>,
    wait: Wait,
    waiting: Waiting,
    mut f: impl FnMut(&mut Socket) -> Result<()>,
) -> Result<()> {
    loop {
        let left = wait.left()?;
        // A command that comes after `epoch` was read ends the wait at once; one that came before is looked at first.
        let epoch = socket.mailbox.signal.epoch();
        if !socket.mailbox.pending() {
            let waited = waiting.wait(socket, epoch, left);
            if !Guard::names(socket, handle) {
                return Err(Error::ENOTSOCK);
            }
            waited.looked.into_iter().for_each(|took| socket.rhythm.patience.looked(took));
            waited.result.or_else(|e| if e == Error::EAGAIN { Ok(()) } else { Err(e) })?;
        }
        socket.work_off()?;
        if let Some(done) = not_again(f(socket)) {
            return done;
        }
    }
}
