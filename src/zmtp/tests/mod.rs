//! Connections against each other and against octets recorded from libzmq 4.3.4, under a virtual clock: what the tests
//! share, which stand in a file for each subject.

mod frames;
mod handshake;
mod heartbeat;
mod old_peers;

use std::io::IoSlice;
use std::time::{Duration, Instant};

use super::*;
use crate::consts::*;
use crate::error::Error;
use crate::msg::{Control, Msg};
use crate::options::Options;

/// A connection with a clock of its own and a list of what it said.
struct Side {
    connection: Connection,
    now: Instant,
    events: Vec<String>,
}

impl Side {
    fn new(kind: i32, options: &Options) -> Self {
        let now = Instant::now();
        Self { connection: Connection::new(kind, options, now).unwrap(), now, events: Vec::new() }
    }

    /// Feeds bytes, in portions of at most `portion`.
    fn feed(&mut self, bytes: &[u8], portion: usize) -> Result<(), Failure> {
        for chunk in bytes.chunks(portion.max(1)) {
            let mut input = chunk;
            while let Some(event) = self.connection.decode(&mut input, self.now)? {
                self.events.push(describe(event));
            }
            assert!(input.is_empty() || self.connection.paused());
        }
        Ok(())
    }

    fn hear(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.feed(bytes, usize::MAX)
    }

    /// Takes all output.
    fn said(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        while self.connection.output_len() > 0 {
            let mut slices = [IoSlice::new(&[]); 3];
            let next: Vec<u8> = self.connection.output(&mut slices).iter().flat_map(|s| s.to_vec()).collect();
            self.connection.advance(next.len()).unwrap();
            all.extend(next);
        }
        all
    }

    fn pass(&mut self, ms: u64) -> Result<(), Failure> {
        self.now += Duration::from_millis(ms);
        self.connection.on_deadline(self.now)
    }
}

fn describe(event: Event) -> String {
    match event {
        Event::Ready => "ready".into(),
        Event::Zap(_) => "zap".into(),
        Event::Message(msg) => {
            let text = String::from_utf8_lossy(msg.data()).into_owned();
            match msg.control() {
                Control::Subscribe => format!("sub({text})"),
                Control::Cancel => format!("cancel({text})"),
                _ if msg.more() => format!("{text}+"),
                _ => text,
            }
        }
    }
}

fn greeting(major: u8, minor: u8, mechanism: &str) -> Vec<u8> {
    let mut g = vec![0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, major, minor];
    g.extend_from_slice(mechanism.as_bytes());
    g.resize(64, 0);
    g
}

fn command(body: &[u8]) -> Vec<u8> {
    [&[4, body.len() as u8], body].concat()
}

fn ready(socket_type: &str) -> Vec<u8> {
    let n = socket_type.len() as u8;
    command(&[&b"\x05READY\x0bSocket-Type\0\0\0"[..], &[n], socket_type.as_bytes()].concat())
}

/// Past the handshake with a 3.x peer, output taken.
fn traffic(kind: i32, peer: &str, minor: u8, options: &Options) -> Side {
    let mut side = Side::new(kind, options);
    side.hear(&[greeting(3, minor, "NULL"), ready(peer)].concat()).unwrap();
    assert_eq!(side.events, ["ready"]);
    side.events.clear();
    side.said();
    side
}

fn named(id: &[u8]) -> Options {
    Options { routing_id: id.to_vec(), ..Options::default() }
}
