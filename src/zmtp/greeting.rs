//! The greeting: both sides say who they are in steps, so that each protocol version finds out about the other.
//!
//! We send ten octets, of which a ZMTP 1.0 peer makes the header of a long identity frame (so the length in them is that
//! of our identity plus one). What the peer's first octets are decides how we go on:
//!
//! ```text
//! octet 0 is not 0xff, or octet 9 is even -> unversioned: these octets begin its identity frame
//! octet 10 is 0 or 1                      -> ZMTP 1.0 or 2.0 frames; octet 11 is its socket type
//! octet 10 is higher                      -> a greeting of 64 octets with version and mechanism
//! ```
//!
//! The whole greeting is never sent at once: what follows octet 10 would break a 2.0 peer.

use super::outbox::Outbox;
use super::peer::Version;
use super::Failure;

const SIGNATURE: usize = 10;
const REVISION: usize = 11;
const LEGACY: usize = 12;
const FULL: usize = 64;
/// Our version: ZMTP 3.1.
const MAJOR: u8 = 3;
const MINOR: u8 = 1;

/// Name of a security mechanism as the greeting carries it.
pub(super) type MechanismName = [u8; 20];

/// What the finished greeting says about the peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Heard {
    /// A peer before ZMTP 3, whose version is certain.
    Legacy(Version),
    /// A full greeting.
    Full { version: Version, mechanism: MechanismName },
}

/// One greeting in progress.
pub(super) struct Greeting {
    socket_type: u8,
    mechanism: MechanismName,
    held: [u8; FULL],
    have: usize,
}

impl Greeting {
    /// Begins to greet: the first ten octets go out.
    pub(super) fn begin(
        socket_type: u8,
        mechanism: &str,
        routing_id: &[u8],
        out: &mut Outbox,
    ) -> crate::error::Result<Self> {
        let mut name = MechanismName::default();
        name.iter_mut().zip(mechanism.bytes()).for_each(|(slot, byte)| *slot = byte);
        let [a, b, c, d, e, f, g, h] = (routing_id.len() as u64 + 1).to_be_bytes();
        out.push(&[0xff, a, b, c, d, e, f, g, h, 0x7f])?;
        Ok(Self { socket_type, mechanism: name, held: [0; FULL], have: 0 })
    }

    /// The octets that were taken so far; for an unversioned peer they belong to its first frame.
    pub(super) fn held(&self) -> &[u8] {
        &self.held[..self.have]
    }

    /// Takes from `input` what belongs to the greeting and answers what is due. None: more is needed.
    pub(super) fn feed(&mut self, input: &mut &[u8], out: &mut Outbox) -> Result<Option<Heard>, Failure> {
        while self.take(input) {
            match self.have {
                1 if self.held[0] != 0xff => return Ok(Some(Heard::Legacy(Version::Unversioned))),
                SIGNATURE if self.held[9] & 1 == 0 => return Ok(Some(Heard::Legacy(Version::Unversioned))),
                SIGNATURE => out.push(&[MAJOR])?,
                REVISION if self.held[10] <= 1 => out.push(&[self.socket_type])?,
                REVISION => out.push(&self.rest())?,
                LEGACY if self.held[10] == 0 => return Ok(Some(Heard::Legacy(Version::V1))),
                LEGACY if self.held[10] == 1 => return Ok(Some(Heard::Legacy(Version::V2))),
                FULL => return Ok(Some(self.full())),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Moves one octet; false when there is none, or no room (which the caller has dealt with before).
    fn take(&mut self, input: &mut &[u8]) -> bool {
        let (Some((&octet, rest)), Some(slot)) = (input.split_first(), self.held.get_mut(self.have)) else {
            return false;
        };
        *slot = octet;
        self.have += 1;
        *input = rest;
        true
    }

    /// What follows the major version: minor version, mechanism, as-server (0 always, as libzmq sends it), filler.
    fn rest(&self) -> [u8; FULL - REVISION] {
        let mut rest = [0; FULL - REVISION];
        rest[0] = MINOR;
        rest[1..=self.mechanism.len()].copy_from_slice(&self.mechanism);
        rest
    }

    fn full(&self) -> Heard {
        let mut mechanism = MechanismName::default();
        mechanism.copy_from_slice(&self.held[12..32]);
        Heard::Full { version: Version::from_greeting(self.held[10], self.held[11]), mechanism }
    }

    /// The mechanism that we announce.
    pub(super) fn mechanism(&self) -> &MechanismName {
        &self.mechanism
    }
}
