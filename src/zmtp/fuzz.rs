//! Bodies of the fuzz targets: functions of the library, so that ordinary builds compile them and tests run them.
//!
//! The first octets of the data choose socket type, options and the size of the portions in which the rest arrives.

use std::io::IoSlice;
use std::time::{Duration, Instant};

use crate::options::Options;
use crate::socket_type::SOCKET_TYPES;

use super::{Connection, Event};

/// Feeds arbitrary bytes to a connection. Nothing may panic, and memory stays within what has arrived.
pub fn fuzz_decode(data: &[u8]) {
    let Some((&[kind, portion, limit], rest)) = data.split_first_chunk() else { return };
    let row = &SOCKET_TYPES[kind as usize % SOCKET_TYPES.len()];
    let maxmsgsize = if limit & 1 == 0 { -1 } else { i64::from(limit) };
    let mut options = Options { maxmsgsize, ..Options::default() };
    options.heartbeat.ivl = i32::from(limit & 2) * 50;
    let mut now = Instant::now();
    let Ok(mut connection) = Connection::new(row.id, &options, now) else { return };
    for chunk in rest.chunks(usize::from(portion).max(1)) {
        now += Duration::from_millis(7);
        if feed(&mut connection, chunk, now).is_none() {
            return;
        }
    }
}

/// One portion; None once the connection is to be closed.
fn feed(connection: &mut Connection, mut input: &[u8], now: Instant) -> Option<()> {
    while let Some(event) = connection.decode(&mut input, now).ok()? {
        if let Event::Message(msg) = event {
            connection.encode(msg).ok()?;
        }
    }
    assert!(input.is_empty(), "None means that the input is used up");
    connection.on_deadline(now).ok()?;
    let mut slices = [IoSlice::new(&[]); 4];
    let written = connection.output(&mut slices).iter().map(|s| s.len()).sum();
    connection.advance(written).ok()
}
