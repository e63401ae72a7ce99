//! Peers of ZMTP 1.0, of 2.0 and without a version.

use super::*;

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
