//! Bodies of the fuzz targets: functions of the library, so that ordinary builds compile them and tests run them.
//!
//! Each takes arbitrary octets, of which the first three choose socket type, options and the size of the portions in
//! which the rest arrives. They fail by panicking.

use std::io::IoSlice;
use std::time::{Duration, Instant};

use crate::options::Options;
use crate::socket_type::{by_id, SocketType, SOCKET_TYPES};

use super::{Connection, Event, Failure};

/// A peer that says anything from its first octet on.
pub fn fuzz_greeting(data: &[u8]) {
    let Some((choice, rest)) = data.split_first_chunk::<3>() else { return };
    compare(*choice, rest);
}

/// A peer that greets well and then says anything.
pub fn fuzz_handshake(data: &[u8]) {
    let Some((choice, rest)) = data.split_first_chunk::<3>() else { return };
    compare(*choice, &[&greeting()[..], rest].concat());
}

/// A peer that is well known and then says anything.
pub fn fuzz_traffic(data: &[u8]) {
    let Some((choice, rest)) = data.split_first_chunk::<3>() else { return };
    compare(*choice, &[&greeting()[..], &ready(kind(*choice)), rest].concat());
}

/// However the octets are split, the same happens.
fn compare([kind, portion, limit]: [u8; 3], octets: &[u8]) {
    let whole = talk([kind, 0, limit], octets);
    let portions = talk([kind, portion.max(1), limit], octets);
    assert_eq!(whole, portions, "in portions of {portion}");
}

fn kind([kind, ..]: [u8; 3]) -> &'static SocketType {
    &SOCKET_TYPES[kind as usize % SOCKET_TYPES.len()]
}

fn greeting() -> [u8; 64] {
    let mut octets = [0; 64];
    octets[..16].copy_from_slice(b"\xff\0\0\0\0\0\0\0\x01\x7f\x03\x01NULL");
    octets
}

/// READY of a peer that goes with `kind`.
fn ready(kind: &SocketType) -> Vec<u8> {
    let name = kind.peers.first().and_then(|&id| by_id(id)).map_or("", |peer| peer.name);
    let body = [b"\x05READY\x0bSocket-Type\0\0\0".as_slice(), &[name.len() as u8], name.as_bytes()].concat();
    [&[4, body.len() as u8][..], &body].concat()
}

/// What a connection made of the octets: what it heard, what it said, how it ended.
#[derive(Debug, PartialEq, Eq)]
struct Transcript {
    events: Vec<String>,
    said: Vec<u8>,
    failure: Option<Failure>,
}

/// Feeds `octets` in portions (0: at once), sends every message back, writes all output. Time stands still, so that
/// heartbeats do not depend on the portions.
fn talk(choice: [u8; 3], octets: &[u8]) -> Transcript {
    let [_, portion, limit] = choice;
    let maxmsgsize = if limit & 1 == 0 { -1 } else { i64::from(limit) };
    let mut options = Options { maxmsgsize, ..Options::default() };
    options.heartbeat.ivl = i32::from(limit & 2) * 50;
    let mut transcript = Transcript { events: Vec::new(), said: Vec::new(), failure: None };
    let now = Instant::now();
    let Ok(mut connection) = Connection::new(kind(choice).id, &options, now) else { return transcript };
    let portion = if portion == 0 { octets.len().max(1) } else { portion.into() };
    for chunk in octets.chunks(portion) {
        let result = feed(&mut connection, chunk, now, &mut transcript);
        write(&mut connection, &mut transcript.said);
        if let Err(failure) = result {
            transcript.failure = Some(failure);
            return transcript;
        }
    }
    // Much later, something may be due; the outcome depends on the portions, but not the survival of the process.
    let _ = connection.on_deadline(now + Duration::from_secs(3600));
    transcript
}

fn feed(
    connection: &mut Connection,
    mut input: &[u8],
    now: Instant,
    transcript: &mut Transcript,
) -> Result<(), Failure> {
    loop {
        let event = connection.decode(&mut input, now)?;
        transcript.events.extend(event.iter().map(|event| format!("{event:?}")));
        match event {
            Some(Event::Message(msg)) => connection.encode(msg)?,
            Some(_) => {}
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
