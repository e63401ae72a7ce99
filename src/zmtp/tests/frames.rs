//! What is said after the handshake: subscriptions, commands, and frames of every size.

use super::*;

/// Subscriptions travel as commands to 3.1 and later, as messages to everything older, as recorded.
#[test]
fn subscriptions_by_version() {
    for (major, minor, expected) in [
        (3, 0, &b"\0\x03\x01ab\0\x03\0ab"[..]),
        (3, 1, b"\x04\x0c\x09SUBSCRIBEab\x04\x09\x06CANCELab"),
        (3, 2, b"\x04\x0c\x09SUBSCRIBEab\x04\x09\x06CANCELab"),
        (2, 0, b"\x04\x0c\x09SUBSCRIBEab\x04\x09\x06CANCELab"),
        (4, 0, b"\x04\x0c\x09SUBSCRIBEab\x04\x09\x06CANCELab"),
    ] {
        let mut side = Side::new(ZMQ_SUB, &Options::default());
        side.hear(&greeting(major, minor, "NULL")[..11]).unwrap();
        assert_eq!(side.said().len(), 64);
        side.hear(&[&greeting(major, minor, "NULL")[11..], &ready("XPUB")].concat()).unwrap();
        side.said();
        for control in [Control::Subscribe, Control::Cancel, Control::RoutingId] {
            side.connection.encode(Msg::from_small(b"ab").with_control(control)).unwrap();
        }
        assert_eq!(side.said(), expected, "{major}.{minor}");
    }
}

#[test]
fn subscriptions_are_heard_by_publishers_only() {
    let octets =
        [command(b"\x09SUBSCRIBEa"), command(b"\x06CANCELa"), command(b"\x04JOINg"), b"\0\x01z".to_vec()].concat();
    for minor in [0, 1] {
        let mut publisher = traffic(ZMQ_XPUB, "SUB", minor, &Options::default());
        publisher.hear(&octets).unwrap();
        assert_eq!(publisher.events, ["sub(a)", "cancel(a)", "z"]);
        let mut dealer = traffic(ZMQ_DEALER, "DEALER", minor, &Options::default());
        dealer.hear(&octets).unwrap();
        assert_eq!(dealer.events, ["z"]);
    }
}

/// Commands of the traffic: replies as recorded, malformed ones end the connection.
#[test]
fn commands_of_the_traffic() {
    for (octets, reply) in [
        (command(b"\x04PING\0\0"), &b"\x04\x05\x04PONG"[..]),
        (command(b"\x04PING\0\0abc"), b"\x04\x08\x04PONGabc"),
        (command(b"\x04PING\0\0cccccccccccccccccc"), b"\x04\x15\x04PONGcccccccccccccccc"),
        (b"\x05\x07\x04PING\0\0".to_vec(), b"\x04\x05\x04PONG"),
        (command(b"\x04PONG"), b""),
        (command(b"\x04PONGxxxxxxxxxxxxxxxx"), b""),
        (command(b"\x04ping\0\0"), b""),
        (command(b"\x03FOO"), b""),
        (ready("ROUTER"), b""),
        (command(b"\x05ERROR\x03400"), b""),
    ] {
        for minor in [0, 1] {
            let mut side = traffic(ZMQ_DEALER, "ROUTER", minor, &Options::default());
            side.hear(&[b"\x01\x01a", &octets[..], b"\0\x01b"].concat()).unwrap();
            assert_eq!((&side.said()[..], &side.events[..]), (reply, &["a+".to_string(), "b".into()][..]));
        }
    }
    let long_context = [b"\x04PONG", &[b'x'; 17][..]].concat();
    for body in [&b""[..], b"\0", b"\x09SUB", b"\x04PING", b"\x04PING\0", &long_context] {
        let mut side = traffic(ZMQ_DEALER, "ROUTER", 1, &Options::default());
        assert!(matches!(side.hear(&command(body)), Err(Failure::Refused(_))), "{body:?}");
        assert_eq!(side.said(), b"");
    }
}

/// ZMQ_MAXMSGSIZE holds for messages and long commands; a handshake and heartbeats work with any value.
#[test]
fn maxmsgsize() {
    let limited = |limit| traffic(ZMQ_PULL, "PUSH", 1, &Options { maxmsgsize: limit, ..Options::default() });
    let mut side = limited(4);
    side.hear(b"\0\x04hell").unwrap();
    side.hear(&command(b"\x04PING\0\0cccccccccccccccc")).unwrap();
    assert_eq!(side.hear(b"\0\x05hello"), Err(Failure::TooLarge));
    assert_eq!(side.events, ["hell"]);
    assert_eq!(limited(0).hear(b"\0\0\0\x01x"), Err(Failure::TooLarge));
    let subscription = |n| command(&[&b"\x09SUBSCRIBE"[..], &vec![b't'; n]].concat());
    assert_eq!(limited(40).hear(&subscription(30)), Ok(()));
    assert_eq!(limited(40).hear(&subscription(31)), Err(Failure::TooLarge));
}

#[test]
fn absurd_sizes() {
    for size in [u64::MAX, 1 << 63, u64::MAX - 9, (1 << 63) - 1, 1 << 48] {
        for flags in [2, 3, 6] {
            let mut side = traffic(ZMQ_PULL, "PUSH", 1, &Options { maxmsgsize: i64::MAX, ..Options::default() });
            assert_eq!(side.hear(&[&[flags][..], &size.to_be_bytes()].concat()), Err(Failure::TooLarge));
        }
        let mut old = Side::new(ZMQ_PULL, &Options::default());
        old.hear(b"\x01\0").unwrap();
        assert_eq!(old.hear(&[&b"\xff"[..], &size.to_be_bytes(), b"\0"].concat()), Err(Failure::TooLarge));
    }
    // Announced, not sent: costs nothing.
    let mut side = traffic(ZMQ_PULL, "PUSH", 1, &Options::default());
    side.hear(b"\x02\0\0\x40\0\0\0\0\0").unwrap();
    assert!(side.connection.arriving().is_some_and(|body| body.filled() == 0));
    let mut old = Side::new(ZMQ_PULL, &Options::default());
    assert!(matches!(old.hear(b"\x01\0\0"), Err(Failure::Refused(_))));
}

/// Every frame size around the boundaries of both framings, split at every offset.
#[test]
fn frames_round_trip_at_every_split() {
    for (minor, old) in [(1, false), (0, true)] {
        let mut sender = traffic(ZMQ_PUSH, "PULL", minor, &Options::default());
        let mut receiver = if old {
            Side::new(ZMQ_PULL, &Options::default())
        } else {
            traffic(ZMQ_PULL, "PUSH", 1, &Options::default())
        };
        if old {
            sender = Side::new(ZMQ_PUSH, &Options::default());
            sender.hear(b"\x01\0").unwrap();
            receiver.hear(b"\x01\0").unwrap();
            sender.said();
            receiver.events.clear();
        }
        let mut expected = Vec::new();
        for n in [0, 1, 47, 48, 49, 252, 253, 254, 255, 256, 257, 2047, 2048, 5000] {
            let text = "x".repeat(n);
            let mut msg = Msg::from_slice(text.as_bytes()).unwrap();
            msg.set_more(n % 2 == 1);
            sender.connection.encode(msg).unwrap();
            expected.push(if n % 2 == 1 { text + "+" } else { text });
        }
        let octets = sender.said();
        for split in 0..octets.len() {
            receiver.hear(&octets[..split]).unwrap();
            receiver.hear(&octets[split..]).unwrap();
            assert_eq!(std::mem::take(&mut receiver.events), expected, "split at {split}");
        }
    }
}
