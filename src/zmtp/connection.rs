//! One ZMTP connection: greeting, handshake, traffic.
//!
//! ```text
//! Greeting --full--> Handshake (mechanism, perhaps waiting for ZAP) --> Traffic
//!         \--legacy--> Identity (the peer's first frame) --> [Phantom] --> Traffic
//! ```
//!
//! Everything up to the traffic is bounded in memory and time; in the traffic a message without encryption passes through
//! `decode` and `encode` without any indirect call.
//!
//! A handshake may say a password: its frames, of both directions, are wiped after use.

use std::io::IoSlice;
use std::time::{Duration, Instant};

use zeroize::{Zeroize, Zeroizing};

use crate::consts::{
    ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA, ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH, ZMQ_PUB, ZMQ_XPUB,
};
use crate::error::Error;
use crate::msg::{Control, Growing, Msg, Strip};
use crate::options::{Mechanism as MechanismKind, Options};
use crate::security::properties::SOCKET_TYPE;
use crate::security::{self, zap, FrameKind, Introduction, Mechanism, State};
use crate::socket_type::{self, SocketType};

use super::command::{self, Command, Context};
use super::frame::{Frame, Framing, Reader, COMMAND, HEADER_MAX, MORE};
use super::greeting::{Greeting, Heard};
use super::heartbeat::Heartbeat;
use super::outbox::Outbox;
use super::peer::{Peer, Version};
use super::Failure;

/// Largest frame of a handshake, in octets; ZMQ_MAXMSGSIZE is about messages, and with a small one libzmq refuses the
/// READY of everybody.
const HANDSHAKE_MAX: u64 = 64 * 1024;
/// Largest body without ZMQ_MAXMSGSIZE, in octets. RFC 37 says 2^63-1, but no address space holds more than this.
const FRAME_MAX: u64 = 1 << 47;
/// Bodies that miss at least this many octets are worth reading straight into, and large ones to their end.
const DIRECT_READ: usize = 8 * 1024;
/// Bodies from this size on, in octets, are large.
pub const LARGE: usize = 48 * 1024;
/// With more than this waiting to be written, PONGs are merged into one and PINGs left out: a peer that asks and does not
/// read must not fill our memory.
const CONGESTED: usize = 64 * 1024;

/// What `decode` found.
#[derive(Debug)]
pub enum Event {
    /// The handshake is over and [`Connection::peer`] complete; `encode` may be called. Once, before any message.
    Ready,
    /// A frame of a message, its more flag set as on the wire; or the topic of a subscription, with
    /// [`Control::Subscribe`] or [`Control::Cancel`], which may also come between the frames of a message. Old-style
    /// subscriptions (frames that begin with octet 1 or 0) are left to the publisher, to which they are messages.
    Message(Msg),
    /// The mechanism needs the ZAP handler's verdict: see [`Connection::on_zap_reply`].
    Zap(zap::Request),
}

enum Stage {
    Greeting(Box<Greeting>),
    Handshake,
    Identity,
    Phantom,
    Traffic,
}

/// A ZMTP connection, without descriptor and clock. What a message needs comes first, two cache lines' worth: of many
/// connections each one's turn comes when the processor has long forgotten it.
#[repr(C)]
pub struct Connection {
    /// Traffic in frames of ZMTP 2.0 or later, not encrypted: small messages need not be looked at twice.
    plain: bool,
    encrypted: bool,
    /// There is a deadline, or a PONG to be sent, or has been since the handshake.
    beats: bool,
    legacy_allowed: bool,
    stage: Stage,
    out: Outbox,
    reader: Reader,
    mechanism: Box<dyn Mechanism>,
    heartbeat: Heartbeat,
    handshake_deadline: Option<Instant>,
    owed_pong: Option<Context>,
    kind: &'static SocketType,
    routing_id: Vec<u8>,
    maxmsgsize: i64,
    peer: Peer,
}

impl Connection {
    /// Begins to greet: output is waiting. `socket_type` is a ZMQ_… number with a row in [`socket_type`]; EINVAL for
    /// others, ENOTSUP for a mechanism that is not built in, ENOMEM.
    pub fn new(socket_type: i32, options: &Options, now: Instant) -> crate::error::Result<Self> {
        let kind = socket_type::by_id(socket_type).ok_or(Error::EINVAL)?;
        let octet = u8::try_from(kind.id).map_err(|_| Error::EINVAL)?;
        let mechanism = security::new(&options.security, Introduction::new(kind, options))?;
        let mut out = Outbox::new();
        let name = security::name(options.security.mechanism);
        let greeting = Greeting::begin(octet, name, &options.routing_id, &mut out)?;
        let patience = u64::try_from(options.heartbeat.handshake_ivl).ok().filter(|&ms| ms > 0);
        Ok(Self {
            stage: Stage::Greeting(Box::new(greeting)),
            reader: Reader::new(Framing::V2, HANDSHAKE_MAX),
            out,
            encrypted: mechanism.encrypts(),
            plain: false,
            beats: true,
            mechanism,
            heartbeat: Heartbeat::new(&options.heartbeat),
            kind,
            routing_id: options.routing_id.clone(),
            legacy_allowed: options.security.mechanism == MechanismKind::Null && options.security.zap_domain.is_empty(),
            maxmsgsize: options.maxmsgsize,
            handshake_deadline: patience.and_then(|ms| now.checked_add(Duration::from_millis(ms))),
            owed_pong: None,
            peer: Peer::new(),
        })
    }

    /// Takes bytes from the front of `input` up to the next event. Call it again until it says None: then more bytes are
    /// needed and `input` is used up, or the connection is [`Self::paused`] and `input` is to be kept. After bytes were
    /// read into [`Self::arriving`], call it with an empty slice. After a failure, write what output there is if that goes
    /// without waiting, and close.
    #[inline]
    pub fn decode(&mut self, input: &mut &[u8], now: Instant) -> Result<Option<Event>, Failure> {
        match self.plain.then(|| self.reader.small_message(input)).flatten() {
            Some(msg) => {
                self.heard();
                Ok(Some(Event::Message(msg)))
            }
            None => self.decode_any(input, now),
        }
    }

    /// As [`Self::decode`] for a run of messages that are not large, which go one by one to `sink` for as long as that says true. Returns
    /// at anything else; then `decode` knows what to do.
    #[inline(always)]
    pub fn decode_run(&mut self, input: &mut &[u8], strip: &mut Strip<'_>, mut sink: impl FnMut(Msg) -> bool) {
        if !self.plain {
            return;
        }
        loop {
            let msg = match self.reader.small_message(input) {
                Some(msg) => msg,
                None => match self.reader.medium_message(input, strip) {
                    Some(msg) => msg,
                    None => return,
                },
            };
            self.heard();
            if !sink(msg) {
                return;
            }
        }
    }

    fn decode_any(&mut self, input: &mut &[u8], now: Instant) -> Result<Option<Event>, Failure> {
        if !input.is_empty() || self.reader.moved() {
            self.heard();
        }
        if let Stage::Traffic = self.stage {
            return self.traffic(input, now);
        }
        self.opening(input, now)
    }

    fn traffic(&mut self, input: &mut &[u8], now: Instant) -> Result<Option<Event>, Failure> {
        while let Some(frame) = self.reader.next(input)? {
            if !frame.command && !self.encrypted {
                return Ok(Some(Event::Message(frame.body)));
            }
            if let Some(event) = self.unusual(frame, now)? {
                return Ok(Some(event));
            }
            if !input.is_empty() {
                // A sign of life after the PING that may just have begun to count.
                self.heard();
            }
        }
        Ok(None)
    }

    /// Bytes came from the peer.
    #[inline]
    fn heard(&mut self) {
        if self.beats {
            self.heartbeat.heard();
        }
    }

    #[cold]
    fn opening(&mut self, input: &mut &[u8], now: Instant) -> Result<Option<Event>, Failure> {
        loop {
            match &mut self.stage {
                Stage::Greeting(greeting) => match greeting.feed(input, &mut self.out)? {
                    Some(heard) => self.on_greeting(heard)?,
                    None => return Ok(None),
                },
                Stage::Handshake => return self.handshake(input, now),
                Stage::Identity => return self.identity(input),
                Stage::Phantom => {
                    self.stage = Stage::Traffic;
                    return Ok(Some(Event::Message(Msg::new().with_control(Control::Subscribe))));
                }
                Stage::Traffic => return self.traffic(input, now),
            }
        }
    }

    fn on_greeting(&mut self, heard: Heard) -> Result<(), Failure> {
        match heard {
            Heard::Legacy(version) => self.begin_legacy(version),
            Heard::Full { version, mechanism } => {
                let Stage::Greeting(greeting) = &self.stage else { return Ok(()) };
                if mechanism != *greeting.mechanism() {
                    return Err(Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH));
                }
                self.peer.version = version;
                self.stage = Stage::Handshake;
                Ok(())
            }
        }
    }

    /// Goes on without a mechanism, unless one is demanded: then an old greeting would be a way around it.
    fn begin_legacy(&mut self, version: Version) -> Result<(), Failure> {
        if !self.legacy_allowed {
            return Err(Failure::Refused("the peer's protocol is too old for security"));
        }
        let Stage::Greeting(greeting) = &self.stage else { return Ok(()) };
        let framing = if version == Version::V2 { Framing::V2 } else { Framing::V1 };
        self.reader.restart(framing, if version == Version::Unversioned { greeting.held() } else { &[] });
        if version != Version::Unversioned {
            // Unversioned peers have had our ten octets for the header.
            framing.write_header(self.out.reserve(HEADER_MAX)?, 0, self.routing_id.len());
        }
        self.out.push(&self.routing_id)?;
        self.peer.version = version;
        self.stage = Stage::Identity;
        Ok(())
    }

    /// The peer's first frame is its routing id.
    fn identity(&mut self, input: &mut &[u8]) -> Result<Option<Event>, Failure> {
        let Some(frame) = self.reader.next(input)? else { return Ok(None) };
        self.peer.set_routing_id(frame.body.data());
        // Peers of that age filter for themselves and do not subscribe.
        let phantom = self.peer.version == Version::Unversioned && self.publishes();
        self.enter_traffic(if phantom { Stage::Phantom } else { Stage::Traffic });
        Ok(Some(Event::Ready))
    }

    fn handshake(&mut self, input: &mut &[u8], now: Instant) -> Result<Option<Event>, Failure> {
        loop {
            self.say_commands()?;
            match self.mechanism.state() {
                State::Done => return self.finish(now).map(Some),
                State::AwaitingZap => return Ok(self.mechanism.zap_request().map(Event::Zap)),
                State::Handshaking => {}
            }
            let Some(mut frame) = self.reader.next(input)? else { return Ok(None) };
            // libzmq does not look at the command flag here either.
            let taken = self.mechanism.on_command(frame.body.data());
            frame.body.data_mut().zeroize();
            taken?;
        }
    }

    fn say_commands(&mut self) -> Result<(), Failure> {
        while let Some(body) = self.mechanism.next_command()?.map(Zeroizing::new) {
            self.push_frame(COMMAND, &[&body])?;
        }
        Ok(())
    }

    fn finish(&mut self, now: Instant) -> Result<Event, Failure> {
        self.peer.set_properties(self.mechanism.peer_properties());
        self.heartbeat.start(now);
        self.enter_traffic(Stage::Traffic);
        Ok(Event::Ready)
    }

    fn enter_traffic(&mut self, stage: Stage) {
        let limit = u64::try_from(self.maxmsgsize).unwrap_or(FRAME_MAX).min(FRAME_MAX);
        self.reader.set_limit(limit);
        self.handshake_deadline = None;
        self.beats = self.heartbeat.is_on();
        self.plain = !self.encrypted && self.reader.framing() == Framing::V2 && matches!(stage, Stage::Traffic);
        self.stage = stage;
    }

    fn publishes(&self) -> bool {
        matches!(self.kind.id, ZMQ_PUB | ZMQ_XPUB)
    }

    /// Frames that are no plain messages: encrypted ones and commands.
    fn unusual(&mut self, frame: Frame, now: Instant) -> Result<Option<Event>, Failure> {
        if !self.encrypted {
            return self.on_command(frame.body.data(), now);
        }
        let kind = FrameKind { more: frame.body.more(), command: frame.command };
        let mut msg = frame.body;
        let (kind, start) = self.mechanism.decode(kind, msg.data_mut())?;
        msg.cut_front(start)?;
        if kind.command {
            return self.on_command(msg.data(), now);
        }
        msg.set_more(kind.more);
        Ok(Some(Event::Message(msg)))
    }

    fn on_command(&mut self, body: &[u8], now: Instant) -> Result<Option<Event>, Failure> {
        // Before ZMTP 3 the flag had no meaning; libzmq drops such frames.
        if self.peer.version < Version::V3_0 {
            return Ok(None);
        }
        match command::parse(body)? {
            Command::Ping { ttl_tenths, context } => {
                self.beats = true;
                self.heartbeat.on_ping(ttl_tenths, now);
                self.owed_pong = Some(context);
                self.pay_pong()?;
            }
            Command::Subscription(msg) if self.publishes() => return Ok(Some(Event::Message(msg))),
            Command::Subscription(_) | Command::Ignored => {}
        }
        Ok(None)
    }

    fn pay_pong(&mut self) -> Result<(), Failure> {
        if !self.beats || self.out.len() > CONGESTED {
            return Ok(());
        }
        match self.owed_pong.take() {
            Some(context) => self.push_command(&[&context.pong()]),
            None => Ok(()),
        }
    }

    /// The body that the next bytes belong to, when it is large: the driver may read from its descriptor straight into it
    /// and then calls `decode` with an empty slice.
    pub fn arriving(&mut self) -> Option<&mut Growing> {
        self.reader.arriving().filter(|body| body.missing() >= DIRECT_READ || body.size() >= LARGE)
    }

    /// Queues a frame of a message, or a subscription in the way the peer understands. Call only when [`Self::ready`].
    #[inline]
    pub fn encode(&mut self, mut msg: Msg) -> Result<(), Failure> {
        self.encode_from(&mut msg)
    }

    /// As [`Self::encode`], without moving the message: it is left as it was if it was copied, empty if it was not.
    #[inline]
    pub fn encode_from(&mut self, msg: &mut Msg) -> Result<(), Failure> {
        if msg.control() != Control::None || self.encrypted || !self.ready() {
            return self.encode_unusual(msg);
        }
        let framing = self.reader.framing();
        let flags = if msg.more() { MORE } else { 0 };
        framing.write_header(self.out.reserve(HEADER_MAX)?, flags, msg.len());
        Ok(self.out.push_body(msg)?)
    }

    /// Whether encoding a small message merely copies it: the handshake is over, and nothing is encrypted.
    pub fn is_plain(&self) -> bool {
        self.ready() && !self.encrypted
    }

    fn encode_unusual(&mut self, msg: &Msg) -> Result<(), Failure> {
        if !self.ready() {
            return Err(Failure::Refused("a message was queued before the handshake was over"));
        }
        let modern = self.peer.version >= Version::V3_1;
        match msg.control() {
            Control::None => self.push_traffic(FrameKind { more: msg.more(), command: false }, &[msg.data()]),
            Control::Subscribe if modern => self.push_command(&[command::SUBSCRIBE, msg.data()]),
            Control::Cancel if modern => self.push_command(&[command::CANCEL, msg.data()]),
            Control::Subscribe => self.push_traffic(FrameKind { more: false, command: false }, &[&[1], msg.data()]),
            Control::Cancel => self.push_traffic(FrameKind { more: false, command: false }, &[&[0], msg.data()]),
            // Of this side only; never travels.
            Control::RoutingId | Control::Renewed => Ok(()),
        }
    }

    fn push_command(&mut self, parts: &[&[u8]]) -> Result<(), Failure> {
        self.push_traffic(FrameKind { more: false, command: true }, parts)
    }

    /// Queues a frame of the traffic through the mechanism.
    fn push_traffic(&mut self, kind: FrameKind, parts: &[&[u8]]) -> Result<(), Failure> {
        if !self.encrypted {
            return self.push_frame(if kind.command { COMMAND } else { kind.more as u8 * MORE }, parts);
        }
        let size = parts.iter().map(|part| part.len()).sum::<usize>() + self.mechanism.overhead();
        let framing = self.reader.framing();
        let out = self.out.reserve(HEADER_MAX + size)?;
        framing.write_header(out, 0, size);
        self.mechanism.encode(kind, parts, out)
    }

    fn push_frame(&mut self, flags: u8, parts: &[&[u8]]) -> Result<(), Failure> {
        let size = parts.iter().map(|part| part.len()).sum();
        let framing = self.reader.framing();
        framing.write_header(self.out.reserve(HEADER_MAX)?, flags, size);
        for part in parts {
            self.out.push(part)?;
        }
        Ok(())
    }

    /// Fills `slices` with what is to be written next, for writev, and returns the filled part; empty when nothing waits.
    pub fn output<'a, 's>(&'a self, slices: &'s mut [IoSlice<'a>]) -> &'s [IoSlice<'a>] {
        self.out.slices(slices)
    }

    /// See [`Outbox::contiguous`].
    #[inline]
    pub fn contiguous(&self) -> Option<&[u8]> {
        self.out.contiguous()
    }

    /// See [`Outbox::swap_memory`].
    pub fn swap_memory(&mut self, other: &mut Vec<u8>) {
        self.out.swap_memory(other);
    }

    /// Bytes that wait to be written.
    #[inline]
    pub fn output_len(&self) -> usize {
        self.out.len()
    }

    /// Whether so much waits that it is to be written before more is encoded.
    #[inline]
    pub fn output_is_full(&self) -> bool {
        self.out.is_full()
    }

    /// Declares the first `n` bytes of the output written.
    pub fn advance(&mut self, n: usize) -> Result<(), Failure> {
        match self.ready() {
            true => self.out.advance(n),
            false => self.out.advance_and_wipe(n),
        }
        self.pay_pong()
    }

    /// Whether the handshake is over (the event `Ready` was given).
    #[inline]
    pub fn ready(&self) -> bool {
        matches!(self.stage, Stage::Traffic | Stage::Phantom)
    }

    /// Whether bytes of the peer are not taken because a ZAP reply is awaited.
    pub fn paused(&self) -> bool {
        matches!(self.stage, Stage::Handshake) && self.mechanism.state() == State::AwaitingZap
    }

    /// Takes the ZAP handler's verdict; call `decode` afterwards, with what input was kept. A failure may leave output:
    /// the word to the peer that it was refused.
    pub fn on_zap_reply(&mut self, reply: zap::Reply) -> Result<(), Failure> {
        if let zap::Reply::Answered { status: 200, user_id, metadata } = &reply {
            if metadata.get(SOCKET_TYPE).is_some_and(|name| !self.kind.accepts(name)) {
                return Err(Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA));
            }
            self.peer.user_id = Some(user_id.clone());
            self.peer.zap = metadata.clone();
        }
        let verdict = self.mechanism.on_zap_reply(reply);
        self.say_commands()?;
        verdict
    }

    /// Tells whether the driver reads from the descriptor. While it does not (the receiver's queue is full), the peer's
    /// silence is our own doing and ends nothing.
    pub fn set_reading(&mut self, reading: bool, now: Instant) {
        self.heartbeat.set_listening(reading, now);
    }

    /// When to call [`Self::on_deadline`] if nothing else happens before.
    pub fn deadline(&self) -> Option<Instant> {
        if !self.beats {
            return None;
        }
        // The heartbeat has no deadlines before the traffic starts.
        self.handshake_deadline.or_else(|| self.heartbeat.deadline())
    }

    /// Does what is due: fails a handshake that took too long or a peer that fell silent, queues a PING. Calling it too
    /// early does nothing.
    pub fn on_deadline(&mut self, now: Instant) -> Result<(), Failure> {
        if self.handshake_deadline.is_some_and(|at| at <= now) {
            return Err(Failure::HandshakeTimeout);
        }
        match self.heartbeat.on_deadline(now)? {
            Some(ttl_tenths) if self.out.len() <= CONGESTED => self.push_command(&[&command::ping(ttl_tenths)]),
            _ => Ok(()),
        }
    }

    /// The other end; complete from `Ready` on.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }
}
