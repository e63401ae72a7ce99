//! An open connection: a descriptor, the protocol on it, and the traffic between them and the pipe.
//!
//! *Reading.* Bytes come into the loop's intake (`msg/intake.rs`) and are decoded where they lie; only what cannot be used yet is
//! kept. The body of a large message is read straight into the message, together with the next header. When the pipe is full the
//! link pauses: it reads no more (and is not even watched if the peer has hung up) until the socket has taken messages.
//!
//! *Writing.* See `link/writing.rs`; for streams of small messages `link/cork.rs`, for the kernel's buffer `link/room.rs`.

mod cork;
mod room;
mod writing;

use std::collections::VecDeque;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::Instant;

use super::envelope::Envelope;
use super::protocol::{Heard, Protocol};
use super::{zap, Owner};
use crate::consts::*;
use crate::error::Error;
use crate::io::poll::Interest;
use crate::io::{Io, Key, Load, Note};
use crate::msg::{Control, Intake, Kept, Metadata, Msg, Portion, Purse, BLOCK};
use crate::pattern::Wire;
use crate::pipe::Pipe;
use crate::security::zap::{Reply, Request};
use crate::security::Failure;
use crate::sys;
use crate::zmtp::{Version, LARGE};
use cork::Cork;
use room::Room;

/// Reads in one step of the loop, of all connections together; each has one at least.
const READS: usize = 8;

/// After a read of so many bytes the next one asks for all that there is room for; others are cheaper with one block.
const BULK: usize = 4096;

/// Large bodies are likely to be followed by others that are worth reading straight into as well: of what follows only so many
/// bytes are read, so that little has to be copied.
const PEEK: usize = 2048;

/// Bytes of large messages for which the socket's thread is woken while there is more to read: a wake-up costs about as much
/// as reading 64 KiB.
const WORTH_WAKING: usize = 256 * 1024;

const NO_ENVELOPE: &str = "a reply without its envelope";

/// Why a connection is given up.
pub(super) enum Lost {
    /// The peer closed it, or the system says it is broken.
    Closed(Error),
    /// The protocol says so.
    Failed(Failure),
}

impl Lost {
    /// Whether connecting again is useless, as libzmq sees it: everything but a lost connection and a silent peer.
    pub(super) fn is_final(&self) -> bool {
        !matches!(
            self,
            Self::Closed(_) | Self::Failed(Failure::HandshakeTimeout | Failure::Silent | Failure::System(_))
        )
    }

    /// Whether the peer said that it does not accept who we are.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Failed(Failure::Auth(_)))
    }
}

impl From<Failure> for Lost {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// See the module comment. What every message needs comes first, most of it in one cache line (see [`super::Session`]).
#[repr(C)]
pub(super) struct Link {
    metadata: Option<Purse>,
    fd: OwnedFd,
    /// What is watched; None: the descriptor is not registered.
    interest: Option<Interest>,
    envelope: Envelope,
    paused: bool,
    /// Parts of a message have been written to the pipe, its last not yet.
    partial: bool,
    /// Writing failed; only reading goes on.
    mute: bool,
    /// The peer has said something since this side last did, and not so much that answers to it come in a stream.
    heard: bool,
    /// The last body read into was a large one.
    near_large: bool,
    /// What was read last was much.
    bulk: bool,
    /// What was read last were small messages.
    light: bool,
    room: Room,
    /// What was read may stay where it is, as message (ZMQ_ZERO_COPY_RECV).
    shares: bool,
    cork: Cork,
    protocol: Protocol,
    /// The question to the ZAP handler that is under way.
    asking: Option<Key>,
    /// What could not be decoded because the pipe was full or the ZAP handler is being asked.
    stash: VecDeque<Kept>,
    /// Text for events.
    endpoint: String,
    /// Value of the Peer-Address property.
    peer_address: String,
}

impl Link {
    /// Gives the descriptor back where there is no memory, or for a mechanism that is not built.
    pub(super) fn new(fd: OwnedFd, owner: &Owner, endpoint: &str, peer_address: String) -> Result<Self, OwnedFd> {
        let Ok(protocol) = Protocol::new(owner) else { return Err(fd) };
        Ok(Self {
            protocol,
            fd,
            endpoint: endpoint.to_string(),
            peer_address,
            metadata: None,
            stash: VecDeque::new(),
            interest: None,
            paused: false,
            asking: None,
            partial: false,
            mute: false,
            heard: false,
            near_large: false,
            bulk: false,
            light: false,
            room: Room::new(endpoint, &owner.options.tcp),
            envelope: Envelope::new(owner.kind),
            shares: owner.options.zero_copy_recv,
            cork: Cork::new(owner),
        })
    }

    /// The descriptor is registered with the loop already.
    pub(super) fn watched(self, interest: Interest) -> Self {
        Self { interest: Some(interest), ..self }
    }

    /// When [`Self::on_deadline`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.protocol.deadline()
    }

    /// Whether the handshake is over.
    pub(super) fn is_ready(&self) -> bool {
        self.protocol.ready()
    }

    /// Whether the peer waits for what this side has to say now.
    pub(super) fn in_dialogue(&self) -> bool {
        self.heard && self.is_flushed()
    }

    /// Whether to go on with small messages that have been read already.
    pub(super) fn goes_on_at_once(&self) -> bool {
        self.paused && self.light && !self.stash.is_empty()
    }

    /// Whether everything that was encoded has been written.
    pub(super) fn is_flushed(&self) -> bool {
        self.mute || self.protocol.output_len() == 0
    }

    /// First use: watches the descriptor and says hello.
    pub(super) fn open(&mut self, io: &mut Io<'_>, owner: &Owner, pipe: &mut Option<Pipe>) -> Result<(), Lost> {
        self.watch(io, true, false)?;
        if let Wire::Raw { .. } = owner.wire {
            self.decode(io, owner, pipe, Portion::default())?;
        }
        self.flush(io)
    }

    fn watch(&mut self, io: &Io<'_>, read: bool, write: bool) -> Result<(), Lost> {
        let wanted = Interest { read, write };
        match self.interest {
            Some(now) if now == wanted => return Ok(()),
            Some(_) => io.watch(self.fd.as_fd(), wanted),
            None => io.register(self.fd.as_fd(), wanted),
        }
        .map_err(Lost::Closed)?;
        self.interest = Some(wanted);
        Ok(())
    }

    /// Nothing of the loop concerns the link any more.
    fn leave(&mut self, io: &Io<'_>) {
        self.unwatch(io);
        if let Some(question) = self.asking.take() {
            io.this().note(question, Note::Stop);
        }
    }

    fn unwatch(&mut self, io: &Io<'_>) {
        if self.interest.take().is_some() {
            io.deregister(self.fd.as_fd());
        }
    }

    /// The descriptor is ready.
    pub(super) fn on_ready(
        &mut self,
        io: &mut Io<'_>,
        owner: &Owner,
        pipe: &mut Option<Pipe>,
        readable: bool,
        writable: bool,
    ) -> Result<(), Lost> {
        if self.paused && readable {
            // Not asked for, so the peer has hung up. What it sent is still to be read, in its time.
            self.unwatch(io);
            return Ok(());
        }
        if readable {
            self.read(io, owner, pipe)?;
        }
        self.write(io, pipe, writable)
    }

    /// Time for a heartbeat, or over.
    pub(super) fn on_deadline(&mut self, io: &mut Io<'_>, pipe: &mut Option<Pipe>) -> Result<(), Lost> {
        self.protocol.on_deadline(io.now)?;
        self.write(io, pipe, false)
    }

    // --- reading -----------------------------------------------------------------------------------------------------

    fn read(&mut self, io: &mut Io<'_>, owner: &Owner, pipe: &mut Option<Pipe>) -> Result<(), Lost> {
        let before = pipe.as_ref().map_or(0, Pipe::written);
        let result = self.read_some(io, owner, pipe);
        // What came before an error is delivered as well.
        if let Some(pipe) = pipe {
            pipe.flush();
            let messages = pipe.written() - before;
            self.light = io.count(0, messages).is_light();
            self.heard = messages <= Load::FEW as u64;
        }
        result
    }

    fn read_some(&mut self, io: &mut Io<'_>, owner: &Owner, pipe: &mut Option<Pipe>) -> Result<(), Lost> {
        let mut unseen = 0;
        // The others get their turn, and what is read does not fill the caches before the sockets' threads come to it.
        for _ in 0..(READS / io.crowd()).max(1) {
            if self.paused {
                break;
            }
            // The socket's thread may begin with what is there already; it is not woken for every single large message.
            if !self.near_large || unseen >= WORTH_WAKING {
                pipe.iter_mut().for_each(Pipe::flush);
                unseen = 0;
            }
            let mut intake = io.intake.take().map_err(Lost::Closed)?;
            let read = self.read_once(io, owner, pipe, &mut intake);
            *io.intake = intake;
            match read? {
                Some(n) => unseen += n,
                None => break,
            }
        }
        Ok(())
    }

    /// Reads into the body that is arriving and what follows it into the intake, or into the intake only; how many bytes. None
    /// when the kernel has (probably) no more.
    fn read_once(
        &mut self,
        io: &mut Io<'_>,
        owner: &Owner,
        pipe: &mut Option<Pipe>,
        intake: &mut Intake,
    ) -> Result<Option<usize>, Lost> {
        let fd = self.fd.as_fd();
        let arriving = self.protocol.arriving();
        if let Some(body) = &arriving {
            self.near_large = body.size() >= LARGE;
        }
        let room = match (self.near_large, self.bulk) {
            (true, _) => PEEK,
            (false, true) => usize::MAX,
            (false, false) => BLOCK,
        };
        let (received, asked) = match arriving {
            Some(body) => (sys::recv_growing(fd, body, intake, room), 1),
            None => (sys::recv_intake(fd, intake, room).map(|n| (n, n)), room.min(Intake::SIZE)),
        };
        match received {
            Ok((0, _)) => Err(Lost::Closed(Error::EPIPE)),
            Ok((n, of_intake)) => {
                io.count(n, 0);
                self.bulk = of_intake >= BULK;
                self.decode_portions(io, owner, pipe, intake)?;
                // Other things than a large body have come, unless they began one.
                self.near_large &= of_intake < n || self.protocol.arriving().is_some();
                Ok((n >= asked).then_some(n))
            }
            Err(Error::EAGAIN) => Ok(None),
            Err(e) => Err(Lost::Closed(e)),
        }
    }

    /// Decodes what has just been read: into the intake, or only into a body that is arriving.
    fn decode_portions(
        &mut self,
        io: &mut Io<'_>,
        owner: &Owner,
        pipe: &mut Option<Pipe>,
        intake: &mut Intake,
    ) -> Result<(), Lost> {
        let filled = intake.filled();
        if filled == 0 {
            return self.decode(io, owner, pipe, Portion::default());
        }
        let opening = !self.protocol.ready();
        let mut portions = intake.portions(!opening && self.shares);
        let decoded = portions.try_for_each(|portion| match self.paused {
            true => self.keep(portion),
            false => self.decode(io, owner, pipe, portion),
        });
        drop(portions);
        if opening {
            // A handshake may say a password, and this is the memory of all connections.
            intake.wipe(filled);
        }
        decoded
    }

    /// Decodes what came, until it is used up or the pipe is full.
    fn decode(
        &mut self,
        io: &mut Io<'_>,
        owner: &Owner,
        pipe: &mut Option<Pipe>,
        mut input: Portion<'_>,
    ) -> Result<(), Lost> {
        loop {
            if !self.partial && pipe.as_mut().is_some_and(|p| !p.is_shut() && p.is_full()) {
                return self.pause(io, input);
            }
            if let Some(pipe) = pipe {
                self.deliver_run(pipe, &mut input)?;
            }
            match input.decode(|bytes, _| self.protocol.decode(bytes, io.now))? {
                None => return Ok(()),
                Some(Heard::Ready) => self.on_handshake(io, owner, pipe)?,
                Some(Heard::Message(msg)) => self.deliver(pipe, msg)?,
                Some(Heard::Zap(request)) => {
                    if self.ask(io, owner, &request)? {
                        return self.pause(io, input);
                    }
                }
            }
        }
    }

    fn pause(&mut self, io: &mut Io<'_>, rest: Portion<'_>) -> Result<(), Lost> {
        self.paused = true;
        self.protocol.set_reading(false, io.now);
        self.keep(rest)?;
        let write = self.interest.is_some_and(|i| i.write);
        self.watch(io, false, write)
    }

    /// Keeps bytes for later. ENOMEM ends the connection.
    fn keep(&mut self, rest: Portion<'_>) -> Result<(), Lost> {
        if !rest.is_empty() {
            self.stash.push_back(rest.keep().map_err(Lost::Closed)?);
        }
        Ok(())
    }

    /// The socket has taken messages: goes on where the link paused.
    pub(super) fn resume(&mut self, io: &mut Io<'_>, owner: &Owner, pipe: &mut Option<Pipe>) -> Result<(), Lost> {
        if self.asking.is_some() || !std::mem::take(&mut self.paused) {
            return Ok(());
        }
        self.protocol.set_reading(true, io.now);
        let decoded = self.decode_stash(io, owner, pipe);
        if let Some(pipe) = pipe {
            pipe.flush();
        }
        decoded?;
        if !self.paused {
            let write = self.protocol.output_len() > 0 && !self.mute;
            self.watch(io, true, write)?;
        }
        self.write(io, pipe, false)
    }

    fn decode_stash(&mut self, io: &mut Io<'_>, owner: &Owner, pipe: &mut Option<Pipe>) -> Result<(), Lost> {
        // Bytes or not: something may be due that was not taken up before the pause.
        let mut stash = std::mem::take(&mut self.stash);
        if stash.is_empty() {
            return self.decode(io, owner, pipe, Portion::default());
        }
        while let Some(mut kept) = stash.pop_front() {
            self.decode(io, owner, pipe, kept.portion())?;
            if self.paused {
                self.stash.append(&mut stash);
            }
        }
        Ok(())
    }

    /// Asks the ZAP handler. False when there is none and the handshake goes on at once.
    fn ask(&mut self, io: &Io<'_>, owner: &Owner, request: &Request) -> Result<bool, Lost> {
        self.asking = zap::ask(io, owner, &self.peer_address, request).map_err(Lost::Closed)?;
        if self.asking.is_none() {
            self.protocol.on_zap_reply(Reply::NoHandler)?;
        }
        Ok(self.asking.is_some())
    }

    /// The ZAP handler has answered the question `asked`, or will never do so.
    pub(super) fn on_zap(
        &mut self,
        io: &mut Io<'_>,
        owner: &Owner,
        pipe: &mut Option<Pipe>,
        asked: Key,
        answer: Result<Reply, Failure>,
    ) -> Result<(), Lost> {
        if self.asking != Some(asked) {
            return Ok(());
        }
        self.asking = None;
        self.protocol.on_zap_reply(answer?)?;
        self.resume(io, owner, pipe)
    }

    /// The short way for runs of small messages, until the pipe is full or something else comes.
    fn deliver_run(&mut self, pipe: &mut Pipe, input: &mut Portion<'_>) -> Result<(), Lost> {
        let Self { protocol, partial, metadata, envelope, .. } = self;
        let mut admitted = true;
        let mut take = |mut msg: Msg| {
            admitted = envelope.admits(&msg);
            *partial = msg.more();
            msg.set_metadata(metadata.as_mut().map(Purse::reference));
            // A socket that let go takes nothing more.
            let taken = admitted && pipe.write_from(&mut msg);
            taken && (*partial || !pipe.is_full())
        };
        input.decode(|bytes, strip| protocol.decode_run(bytes, strip, &mut take));
        if admitted {
            Ok(())
        } else {
            Err(Failure::Refused(NO_ENVELOPE).into())
        }
    }

    fn deliver(&mut self, pipe: &mut Option<Pipe>, mut msg: Msg) -> Result<(), Lost> {
        let Some(pipe) = pipe else { return Ok(()) };
        self.partial = msg.more();
        msg.set_metadata(self.metadata.as_mut().map(Purse::reference));
        if msg.control() == Control::None && !self.envelope.admits(&msg) {
            return Err(Failure::Refused(NO_ENVELOPE).into());
        }
        // A socket that let go takes nothing more.
        let _ = pipe.write(msg);
        Ok(())
    }

    /// The peer has introduced itself: traffic may flow.
    fn on_handshake(&mut self, io: &mut Io<'_>, owner: &Owner, pipe: &mut Option<Pipe>) -> Result<(), Lost> {
        self.metadata = Some(Purse::new(self.properties()));
        let introduction = owner.wants_routing_id && owner.wire == Wire::Zmtp;
        let mut near_end = None;
        if pipe.is_none() {
            let (near, mut far) = owner.pipe();
            far.attach(io.this(), io.key());
            near_end = Some(near);
            *pipe = Some(far);
        }
        let Some(pipe) = pipe else { return Ok(()) };
        if introduction {
            let id = self.protocol.zmtp().map_or(&[][..], |c| &c.peer().routing_id);
            let id = Msg::from_slice(id).map_err(Lost::Closed)?;
            let _ = pipe.write(id.with_control(Control::RoutingId));
            pipe.flush();
        }
        match owner.wire {
            Wire::Zmtp if self.has_handshake() => {
                owner.monitor.report(ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0, &self.endpoint);
            }
            Wire::Zmtp => {}
            Wire::Raw { notify: true } => notify(pipe, self.metadata.as_mut()),
            Wire::Raw { notify: false } => {}
        }
        if let Some(near) = near_end {
            owner.host.attach(near, owner.endpoint);
        }
        self.pump(io, pipe)
    }

    /// Whether the peer's protocol has a handshake at all: since ZMTP 3.
    fn has_handshake(&self) -> bool {
        self.protocol.zmtp().is_some_and(|c| c.peer().version >= Version::V3_0)
    }

    fn properties(&self) -> Metadata {
        let mut properties = Metadata::new(self.fd.as_raw_fd());
        if !self.peer_address.is_empty() {
            properties.insert(b"Peer-Address", self.peer_address.as_bytes());
        }
        if let Some(connection) = self.protocol.zmtp() {
            connection.peer().describe(&mut properties);
        }
        properties
    }

    // --- the end -----------------------------------------------------------------------------------------------------

    /// The connection is given up: tells the monitor why.
    pub(super) fn lose(mut self, io: &mut Io<'_>, owner: &Owner, pipe: Option<&mut Pipe>, lost: &Lost) {
        // The peer shall learn what it can: our half of a greeting or handshake tells it why.
        if matches!(lost, Lost::Failed(_)) && self.flush(io).is_ok() {
            self.discard_input(io);
        }
        self.leave(io);
        if let (Wire::Raw { notify: true }, Some(pipe)) = (owner.wire, pipe) {
            notify(pipe, self.metadata.as_mut());
        }
        if owner.wire == Wire::Zmtp {
            self.report_failure(owner, lost);
        }
        owner.monitor.report(ZMQ_EVENT_DISCONNECTED, self.fd.as_raw_fd().into(), &self.endpoint);
    }

    fn report_failure(&self, owner: &Owner, lost: &Lost) {
        // A connection that has no handshake never gets over it, for libzmq's monitor.
        let handshaking = !self.protocol.ready() || !self.has_handshake();
        let event = match lost {
            Lost::Failed(failure) => failure.handshake_event(handshaking),
            Lost::Closed(e) => handshaking.then_some((ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, e.0)),
        };
        if let Some((id, value)) = event {
            owner.monitor.report(id, value.into(), &self.endpoint);
        }
    }

    /// The session ends of its own: everything was written.
    pub(super) fn close(mut self, io: &mut Io<'_>) {
        self.leave(io);
        self.discard_input(io);
    }

    /// Before a close: unread bytes would turn it into a reset, and the peer could lose what it has not read yet.
    fn discard_input(&self, io: &mut Io<'_>) {
        let Ok(mut intake) = io.intake.take() else { return };
        for _ in 0..READS {
            if !matches!(sys::recv_intake(self.fd.as_fd(), &mut intake, usize::MAX), Ok(n) if n > 0) {
                break;
            }
        }
        *io.intake = intake;
    }
}

/// Tells a raw socket of a connect or disconnect: an empty message.
fn notify(pipe: &mut Pipe, metadata: Option<&mut Purse>) {
    let mut msg = Msg::new();
    msg.set_metadata(metadata.map(Purse::reference));
    // A socket that let go is not told.
    let _ = pipe.write(msg);
    pipe.flush();
}

/// After a lost connection: what was half done in the pipe is undone, so that the next connection starts with a whole message.
pub(super) fn restart_pipe(pipe: &mut Pipe, kind: i32) {
    pipe.set_corked(false);
    pipe.rollback();
    pipe.flush();
    while pipe.reading_partial() && pipe.read().is_some() {}
    if matches!(kind, ZMQ_SUB | ZMQ_XSUB) {
        pipe.hiccup();
    }
}
