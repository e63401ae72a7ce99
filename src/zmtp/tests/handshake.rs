//! What is said up to the first message: greetings and READYs, as they should be, odd or wrong; and how long they may
//! take.

use super::*;

/// The greeting goes out in the steps and octets of libzmq.
#[test]
fn greeting_step_by_step() {
    let mut side = Side::new(ZMQ_DEALER, &named(b"me"));
    assert_eq!(side.said(), b"\xff\0\0\0\0\0\0\0\x03\x7f");
    let peer = greeting(3, 1, "NULL");
    side.hear(&peer[..9]).unwrap();
    assert_eq!(side.said(), b"");
    side.hear(&peer[9..10]).unwrap();
    assert_eq!(side.said(), b"\x03");
    side.hear(&peer[10..11]).unwrap();
    let rest = side.said();
    assert_eq!((rest.len(), &rest[..5], &rest[5..]), (53, &b"\x01NULL"[..], &[0; 48][..]));
    side.hear(&peer[11..63]).unwrap();
    assert_eq!(side.said(), b"");
    side.hear(&peer[63..]).unwrap();
    assert_eq!(side.said(), b"\x04+\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\x02me");
    side.hear(&ready("ROUTER")).unwrap();
    assert_eq!(side.events, ["ready"]);
    assert_eq!(side.connection.peer().socket_type(), Some(&b"ROUTER"[..]));
    assert_eq!(side.connection.peer().version, Version::V3_1);
}

/// READY of each socket type, as recorded.
#[test]
fn ready_of_each_type() {
    let identity = b"\x08Identity\0\0\0\x02me".as_slice();
    let rows: &[(i32, &[u8], &[u8])] = &[
        (ZMQ_PAIR, b"\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04PAIR", b""),
        (ZMQ_PUB, b"\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03PUB", b""),
        (ZMQ_SUB, b"\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03SUB", b""),
        (ZMQ_REQ, b"\x04(\x05READY\x0bSocket-Type\0\0\0\x03REQ", identity),
        (ZMQ_REP, b"\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03REP", b""),
        (ZMQ_DEALER, b"\x04+\x05READY\x0bSocket-Type\0\0\0\x06DEALER", identity),
        (ZMQ_ROUTER, b"\x04+\x05READY\x0bSocket-Type\0\0\0\x06ROUTER", identity),
        (ZMQ_PULL, b"\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04PULL", b""),
        (ZMQ_PUSH, b"\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04PUSH", b""),
        (ZMQ_XPUB, b"\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04XPUB", b""),
        (ZMQ_XSUB, b"\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04XSUB", b""),
    ];
    for &(kind, head, tail) in rows {
        let mut side = Side::new(kind, &named(b"me"));
        side.hear(&greeting(3, 1, "NULL")).unwrap();
        assert_eq!(side.said()[64..], [head, tail].concat(), "{kind}");
    }
}

/// The application's properties come in the order of their names, as recorded.
#[test]
fn ready_with_metadata() {
    let row = |n: &str, v: &str| (n.into(), v.into());
    let metadata = [row("X-b", "2"), row("X-a", "1"), row("X-c", "33")].into();
    let mut side = Side::new(ZMQ_PUSH, &Options { metadata, ..Options::default() });
    side.hear(&greeting(3, 1, "NULL")).unwrap();
    let recorded =
        b"\x046\x05READY\x0bSocket-Type\0\0\0\x04PUSH\x03X-a\0\0\0\x011\x03X-b\0\0\0\x012\x03X-c\0\0\0\x0233";
    assert_eq!(&side.said()[64..], recorded);
}

/// What ends a handshake, with the monitor's event where libzmq sends one, as recorded.
#[test]
fn handshake_failures() {
    const UNEXPECTED: Failure = Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND);
    const MALFORMED_ERROR: Failure = Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR);
    let greeted = |body: &[u8]| [greeting(3, 1, "NULL"), body.to_vec()].concat();
    let refused = [
        greeted(&ready("PUB")),
        greeted(&ready("FOO")),
        greeted(&ready("")),
        greeted(&command(b"\x05READY\x0bsocket-type\0\0\0\x03PUB")),
        greeted(&command(b"\x05READY\x0bSocket-Type\0\0\0\x06ROUTE")),
        greeted(&command(b"\x05READY\x0bSocket-Type\0\0")),
        greeted(&command(b"\x05READY\x0bSocket")),
        greeted(&command(b"\x05READY\x0bSocket-Type\0\0\0\x06ROUTER\x0bSocket-Type\0\0\0\x03PUB")),
        greeted(&command(b"\x05READY\x01a\x80\0\0\0xx")),
        greeted(&command(b"\x05ERROR\x07invalid")),
        greeted(&command(b"\x05ERROR\x03401")),
        greeted(&command(b"\x05ERROR\0")),
    ];
    for octets in refused {
        let failure = Side::new(ZMQ_DEALER, &Options::default()).hear(&octets).unwrap_err();
        assert!(matches!(failure, Failure::Refused(_)), "{octets:?} {failure:?}");
        assert_eq!(failure.handshake_event(true), None);
    }
    for (octets, expected) in [
        (greeting(3, 1, "PLAIN"), Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)),
        (greeting(3, 1, "NULL\0X"), Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)),
        (greeting(3, 1, ""), Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)),
        (greeted(&command(b"\x05ready")), UNEXPECTED),
        (greeted(&command(b"")), UNEXPECTED),
        (greeted(&command(b"\0")), UNEXPECTED),
        (greeted(&command(b"\x09REA")), UNEXPECTED),
        (greeted(&command(b"\x04PING\0\0")), UNEXPECTED),
        (greeted(b"\0\x05hello"), UNEXPECTED),
        (greeted(b"\0\0"), UNEXPECTED),
        (greeted(&command(b"\x05ERROR")), MALFORMED_ERROR),
        (greeted(&command(b"\x05ERROR\x05abc")), MALFORMED_ERROR),
        (greeted(&command(b"\x05ERROR\x03300")), Failure::Auth(300)),
        (greeted(&command(b"\x05ERROR\x03400")), Failure::Auth(400)),
        (greeted(&command(b"\x05ERROR\x03500")), Failure::Auth(500)),
        (greeted(b"\x06\0\0\0\0\0\x01\0\x01"), Failure::TooLarge),
        (greeted(b"\x02\0\0\0\0\0\x01\0\x01"), Failure::TooLarge),
    ] {
        for portion in [1, 7, usize::MAX] {
            let mut side = Side::new(ZMQ_DEALER, &Options::default());
            assert_eq!(side.feed(&octets, portion), Err(expected), "{octets:?}");
            assert!(side.events.is_empty());
        }
    }
    assert_eq!(UNEXPECTED.handshake_event(true), Some((0x2000, 0x1000_0001)));
    assert_eq!(Failure::Auth(400).handshake_event(true), Some((0x4000, 400)));
    assert_eq!(Failure::HandshakeTimeout.handshake_event(true), Some((0x0800, Error::EAGAIN.0)));
    assert_eq!(UNEXPECTED.handshake_event(false), UNEXPECTED.handshake_event(true));
    assert_eq!(Failure::HandshakeTimeout.handshake_event(false), None);
}

/// Greetings and READYs that are odd, but that libzmq lets pass.
#[test]
fn odd_but_accepted() {
    let mut as_server = greeting(3, 1, "NULL");
    as_server[32] = 7;
    let mut filler = greeting(3, 1, "NULL");
    filler[33..].fill(b'x');
    let mut padding = greeting(255, 255, "NULL");
    padding[1..9].fill(b'p');
    let mut odd = greeting(3, 1, "NULL");
    odd[9] = 1;
    for g in [as_server, filler, padding, odd] {
        let long = b"\x06\0\0\0\0\0\0\0\x1c\x05READY\x0bSocket-Type\0\0\0\x06ROUTER";
        let unnamed = command(b"\x05READY");
        for r in [&ready("ROUTER")[..], long, &unnamed, &[b"\0", &ready("ROUTER")[1..]].concat()] {
            let mut side = Side::new(ZMQ_DEALER, &Options::default());
            side.hear(&[&g[..], r].concat()).unwrap();
            assert_eq!(side.events, ["ready"]);
        }
    }
}

#[test]
fn routing_ids_that_nobody_may_claim_count_as_none() {
    for (id, expected) in
        [(&b"abc"[..], &b"abc"[..]), (b"", b""), (b"\0abc", b""), (&[b'i'; 255], &[b'i'; 255]), (&[b'i'; 256], b"")]
    {
        let size = [0, 0, (id.len() >> 8) as u8, id.len() as u8];
        let body = [b"\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity", &size[..], id].concat();
        let octets = [&greeting(3, 1, "NULL")[..], b"\x06", &(body.len() as u64).to_be_bytes(), &body].concat();
        let mut side = Side::new(ZMQ_ROUTER, &Options::default());
        side.hear(&octets).unwrap();
        assert_eq!(side.connection.peer().routing_id, expected);
    }
}

/// Two of ours, each octet on its own.
#[test]
fn two_of_ours() {
    for portion in [1, 3, 64, 1000] {
        let mut a = Side::new(ZMQ_REQ, &named(b"req"));
        let mut b = Side::new(ZMQ_ROUTER, &Options::default());
        for _ in 0..6 {
            let (from_a, from_b) = (a.said(), b.said());
            b.feed(&from_a, portion).unwrap();
            a.feed(&from_b, portion).unwrap();
        }
        assert!(a.connection.ready() && b.connection.ready());
        assert_eq!((&a.events[..], &b.events[..]), (&["ready".to_string()][..], &["ready".to_string()][..]));
        assert_eq!(b.connection.peer().routing_id, b"req");
        assert_eq!(b.connection.peer().socket_type(), Some(&b"REQ"[..]));
    }
}

#[test]
fn handshake_deadline() {
    for octets in [&b""[..], b"\xff", b"\x05\0a", &greeting(3, 1, "NULL")] {
        let mut side = Side::new(ZMQ_DEALER, &Options::default());
        side.hear(octets).unwrap();
        assert_eq!(side.connection.deadline(), Some(side.now + Duration::from_secs(30)));
        side.pass(29_999).unwrap();
        assert_eq!(side.pass(1), Err(Failure::HandshakeTimeout));
    }
    let mut options = Options::default();
    options.heartbeat.handshake_ivl = 0;
    assert_eq!(Side::new(ZMQ_DEALER, &options).connection.deadline(), None);
    assert_eq!(traffic(ZMQ_DEALER, "ROUTER", 1, &Options::default()).connection.deadline(), None);
}

#[test]
fn encode_waits_for_the_handshake() {
    let mut side = Side::new(ZMQ_PUSH, &Options::default());
    assert!(side.connection.encode(Msg::new()).is_err());
    for kind in [ZMQ_STREAM, ZMQ_DGRAM, -1, 99] {
        assert_eq!(Connection::new(kind, &Options::default(), side.now).err(), Some(Error::EINVAL));
    }
}

/// NULL asks the ZAP handler before it says READY, and takes nothing from the peer meanwhile.
#[test]
fn null_with_a_domain() {
    use crate::security::zap::Reply;
    let mut options = Options::default();
    options.security.zap_domain = "global".into();
    let answered = |status| Reply::Answered { status, user_id: b"joe".to_vec(), metadata: Default::default() };
    for (reply, expected) in
        [(Reply::NoHandler, Ok(())), (answered(200), Ok(())), (answered(400), Err(Failure::Auth(400)))]
    {
        let mut side = Side::new(ZMQ_DEALER, &options);
        let octets = [greeting(3, 1, "NULL"), ready("ROUTER"), b"\0\x02hi".to_vec()].concat();
        let mut input = &octets[..];
        let event = side.connection.decode(&mut input, side.now).unwrap().map(describe);
        assert_eq!((event.as_deref(), input.len()), (Some("zap"), octets.len() - 64));
        assert!(side.connection.decode(&mut input, side.now).unwrap().is_none());
        assert!(side.connection.paused() && input.len() == octets.len() - 64 && side.said().len() == 64);
        let named = reply != Reply::NoHandler;
        assert_eq!(side.connection.on_zap_reply(reply), expected);
        if expected.is_ok() {
            side.hear(input).unwrap();
            assert_eq!(side.events, ["ready", "hi"]);
            assert_eq!(side.connection.peer().user_id.is_some(), named);
        }
    }
}
