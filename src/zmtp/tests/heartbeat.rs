//! PING, PONG and silence, under the virtual clock.

use super::*;

fn beating(ivl: i32, timeout: i32, ttl_tenths: u16) -> Options {
    let mut options = Options::default();
    options.heartbeat.ivl = ivl;
    options.heartbeat.timeout = timeout;
    options.heartbeat.ttl_tenths = ttl_tenths;
    options
}

/// A PING each interval, whatever the traffic, and an end when nothing answers: times as recorded.
#[test]
fn heartbeat() {
    let ping = b"\x04\x07\x04PING\0\0";
    let mut side = traffic(ZMQ_DEALER, "ROUTER", 1, &beating(100, -1, 0));
    side.pass(99).unwrap();
    assert_eq!(side.said(), b"");
    for _ in 0..3 {
        side.pass(100).unwrap();
        assert_eq!(side.said(), ping);
        side.hear(&command(b"\x04PONG")).unwrap();
    }
    side.pass(100).unwrap();
    assert_eq!(side.said(), ping);
    assert_eq!(side.pass(100), Err(Failure::Silent));

    let mut patient = traffic(ZMQ_DEALER, "ROUTER", 0, &beating(100, 300, 15));
    for _ in 0..3 {
        patient.pass(100).unwrap();
        assert_eq!(patient.said(), b"\x04\x07\x04PING\0\x0f");
    }
    assert_eq!(patient.pass(100), Err(Failure::Silent));

    let mut endless = traffic(ZMQ_DEALER, "ROUTER", 1, &beating(100, 0, 0));
    (0..100).for_each(|_| endless.pass(100).unwrap());
}

/// One byte of a large message is a sign of life.
#[test]
fn every_byte_counts() {
    let mut side = traffic(ZMQ_DEALER, "ROUTER", 1, &beating(100, 50, 0));
    side.hear(b"\x02\0\0\0\0\0\x10\0\0").unwrap();
    for _ in 0..50 {
        side.pass(100).unwrap();
        side.now += Duration::from_millis(49);
        side.hear(b"x").unwrap();
    }
    side.pass(100).unwrap();
    let body = side.connection.arriving().unwrap();
    body.extend(b"y").unwrap();
    side.hear(b"").unwrap();
    let mut nothing = &b""[..];
    assert!(side.connection.decode(&mut nothing, side.now).unwrap().is_none());
    side.pass(50).unwrap();
    side.pass(50).unwrap();
    assert_eq!(side.pass(50), Err(Failure::Silent));
}

/// The peer's time to live, in arithmetic wide enough for it.
#[test]
fn time_to_live() {
    for (ttl, ms) in [(b"\0\x03", 300), (b"\x02\x90", 65_600), (b"\xff\xff", 6_553_500)] {
        let mut side = traffic(ZMQ_DEALER, "ROUTER", 1, &Options::default());
        side.hear(&command(&[b"\x04PING", &ttl[..]].concat())).unwrap();
        assert_eq!(side.connection.deadline(), Some(side.now + Duration::from_millis(ms)));
        side.pass(ms - 1).unwrap();
        assert_eq!(side.pass(1), Err(Failure::Silent));
    }
    for next in [&command(b"\x04PING\0\0")[..], b"\0\x01a", b"\0"] {
        let mut relieved = traffic(ZMQ_DEALER, "ROUTER", 1, &Options::default());
        relieved.hear(&[&command(b"\x04PING\0\x03"), next].concat()).unwrap();
        assert_eq!(relieved.connection.deadline(), None);
    }
}

/// A receiver that does not read does not blame its peer.
#[test]
fn own_deafness_is_not_silence() {
    let mut side = traffic(ZMQ_DEALER, "ROUTER", 1, &beating(100, 100, 0));
    side.pass(100).unwrap();
    side.connection.set_reading(false, side.now);
    (0..10).for_each(|_| side.pass(100).unwrap());
    side.connection.set_reading(true, side.now);
    side.pass(99).unwrap();
    assert_eq!(side.pass(1), Err(Failure::Silent));
}

/// A peer that asks and does not read gets one answer when it reads, and costs no memory meanwhile.
#[test]
fn a_flood_of_pings_is_answered_once() {
    let mut side = traffic(ZMQ_DEALER, "ROUTER", 1, &Options::default());
    let flood = command(b"\x04PING\0\0x").repeat(100_000);
    side.hear(&flood).unwrap();
    side.hear(&command(b"\x04PING\0\0last")).unwrap();
    assert!(side.connection.output_len() < 70_000);
    assert!(side.said().ends_with(b"\x04\x09\x04PONGlast"));
}

/// With much to write already, a PING would only wait behind it.
#[test]
fn no_ping_into_a_jam() {
    let mut side = traffic(ZMQ_DEALER, "ROUTER", 1, &beating(100, 0, 0));
    side.connection.encode(Msg::from_slice(&[b'x'; 100_000]).unwrap()).unwrap();
    let jam = side.connection.output_len();
    side.pass(100).unwrap();
    assert_eq!(side.connection.output_len(), jam);
    side.said();
    side.pass(100).unwrap();
    assert_eq!(side.said(), b"\x04\x07\x04PING\0\0");
}
