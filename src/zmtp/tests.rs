//! Connections against each other and against octets recorded from libzmq 4.3.4, under a virtual clock.

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

fn beating(ivl: i32, timeout: i32, ttl_tenths: u16) -> Options {
    let mut options = Options::default();
    options.heartbeat.ivl = ivl;
    options.heartbeat.timeout = timeout;
    options.heartbeat.ttl_tenths = ttl_tenths;
    options
}

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

/// What we say to peers of older protocols, as recorded; whatever way the octets are split.
#[test]
fn old_peers() {
    let signature = b"\xff\0\0\0\0\0\0\0\x01\x7f";
    let ours = b"\xff\0\0\0\0\0\0\0\x03\x7f".as_slice();
    let old = b"\x03\0hi\x02\x01x\x01\0".as_slice();
    let long_id = b"\xff\0\0\0\0\0\0\0\x03\0ab".as_slice();
    let odd_id = b"\xff\0\0\0\0\0\0\0\x03\x7eab".as_slice();
    let rows = [
        (Version::Unversioned, odd_id.to_vec(), b"me".as_slice(), old),
        (Version::Unversioned, b"\x03\0ab".to_vec(), b"me".as_slice(), old),
        (Version::Unversioned, long_id.to_vec(), b"me", old),
        (Version::V1, [signature, &b"\0\x06\x03\0ab"[..]].concat(), b"\x03\x05\x03\0me", old),
        (Version::V2, [signature, &b"\x01\x06\0\x02ab"[..]].concat(), b"\x03\x05\0\x02me", b"\0\x02hi\x01\x01x\0\0"),
    ];
    for (version, opening, reply, frames) in rows {
        let octets = [&opening[..], frames].concat();
        for portion in 1..=octets.len() {
            let mut side = Side::new(ZMQ_DEALER, &named(b"me"));
            side.feed(&octets, portion).unwrap();
            assert_eq!(side.said(), [ours, reply].concat(), "{version:?} {portion}");
            assert_eq!(side.events, ["ready", "hi", "x+", ""]);
            assert_eq!((side.connection.peer().version, &side.connection.peer().routing_id[..]), (version, &b"ab"[..]));
            assert_eq!(side.connection.deadline(), None);
            for (text, more) in [("hi", false), ("x", true), ("", false)] {
                let mut msg = Msg::from_small(text.as_bytes());
                msg.set_more(more);
                side.connection.encode(msg).unwrap();
            }
            assert_eq!(side.said(), frames);
        }
    }
}

/// Bits without a meaning in the older framings, as recorded: ignored in ZMTP 1.0; in 2.0 the bit that later means
/// "command" makes the frame vanish.
#[test]
fn flags_of_old_peers() {
    let signature = b"\xff\0\0\0\0\0\0\0\x01\x7f";
    for (octets, events) in [
        ([signature, &b"\0\x02\x01\0\x02\xfea\x02\xffb\x02\0c"[..]].concat(), &["ready", "a", "b+", "c"]),
        (
            [signature, &b"\x01\x02\0\0\xf8\x01a\x04\x0b\x09SUBSCRIBEa\x01\x01b\0\x01c"[..]].concat(),
            &["ready", "a", "b+", "c"],
        ),
    ] {
        let mut side = Side::new(ZMQ_XPUB, &Options::default());
        side.hear(&octets).unwrap();
        assert_eq!(side.events, events);
    }
}

/// Peers without a version do not subscribe, so a publisher is told that they want everything; later ones do subscribe.
#[test]
fn phantom_subscription() {
    let signature = b"\xff\0\0\0\0\0\0\0\x01\x7f";
    for (kind, octets, events) in [
        (ZMQ_XPUB, b"\x01\0\x04\0\x01xy".to_vec(), &["ready", "sub()", "\u{1}xy"][..]),
        (ZMQ_DEALER, b"\x01\0\x03\0hi".to_vec(), &["ready", "hi"]),
        (ZMQ_PUB, [signature, &b"\0\x02\x01\0"[..]].concat(), &["ready"]),
        (ZMQ_PUB, [signature, &b"\x01\x02\0\0"[..]].concat(), &["ready"]),
    ] {
        let mut side = Side::new(kind, &Options::default());
        side.hear(&octets).unwrap();
        assert_eq!(side.events, events);
    }
}

/// Every version, every mechanism but NULL without a domain: old greetings are no way around security.
#[test]
fn downgrade_is_refused() {
    let mut options = Options::default();
    options.security.zap_domain = "global".into();
    let signature = b"\xff\0\0\0\0\0\0\0\x01\x7f";
    let mut refused = 0;
    for octets in [
        &b"\x01\0"[..],
        b"\xff\0\0\0\0\0\0\0\x01\0",
        &[signature, &b"\0\x06"[..]].concat(),
        &[signature, &b"\x01\x06"[..]].concat(),
    ] {
        let mut side = Side::new(ZMQ_DEALER, &options);
        refused += matches!(side.hear(octets), Err(Failure::Refused(_))) as u32;
        assert!(side.events.is_empty());
    }
    assert_eq!(refused, 4);
}

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
