//! The table of socket types as the wire sees them: number, name, allowed peers (RFC 28 to 31, 41, 48, 49, 51, 52).
//!
//! ZMTP checks a peer against it, the socket kinds take their names from it. STREAM and DGRAM have no wire name of their
//! own: they speak raw bytes.
#![forbid(unsafe_code)]

use crate::consts::*;

/// One socket type.
#[derive(Debug)]
pub struct SocketType {
    /// ZMQ_… number, also the socket-type octet of ZMTP 1.0 and 2.0.
    pub id: i32,
    /// Value of the `Socket-Type` property.
    pub name: &'static str,
    /// Types that may be at the other end.
    pub peers: &'static [i32],
    /// Whether READY carries the `Identity` property (also when it is empty).
    pub announces_identity: bool,
}

const fn row(id: i32, name: &'static str, peers: &'static [i32]) -> SocketType {
    SocketType { id, name, peers, announces_identity: matches!(id, ZMQ_REQ | ZMQ_DEALER | ZMQ_ROUTER) }
}

/// All types that speak ZMTP.
pub static SOCKET_TYPES: &[SocketType] = &[
    row(ZMQ_PAIR, "PAIR", &[ZMQ_PAIR]),
    row(ZMQ_PUB, "PUB", &[ZMQ_SUB, ZMQ_XSUB]),
    row(ZMQ_SUB, "SUB", &[ZMQ_PUB, ZMQ_XPUB]),
    row(ZMQ_REQ, "REQ", &[ZMQ_REP, ZMQ_ROUTER]),
    row(ZMQ_REP, "REP", &[ZMQ_REQ, ZMQ_DEALER]),
    row(ZMQ_DEALER, "DEALER", &[ZMQ_REP, ZMQ_DEALER, ZMQ_ROUTER]),
    row(ZMQ_ROUTER, "ROUTER", &[ZMQ_REQ, ZMQ_DEALER, ZMQ_ROUTER]),
    row(ZMQ_PULL, "PULL", &[ZMQ_PUSH]),
    row(ZMQ_PUSH, "PUSH", &[ZMQ_PULL]),
    row(ZMQ_XPUB, "XPUB", &[ZMQ_SUB, ZMQ_XSUB]),
    row(ZMQ_XSUB, "XSUB", &[ZMQ_PUB, ZMQ_XPUB]),
    row(ZMQ_SERVER, "SERVER", &[ZMQ_CLIENT]),
    row(ZMQ_CLIENT, "CLIENT", &[ZMQ_SERVER]),
    row(ZMQ_RADIO, "RADIO", &[ZMQ_DISH]),
    row(ZMQ_DISH, "DISH", &[ZMQ_RADIO]),
    row(ZMQ_GATHER, "GATHER", &[ZMQ_SCATTER]),
    row(ZMQ_SCATTER, "SCATTER", &[ZMQ_GATHER]),
    row(ZMQ_PEER, "PEER", &[ZMQ_PEER]),
    row(ZMQ_CHANNEL, "CHANNEL", &[ZMQ_CHANNEL]),
];

/// The row of a ZMQ_… number; None for STREAM, DGRAM and unknown numbers.
pub fn by_id(id: i32) -> Option<&'static SocketType> {
    SOCKET_TYPES.iter().find(|t| t.id == id)
}

/// The row of a `Socket-Type` value, compared exactly.
pub fn by_name(name: &[u8]) -> Option<&'static SocketType> {
    SOCKET_TYPES.iter().find(|t| t.name.as_bytes() == name)
}

impl SocketType {
    /// Whether a peer that calls itself `name` may be at the other end.
    pub fn accepts(&self, name: &[u8]) -> bool {
        by_name(name).is_some_and(|peer| self.peers.contains(&peer.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_symmetric_and_without_doubles() {
        for t in SOCKET_TYPES {
            assert_eq!(SOCKET_TYPES.iter().filter(|o| o.id == t.id || o.name == t.name).count(), 1, "{}", t.name);
            assert!(!t.peers.is_empty());
            for peer in t.peers {
                let peer = by_id(*peer).unwrap();
                assert!(peer.peers.contains(&t.id), "{} accepts {} but not the reverse", t.name, peer.name);
            }
        }
    }

    #[test]
    fn strangers_are_refused() {
        let sub = by_id(ZMQ_SUB).unwrap();
        assert!(sub.accepts(b"XPUB") && sub.accepts(b"PUB"));
        assert!(!sub.accepts(b"SUB") && !sub.accepts(b"") && !sub.accepts(b"pub") && !sub.accepts(b"STREAM"));
        assert!(by_id(ZMQ_STREAM).is_none() && by_id(ZMQ_DGRAM).is_none() && by_id(-1).is_none());
    }
}
