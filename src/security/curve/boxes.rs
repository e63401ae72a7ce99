//! Boxes, keys and nonces: what CurveZMQ takes from NaCl (X25519, XSalsa20, Poly1305), over one crate.
//!
//! # Which crate
//!
//! Measured as it is used here, sealing in place, one thread of an AMD EPYC with AVX2 (a shared machine, so the columns
//! compare with each other alone), in MB/s:
//!
//! | frame | dryoc 2.0 | libsodium 1.0.20, static | salsabox 0.1 | crypto_secretbox 0.1 (RustCrypto) |
//! |---|---|---|---|---|
//! | 64 B | 70 | 73 | 17 | 17 |
//! | 256 B | 354 | 255 | 98 | 84 |
//! | 1 KiB | 1055 | 679 | 268 | 220 |
//! | 4 KiB | 1551 | 1159 | 823 | 406 |
//! | 16 KiB | 1730 | 1399 | 942 | 471 |
//! | 64 KiB | 1808 | 1493 | 1337 | 495 |
//!
//! dryoc is the fastest, has been looked after since 2021, finds out at run time what the processor can do, works in place,
//! compares tags in constant time before it decrypts, and is Rust alone: no C compiler, no shared library. It does not let
//! one keep the subkey that XSalsa20 makes of key and nonce prefix, though that is constant for a connection and
//! direction and costs 116 ns a box; `direction.rs` does for short texts, with a second crate's stream cipher. Those that
//! give away Salsa20 for itself, with a kept subkey and dryoc's Poly1305, sealing, in ns:
//!
//! | text | dryoc whole | salsa20 0.11 (RustCrypto) | cryptoxide 0.6 |
//! |---|---|---|---|
//! | 65 B | 437 | 295 | 323 |
//! | 101 B | 456 | 417 | 453 |
//! | 257 B | 555 | 724 | 759 |
//! | 1025 B | 963 | 2057 | 2204 |
//! | 4097 B | 2571 | 7448 | 7839 |
//! | 65537 B | 34804 | 114153 | 120048 |
//!
//! Neither has a vectorised one. libsodium has, and can keep the subkey, which brings it to 310 ns at 64 B and 752 ns at
//! 256 B, but needs a C compiler and a configure script. Poly1305 of RustCrypto costs more than 1 microsecond a box.

use dryoc::classic::crypto_box::crypto_box_open_detached_afternm_inplace;
use dryoc::classic::crypto_box::{crypto_box_beforenm, crypto_box_detached_afternm_inplace};
use dryoc::classic::crypto_core::crypto_scalarmult_base;

use crate::error::Error;
use crate::options::{Key, Secret};
use crate::security::Failure;

/// Octets of a key, public or secret.
pub(super) const KEY: usize = 32;
/// Octets by which a box is larger than what is in it; they come first.
pub(super) const TAG: usize = 16;
/// Octets of the random part of a long nonce.
pub(super) const LONG: usize = 16;

/// A nonce: prefix and what makes it unique.
pub(super) type Nonce = [u8; 24];

/// Nonce of a message between transient keys: the sender counts.
pub(super) fn short_nonce(prefix: &[u8; 16], count: u64) -> Nonce {
    let mut nonce = [0; 24];
    nonce[..16].copy_from_slice(prefix);
    nonce[16..].copy_from_slice(&count.to_be_bytes());
    nonce
}

/// Nonce of a box with a permanent key: random.
pub(super) fn long_nonce(prefix: &[u8; 8], random: &[u8; LONG]) -> Nonce {
    let mut nonce = [0; 24];
    nonce[..8].copy_from_slice(prefix);
    nonce[8..].copy_from_slice(random);
    nonce
}

/// Octets that nobody can guess; the system's error if it has none.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut octets = [0; N];
    getrandom::fill(&mut octets).map_err(|e| Error(e.raw_os_error().unwrap_or(libc::EIO)))?;
    Ok(octets)
}

/// A transient key pair.
pub(super) struct Pair {
    pub(super) public: [u8; KEY],
    pub(super) secret: Key,
}

impl Pair {
    pub(super) fn generate() -> Result<Self, Failure> {
        Ok(Self::of(Secret::from(random()?)))
    }

    /// The pair of a secret key.
    pub(super) fn of(secret: Key) -> Self {
        let mut public = [0; KEY];
        crypto_scalarmult_base(&mut public, &secret);
        Self { public, secret }
    }
}

/// What two sides that know one of two keys each can compute, and nobody else: seals boxes and opens them.
pub(super) struct Shared(Key);

impl Shared {
    /// Between a public key and a secret one. None: the public key is one of those that make every secret the same.
    pub(super) fn between(public: &[u8; KEY], secret: &Key) -> Option<Self> {
        crypto_box_beforenm(public, secret).ok().map(|key| Self(Secret::from(key)))
    }

    /// A key that only this side knows.
    pub(super) fn own() -> Result<Self, Failure> {
        Ok(Self(Secret::from(random()?)))
    }

    /// The key itself.
    pub(super) fn key(&self) -> &[u8; KEY] {
        &self.0
    }

    /// The same once more.
    pub(super) fn copy(&self) -> Self {
        Self(self.0.clone())
    }

    /// Makes a box in place: the text is what follows the first [`TAG`] octets, which are written.
    #[inline]
    pub(super) fn seal(&self, nonce: &Nonce, room: &mut [u8]) {
        if let Some((tag, text)) = room.split_first_chunk_mut::<TAG>() {
            crypto_box_detached_afternm_inplace(text, tag, nonce, &self.0);
        }
    }

    /// Makes a box of parts.
    pub(super) fn sealed(&self, nonce: &Nonce, parts: &[&[u8]]) -> Vec<u8> {
        let size = parts.iter().map(|part| part.len()).sum::<usize>();
        // Sized at once: growing would leave copies of secrets in the heap.
        let mut room = Vec::with_capacity(TAG + size);
        room.resize(TAG, 0);
        parts.iter().for_each(|part| room.extend_from_slice(part));
        self.seal(nonce, &mut room);
        room
    }

    /// Opens a box in place: the text is what follows the first [`TAG`] octets. None: it is not a box of the other side
    /// with this nonce; nothing was changed.
    #[inline]
    pub(super) fn open<'a>(&self, nonce: &Nonce, sealed: &'a mut [u8]) -> Option<&'a mut [u8]> {
        let (tag, text) = sealed.split_first_chunk_mut::<TAG>()?;
        crypto_box_open_detached_afternm_inplace(text, tag, nonce, &self.0).ok()?;
        Some(text)
    }

    /// Opens a copy of a box.
    pub(super) fn opened(&self, nonce: &Nonce, sealed: &[u8]) -> Option<Secret<Vec<u8>>> {
        let mut copy = Secret::from(sealed.to_vec());
        let size = self.open(nonce, &mut copy)?.len();
        copy.copy_within(TAG.., 0);
        copy.truncate(size);
        Some(copy)
    }
}

#[cfg(test)]
#[path = "vectors.rs"]
pub(super) mod vectors;
