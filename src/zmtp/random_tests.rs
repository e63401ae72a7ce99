//! Random peers: whatever they say and however it is split, the same happens and nothing panics; what we encode, we decode.

use std::io::IoSlice;
use std::time::Instant;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::consts::*;
use crate::msg::{Msg, Strip};
use crate::options::Options;

/// Frames that are nearly right: commands and messages with honest and dishonest lengths.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let name = prop::sample::select(vec!["READY", "ERROR", "PING", "PONG", "SUBSCRIBE", "CANCEL", "JOIN", "X"]);
    let command = (name, vec(any::<u8>(), 0..40), 0u8..3).prop_map(|(name, data, lie)| {
        let body = [&[name.len() as u8 + lie / 2][..], name.as_bytes(), &data].concat();
        [&[4, body.len() as u8], &body[..]].concat()
    });
    let message = (0u8..8, vec(any::<u8>(), 0..300)).prop_map(|(flags, data)| {
        let size = data.len();
        let head = if flags & 2 == 0 {
            vec![flags, size.min(255) as u8]
        } else {
            [&[flags][..], &(size as u64).to_be_bytes()].concat()
        };
        [&head[..], &data[..size.min(if flags & 2 == 0 { 255 } else { size })]].concat()
    });
    prop_oneof![command, message, vec(any::<u8>(), 0..12)]
}

fn choice() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 3)
}

/// The beginnings of every protocol version.
fn opening() -> impl Strategy<Value = Vec<u8>> {
    let signature = b"\xff\0\0\0\0\0\0\0\x01\x7f";
    prop::sample::select(vec![
        b"\x01\0".to_vec(),
        b"\x04\0abc".to_vec(),
        b"\xff\0\0\0\0\0\0\0\x03\0ab".to_vec(),
        [signature, &b"\0\x02\x01\0"[..]].concat(),
        [signature, &b"\x01\x02\0\0"[..]].concat(),
        signature.to_vec(),
        Vec::new(),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_octets(data in vec(any::<u8>(), 0..400)) {
        fuzz::fuzz_greeting(&data);
        fuzz::fuzz_handshake(&data);
        fuzz::fuzz_traffic(&data);
    }

    #[test]
    fn any_opening(choice in choice(), opening in opening(), frames in vec(frame(), 0..8)) {
        fuzz::fuzz_greeting(&[choice, opening, frames.concat()].concat());
    }

    #[test]
    fn any_frames(choice in choice(), frames in vec(frame(), 0..12)) {
        let data = [choice, frames.concat()].concat();
        fuzz::fuzz_handshake(&data);
        fuzz::fuzz_traffic(&data);
    }

    /// What one side encodes, the other decodes, also when it is read straight into the growing body.
    #[test]
    fn round_trip(bodies in vec((0usize..70_000, any::<bool>()), 1..12), portion in 1usize..40_000, direct in any::<bool>()) {
        let now = Instant::now();
        let [mut a, mut b] = [ZMQ_PUSH, ZMQ_PULL].map(|kind| Connection::new(kind, &Options::default(), now).unwrap());
        for _ in 0..4 {
            let (from_a, from_b) = (take(&mut a), take(&mut b));
            receive(&mut b, &from_a, portion, false, now);
            receive(&mut a, &from_b, portion, false, now);
        }
        let mut expected = Vec::new();
        for (i, (size, more)) in bodies.into_iter().enumerate() {
            let body = vec![i as u8; size];
            let mut msg = Msg::from_slice(&body).unwrap();
            msg.set_more(more);
            a.encode(msg).unwrap();
            expected.push((body, more));
        }
        let octets = take(&mut a);
        prop_assert_eq!(receive(&mut b, &octets, portion, direct, now), expected);
    }
}

fn take(connection: &mut Connection) -> Vec<u8> {
    let mut all = Vec::new();
    while connection.output_len() > 0 {
        let mut slices = [IoSlice::new(&[]); 5];
        let next = connection.output(&mut slices).concat_all();
        connection.advance(next.len()).unwrap();
        all.extend(next);
    }
    all
}

trait Concat {
    fn concat_all(&self) -> Vec<u8>;
}

impl Concat for [IoSlice<'_>] {
    fn concat_all(&self) -> Vec<u8> {
        self.iter().flat_map(|slice| slice.iter().copied()).collect()
    }
}

fn receive(c: &mut Connection, octets: &[u8], portion: usize, direct: bool, now: Instant) -> Vec<(Vec<u8>, bool)> {
    let mut got = Vec::new();
    for mut chunk in octets.chunks(portion) {
        loop {
            if let Some(body) = c.arriving().filter(|_| direct) {
                let taken = body.extend(chunk).unwrap();
                chunk = &chunk[taken..];
            }
            let mut run = Vec::new();
            c.decode_run(&mut chunk, &mut Strip::default(), |msg| {
                run.push(msg);
                run.len() % 3 != 0
            });
            got.extend(run.iter().map(|msg| (msg.data().to_vec(), msg.more())));
            match c.decode(&mut chunk, now).unwrap() {
                Some(Event::Message(msg)) => got.push((msg.data().to_vec(), msg.more())),
                Some(_) => {}
                None => break,
            }
        }
        assert!(chunk.is_empty());
    }
    got
}
