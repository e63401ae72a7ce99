//! What is known about the other end of a connection.

use crate::msg::Metadata;
use crate::security::properties::{IDENTITY, SOCKET_TYPE};
use crate::security::Properties;

/// Longest routing id, in bytes.
const ROUTING_ID_MAX: usize = 255;

/// The protocol that a peer speaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Version {
    /// ZMTP 1.0 without a greeting, as before libzmq 3 (RFC 13).
    Unversioned,
    /// A greeting with revision 0 and frames of ZMTP 1.0.
    V1,
    /// ZMTP 2.0 (RFC 15).
    V2,
    /// ZMTP 3.0 (RFC 23).
    V3_0,
    /// ZMTP 3.1 (RFC 37) or anything later.
    V3_1,
}

impl Version {
    /// What the version octets of a full greeting say; higher ones are spoken to in our own version.
    pub(super) fn from_greeting(major: u8, minor: u8) -> Self {
        if (major, minor) == (3, 0) {
            Self::V3_0
        } else {
            Self::V3_1
        }
    }
}

/// The other end. Version and what follows are known when the handshake is over.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its protocol.
    pub version: Version,
    /// The routing id it announced. Empty: none, or one that it has no right to (longer than 255 bytes, or beginning with
    /// a zero byte as generated ones do).
    pub routing_id: Vec<u8>,
    /// What it said about itself, as it said it.
    pub properties: Properties,
    /// What the ZAP handler said about it.
    pub zap: Properties,
    /// Its name according to the ZAP handler.
    pub user_id: Option<Vec<u8>>,
}

impl Peer {
    pub(super) fn new() -> Self {
        Self {
            version: Version::Unversioned,
            routing_id: Vec::new(),
            properties: Properties::default(),
            zap: Properties::default(),
            user_id: None,
        }
    }

    /// The socket type it announced; None for peers before ZMTP 3.0, which have no names for them.
    pub fn socket_type(&self) -> Option<&[u8]> {
        self.properties.get(SOCKET_TYPE)
    }

    pub(super) fn set_properties(&mut self, properties: Properties) {
        self.set_routing_id(properties.get(IDENTITY).unwrap_or_default());
        self.properties = properties;
    }

    pub(super) fn set_routing_id(&mut self, id: &[u8]) {
        let valid = id.len() <= ROUTING_ID_MAX && id.first() != Some(&0);
        self.routing_id = if valid { id.to_vec() } else { Vec::new() };
    }

    /// Adds to `metadata` (which has the peer's address already) what zmq_msg_gets shall find. What this side knows for
    /// itself comes before what the peer claims.
    pub fn describe(&self, metadata: &mut Metadata) {
        if let Some(user) = &self.user_id {
            metadata.insert(b"User-Id", user);
        }
        for (name, value) in self.zap.iter().chain(self.properties.iter()) {
            metadata.insert(name, value);
        }
    }
}
