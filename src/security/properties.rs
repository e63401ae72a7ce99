//! The metadata that two peers exchange at the end of a handshake: a list of named values (RFC 37, "Connection Metadata").
//!
//! Names are sent in the exact case libzmq uses and compared without regard to case.

use crate::options::Options;
use crate::socket_type::SocketType;

use super::Failure;

/// Property that names the peer's socket type.
pub const SOCKET_TYPE: &[u8] = b"Socket-Type";
/// Property with the peer's routing id.
pub const IDENTITY: &[u8] = b"Identity";
/// What only this side may say about a connection; a peer that claims it is not listened to.
const RESERVED: [&[u8]; 2] = [b"User-Id", b"Peer-Address"];

/// Named values, in the order of the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties(Vec<(Vec<u8>, Vec<u8>)>);

impl Properties {
    /// Adds a property unless the name is taken.
    pub fn insert(&mut self, name: &[u8], value: &[u8]) {
        if self.get(name).is_none() {
            self.0.push((name.to_vec(), value.to_vec()));
        }
    }

    /// The value of a name, in any case.
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v)
    }

    /// All pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(n, v)| (&n[..], &v[..]))
    }

    /// Appends the wire form. Names are at most 255 bytes and values below 2^31 (longer ones cannot be set).
    pub fn write(&self, out: &mut Vec<u8>) {
        for (name, value) in self.iter() {
            let (Ok(name_size), Ok(value_size)) = (u8::try_from(name.len()), i32::try_from(value.len())) else {
                continue;
            };
            out.push(name_size);
            out.extend_from_slice(name);
            out.extend_from_slice(&value_size.to_be_bytes());
            out.extend_from_slice(value);
        }
    }

    /// Reads the wire form; every byte must belong to a property, and a name that comes again must have the same value.
    /// Reserved names are left out.
    pub fn read(mut data: &[u8]) -> Result<Self, Failure> {
        let mut list = Self::default();
        while !data.is_empty() {
            let (name, value, rest) = read_one(data).ok_or(Failure::Refused("the peer's metadata is malformed"))?;
            if list.get(name).is_some_and(|known| known != value) {
                return Err(Failure::Refused("the peer's metadata contradicts itself"));
            }
            if !RESERVED.iter().any(|r| r.eq_ignore_ascii_case(name)) {
                list.insert(name, value);
            }
            data = rest;
        }
        Ok(list)
    }
}

/// How the two sides introduce themselves to each other.
#[derive(Clone)]
pub struct Introduction {
    kind: &'static SocketType,
    /// What this side says.
    own: Properties,
}

impl Introduction {
    /// Of a socket of this type: type, identity where the type announces it, then the application's own properties in the
    /// order of their names.
    pub fn new(kind: &'static SocketType, options: &Options) -> Self {
        let mut own = Properties::default();
        own.insert(SOCKET_TYPE, kind.name.as_bytes());
        if kind.announces_identity {
            own.insert(IDENTITY, &options.routing_id);
        }
        for (name, value) in &options.metadata {
            own.insert(name, value);
        }
        Self { kind, own }
    }

    /// What this side says, as its wire form after `name` (of a command, or nothing).
    pub fn say(&self, name: &[u8]) -> Vec<u8> {
        let mut body = name.to_vec();
        self.own.write(&mut body);
        body
    }

    /// What the peer says; its socket type must go with ours. One that does not say what it is passes, as with libzmq.
    pub fn hear(&self, data: &[u8]) -> Result<Properties, Failure> {
        let peer = Properties::read(data)?;
        if peer.get(SOCKET_TYPE).is_some_and(|name| !self.kind.accepts(name)) {
            return Err(Failure::Refused("the peer's socket type does not go with ours"));
        }
        Ok(peer)
    }
}

/// Name, value and what follows. None: cut short, or a value of 2^31 bytes or more.
fn read_one(data: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (&name_size, data) = data.split_first()?;
    let (name, data) = data.split_at_checked(name_size as usize)?;
    let (value_size, data) = data.split_first_chunk::<4>()?;
    let value_size = i32::from_be_bytes(*value_size);
    let (value, rest) = data.split_at_checked(usize::try_from(value_size).ok()?)?;
    Some((name, value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(pairs: &[(&[u8], &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut list = Properties::default();
        pairs.iter().for_each(|(n, v)| list.insert(n, v));
        list.write(&mut out);
        out
    }

    #[test]
    fn names_are_compared_without_case() {
        let list = Properties::read(&wire(&[(b"socket-TYPE", b"PUB"), (b"X-a", b"1")])).unwrap();
        assert_eq!(list.get(SOCKET_TYPE), Some(&b"PUB"[..]));
        let twice = |again: &[u8]| [wire(&[(b"X-a", b"1")]), wire(&[(b"x-A", again)])].concat();
        assert_eq!(Properties::read(&twice(b"1")).unwrap().iter().count(), 1);
        assert!(Properties::read(&twice(b"2")).is_err());
    }

    #[test]
    fn what_only_this_side_knows_cannot_be_claimed() {
        let list =
            Properties::read(&wire(&[(b"User-Id", b"root"), (b"peer-address", b"1.2.3.4"), (b"X-a", b"")])).unwrap();
        assert_eq!(list.iter().count(), 1);
    }

    #[test]
    fn every_cut_of_the_wire_form_is_refused_or_a_shorter_list() {
        let whole = wire(&[(b"Socket-Type", b"DEALER"), (b"Identity", b"me")]);
        let first = wire(&[(b"Socket-Type", b"DEALER")]).len();
        for n in 0..whole.len() {
            assert_eq!(Properties::read(&whole[..n]).is_ok(), n == 0 || n == first, "cut at {n}");
        }
        assert!(Properties::read(&[&whole[..], &[0]].concat()).is_err());
        assert!(Properties::read(b"\x01a\x80\0\0\0x").is_err());
        assert!(Properties::read(b"\x01a\xff\xff\xff\xffx").is_err());
        // An empty name has no right to exist, but libzmq lets it pass.
        assert!(Properties::read(&[&whole[..], &[0; 5]].concat()).is_ok());
    }
}
