//! Bodies of the fuzz targets that need a connection: functions of the library, so that ordinary builds compile them and
//! tests run them. `crate::fuzz` has the table of all targets.
//!
//! A peer that talks to itself (`fuzz_greeting` and those below it): of arbitrary octets the first three choose socket type,
//! the size of the portions in which the rest arrives, and options with the ZAP handler's verdict. Whatever the portions,
//! the same must happen, and what is said and held in memory is bounded by what was heard. Two honest ends with a meddler
//! between them: [`fuzz_between`]. They fail by panicking.

use std::io::IoSlice;
use std::time::{Duration, Instant};

use crate::consts::{ZMQ_PULL, ZMQ_PUSH};
use crate::msg::{Control, Msg};
use crate::options::{Mechanism, Options};
use crate::security::zap;
use crate::socket_type::{by_id, SocketType, SOCKET_TYPES};

use super::{Connection, Event, Failure};

/// What is said may be this much longer than what was heard, in octets: greeting and handshake.
const OWN_WORDS: usize = 4096;
/// What a body that is arriving may take at once, in octets, however little of it has come.
const FIRST_STEP: usize = 64 * 1024;
/// What it may take when that much has come.
const SECOND_STEP: usize = 4 << 20;
/// What is looked at of the octets.
const ENOUGH: usize = 48 * 1024;

/// A peer that says anything from its first octet on.
pub fn fuzz_greeting(data: &[u8]) {
    fuzz_after(&Options::default(), &[], data);
}

/// A peer that greets well and then says anything.
pub fn fuzz_handshake(data: &[u8]) {
    fuzz_mechanism(&Options::default(), data);
}

/// A peer that greets with the mechanism that `options` want and then says anything.
pub fn fuzz_mechanism(options: &Options, data: &[u8]) {
    fuzz_after(options, &greeting(1, options.security.mechanism), data);
}

/// A peer that is well known and then says anything.
pub fn fuzz_traffic(data: &[u8]) {
    fuzz_decoder(Opening::V3_1, data);
}

/// How a peer whose frames are fuzzed has begun.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub enum Opening {
    /// ZMTP 1.0 without a greeting.
    Unversioned,
    /// ZMTP 1.0 frames after a greeting.
    V1,
    /// ZMTP 2.0.
    V2,
    /// ZMTP 3.0.
    V3_0,
    /// ZMTP 3.1.
    V3_1,
}

impl Opening {
    /// All that is said before the traffic.
    fn octets(self, kind: &SocketType) -> Vec<u8> {
        const SIGNATURE: &[u8] = b"\xff\0\0\0\0\0\0\0\x01\x7f";
        match self {
            Self::Unversioned => b"\x01\0".to_vec(),
            Self::V1 => [SIGNATURE, b"\0\x05\x01\0"].concat(),
            Self::V2 => [SIGNATURE, b"\x01\x05\0\0"].concat(),
            Self::V3_0 => [&greeting(0, Mechanism::Null), &ready(kind)[..]].concat(),
            Self::V3_1 => [&greeting(1, Mechanism::Null), &ready(kind)[..]].concat(),
        }
    }
}

/// A peer of a certain version that is well known and then says anything: as before, and the messages are those that a
/// second, simpler decoder finds.
pub fn fuzz_decoder(opening: Opening, data: &[u8]) {
    let Some((choice, rest)) = data.split_first_chunk::<3>() else { return };
    let choice = [choice[0], choice[1], choice[2] & !DOMAIN];
    let prefix = opening.octets(kind(choice));
    let transcript = compare(&Options::default(), choice, &[&prefix, rest].concat());
    let maxmsgsize = usize::try_from(options(&Options::default(), choice).maxmsgsize).unwrap_or(usize::MAX);
    let rest = &rest[..rest.len().min(ENOUGH - prefix.len())];
    assert_eq!(transcript.messages, model::messages(opening, rest, maxmsgsize), "{opening:?}");
}

fn fuzz_after(options: &Options, prefix: &[u8], data: &[u8]) {
    let Some((choice, rest)) = data.split_first_chunk::<3>() else { return };
    compare(options, *choice, &[prefix, rest].concat());
}

/// However the octets are split, the same happens.
fn compare(options: &Options, choice: [u8; 3], octets: &[u8]) -> Transcript {
    // With very much to write, PONGs are merged, and then it matters how often we write.
    let octets = &octets[..octets.len().min(ENOUGH)];
    let [kind, portion, limit] = choice;
    let mut whole = talk(options, [kind, 0, limit], octets);
    let mut portions = talk(options, [kind, portion.max(1), limit], octets);
    if options.security.mechanism == Mechanism::Curve {
        // Its keys are new each time; as much is said, but not the same.
        whole.said.fill(0);
        portions.said.fill(0);
    }
    assert_eq!(whole, portions, "in portions of {portion}");
    whole
}

fn kind([kind, ..]: [u8; 3]) -> &'static SocketType {
    &SOCKET_TYPES[kind as usize % SOCKET_TYPES.len()]
}

/// The whole greeting of a ZMTP 3 peer.
pub(crate) fn greeting(minor: u8, mechanism: Mechanism) -> [u8; 64] {
    let mut octets = [0; 64];
    octets[..10].copy_from_slice(b"\xff\0\0\0\0\0\0\0\x01\x7f");
    octets[10..12].copy_from_slice(&[3, minor]);
    let name = crate::security::name(mechanism).as_bytes();
    octets[12..12 + name.len()].copy_from_slice(name);
    octets
}

/// READY of a peer that goes with `kind`.
fn ready(kind: &SocketType) -> Vec<u8> {
    let name = kind.peers.first().and_then(|&id| by_id(id)).map_or("", |peer| peer.name);
    let body = [b"\x05READY\x0bSocket-Type\0\0\0".as_slice(), &[name.len() as u8], name.as_bytes()].concat();
    [&[4, body.len() as u8][..], &body].concat()
}

/// Bits of the third octet: a limit for messages, a heartbeat, a ZAP domain; the three highest are the verdict.
const LIMITED: u8 = 1;
const HEARTBEAT: u8 = 2;
const DOMAIN: u8 = 4;

fn options(base: &Options, [_, _, limit]: [u8; 3]) -> Options {
    let mut options = base.clone();
    options.maxmsgsize = if limit & LIMITED == 0 { -1 } else { i64::from(limit) };
    options.heartbeat.ivl = i32::from(limit & HEARTBEAT) * 50;
    if limit & DOMAIN != 0 {
        options.security.zap_domain = b"fuzz".to_vec();
    }
    options
}

/// Most often consent.
fn verdict([_, _, limit]: [u8; 3]) -> zap::Reply {
    let status = match limit >> 5 {
        7 => return zap::Reply::NoHandler,
        6 => 500,
        5 => 400,
        4 => 300,
        _ => 200,
    };
    zap::Reply::Answered { status, user_id: b"joe".to_vec(), metadata: Default::default() }
}

/// What a connection made of the octets: what it heard, what it said, how it ended.
#[derive(Debug, Default, PartialEq, Eq)]
struct Transcript {
    events: Vec<String>,
    /// More flag and body of every message that is no subscription command.
    messages: Vec<(bool, Vec<u8>)>,
    said: Vec<u8>,
    failure: Option<Failure>,
}

/// Feeds `octets` in portions (0: at once), sends every message back, writes all output. Time stands still, so that
/// heartbeats do not depend on the portions.
fn talk(base: &Options, choice: [u8; 3], octets: &[u8]) -> Transcript {
    let [_, portion, _] = choice;
    let mut transcript = Transcript::default();
    let now = Instant::now();
    let Ok(mut connection) = Connection::new(kind(choice).id, &options(base, choice), now) else { return transcript };
    let portion = if portion == 0 { octets.len().max(1) } else { portion.into() };
    for chunk in octets.chunks(portion) {
        let result = feed(&mut connection, chunk, &verdict(choice), now, &mut transcript, Connection::encode);
        let overhead = overhead(&connection, &transcript);
        write(&mut connection, &mut transcript.said);
        assert!(transcript.said.len() <= octets.len() + overhead, "said more than was heard");
        if let Err(failure) = result {
            transcript.failure = Some(failure);
            return transcript;
        }
        check_arriving(&mut connection);
    }
    // Much later, something may be due; the outcome depends on the portions, but not the survival of the process.
    let _ = connection.on_deadline(now + Duration::from_secs(3600));
    transcript
}

/// How much more may be said than was heard: the opening, and the box around each encrypted message.
fn overhead(connection: &Connection, transcript: &Transcript) -> usize {
    const BOX: usize = 64;
    OWN_WORDS + if connection.ready() { transcript.events.len() * BOX } else { 0 }
}

/// A body that was announced takes memory as it comes.
fn check_arriving(connection: &mut Connection) {
    if let Some(body) = connection.arriving() {
        let filled = body.filled();
        let spare = body.spare().map_or(0, |spare| spare.len());
        let step = if filled < FIRST_STEP { FIRST_STEP } else { SECOND_STEP + 1024 };
        assert!(body.is_recycled() || filled + spare <= step.max(2 * filled), "{filled} octets came, {spare} wait");
    }
}

/// Lets the connection hear `input`; what comes of it goes to `transcript`, and messages to `answer`.
fn feed(
    connection: &mut Connection,
    mut input: &[u8],
    verdict: &zap::Reply,
    now: Instant,
    transcript: &mut Transcript,
    answer: fn(&mut Connection, Msg) -> Result<(), Failure>,
) -> Result<(), Failure> {
    loop {
        let event = connection.decode(&mut input, now)?;
        transcript.events.extend(event.iter().map(|event| format!("{event:?}")));
        match event {
            Some(Event::Message(msg)) => {
                if msg.control() == Control::None {
                    transcript.messages.push((msg.more(), msg.data().to_vec()));
                }
                answer(connection, msg)?;
            }
            Some(Event::Zap(_)) => {
                assert!(connection.paused() && connection.decode(&mut input, now)?.is_none(), "a pause takes nothing");
                connection.on_zap_reply(verdict.clone())?;
            }
            Some(Event::Ready) => assert!(connection.ready()),
            None => break,
        }
    }
    assert!(input.is_empty(), "None means that the input is used up");
    Ok(())
}

fn write(connection: &mut Connection, said: &mut Vec<u8>) {
    loop {
        let mut slices = [IoSlice::new(&[]); 4];
        let filled = connection.output(&mut slices);
        filled.iter().for_each(|slice| said.extend_from_slice(slice));
        let written = filled.iter().map(|slice| slice.len()).sum();
        if written == 0 {
            assert_eq!(connection.output_len(), 0);
            return;
        }
        if connection.advance(written).is_err() {
            return;
        }
    }
}

/// PUSH and PULL talk, and all that they say goes through the hands of a meddler, who does what `data` says: hand on, change,
/// drop or repeat octets, or have a message sent. Left alone, they understand each other. If their mechanism encrypts,
/// nothing is received but what was sent, in order and each once, whatever was done to it (whole messages may be missing).
pub fn fuzz_between(push: &Options, pull: &Options, data: &[u8]) {
    let Some(mut line) = Line::new(push, pull) else { return };
    for &[what, n] in data.as_chunks().0 {
        line.step(what, n);
    }
    line.flush();
    assert!(line.ends.iter().all(|end| line.meddled || end.failure.is_none()), "honest ends understand each other");
    let expected: Vec<_> = (0..line.sent).map(Line::message).collect();
    if !line.meddled {
        assert_eq!(line.received, expected);
    } else if push.security.mechanism == Mechanism::Curve {
        let mut sent = expected.iter();
        assert!(line.received.iter().all(|got| sent.any(|body| body == got)), "what was received is what was sent");
    }
}

/// What is repeated at most in one step, in octets: enough for a small message in its box.
const REPEATED: usize = 64;

/// One end of the line, and what it has said that the other has not heard.
struct End {
    connection: Connection,
    said: Vec<u8>,
    failure: Option<Failure>,
}

/// Both ends, the pushing one first, and what became of the messages.
struct Line {
    ends: [End; 2],
    sent: u8,
    received: Vec<Vec<u8>>,
    meddled: bool,
    now: Instant,
}

impl Line {
    /// None: the mechanism is not built in.
    fn new(push: &Options, pull: &Options) -> Option<Self> {
        let now = Instant::now();
        let end = |kind, options| {
            let connection = Connection::new(kind, options, now).ok()?;
            Some(End { connection, said: Vec::new(), failure: None })
        };
        let ends = [end(ZMQ_PUSH, push)?, end(ZMQ_PULL, pull)?];
        Some(Self { ends, sent: 0, received: Vec::new(), meddled: false, now })
    }

    /// Of growing sizes, and each its own.
    fn message(number: u8) -> Vec<u8> {
        vec![number; usize::from(number) * 7]
    }

    /// The lowest bit says whose words the step is about.
    fn step(&mut self, what: u8, n: u8) {
        let from = usize::from(what & 1);
        let said = &mut self.ends[from].said;
        let all = said.len();
        let n_octets = all.min(n.into());
        match what >> 1 & 7 {
            0 | 1 => self.hand_on(from, n_octets),
            2 => return self.send(),
            3 => said.iter_mut().take(1).for_each(|octet| *octet ^= n),
            4 => drop(said.drain(..n_octets)),
            5 => said.splice(..0, said[..n_octets.min(REPEATED)].to_vec()).for_each(drop),
            6 => said.splice(..0, [n]).for_each(drop),
            _ => self.hand_on(from, all),
        }
        self.meddled |= (3..=6).contains(&(what >> 1 & 7));
    }

    fn send(&mut self) {
        let push = &mut self.ends[0];
        if push.connection.ready() && push.failure.is_none() && self.sent < u8::MAX {
            if let Ok(msg) = Msg::from_slice(&Self::message(self.sent)) {
                push.connection.encode(msg).expect("a ready connection encodes");
                self.sent += 1;
                write(&mut push.connection, &mut push.said);
            }
        }
    }

    /// Gives the other end the first `n` octets of what this one has said.
    fn hand_on(&mut self, from: usize, n: usize) {
        let chunk: Vec<u8> = self.ends[from].said.drain(..n).collect();
        let end = &mut self.ends[1 - from];
        if end.failure.is_none() {
            let mut heard = Transcript::default();
            let consent = verdict([0; 3]);
            end.failure = feed(&mut end.connection, &chunk, &consent, self.now, &mut heard, |_, _| Ok(())).err();
            self.received.extend(heard.messages.into_iter().map(|(_, body)| body));
        }
        for end in &mut self.ends {
            write(&mut end.connection, &mut end.said);
        }
    }

    /// Hands on until both are silent.
    fn flush(&mut self) {
        self.hand_on(0, 0);
        while let Some(from) = (0..2).find(|&from| !self.ends[from].said.is_empty()) {
            self.hand_on(from, self.ends[from].said.len());
        }
    }
}

/// The second decoder: all octets at hand, no state, no haste.
mod model {
    use super::Opening;
    use crate::zmtp::command::parse;

    /// More flag and body of the messages in the traffic, up to the end or the first fault.
    pub(super) fn messages(opening: Opening, mut octets: &[u8], maxmsgsize: usize) -> Vec<(bool, Vec<u8>)> {
        let mut found = Vec::new();
        while let Some((flags, body, rest)) = frame(opening, octets) {
            let command = flags & 4 != 0;
            let limit = if command { maxmsgsize.max(32) } else { maxmsgsize };
            if body.len() > limit {
                break;
            }
            if !command {
                found.push((flags & 1 != 0, body.to_vec()));
            } else if opening >= Opening::V3_0 && parse(body).is_err() {
                break;
            }
            octets = rest;
        }
        found
    }

    /// Flags as in ZMTP 3, body, what follows. None: cut short, or length 0 in ZMTP 1.0.
    fn frame(opening: Opening, octets: &[u8]) -> Option<(u8, &[u8], &[u8])> {
        let old = opening <= Opening::V1;
        let long = if old { *octets.first()? == 0xff } else { octets.first()? & 2 != 0 };
        let (flags, size, head) = match (old, long) {
            (true, false) => (octets.get(1)? & 1, u64::from(octets[0]).checked_sub(1)?, 2),
            (true, true) => (octets.get(9)? & 1, number(&octets[1..])?.checked_sub(1)?, 10),
            (false, false) => (octets[0], u64::from(*octets.get(1)?), 2),
            (false, true) => (octets[0], number(&octets[1..])?, 9),
        };
        let (body, rest) = octets.get(head..)?.split_at_checked(usize::try_from(size).ok()?)?;
        Some((flags, body, rest))
    }

    fn number(octets: &[u8]) -> Option<u64> {
        Some(u64::from_be_bytes(*octets.first_chunk()?))
    }
}
