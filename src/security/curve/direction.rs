//! The boxes of one direction of a connection's traffic, whose nonces differ in their count alone.
//!
//! XSalsa20 makes of key and nonce a second key (HSalsa20 of the key and the nonce's first 16 octets, which are those of
//! the prefix here) and encrypts with that and the other 8. The second key is the same for all messages of a direction, so
//! it is made once. Only a stream cipher by itself can use it, and the crates that give one away (RustCrypto's salsa20 is
//! the fastest) make one block at a time where dryoc makes eight with AVX2; so short texts go this way and the others
//! through [`Shared`]. The authenticator, and the comparison of tags in constant time, are dryoc's either way, and what
//! comes out is the same.
//!
//! Measured as in `boxes.rs`, with the wiping, in ns per box (the text is a body and one octet):
//!
//! | text | seal: whole | seal: kept key | open: whole | open: kept key |
//! |---|---|---|---|---|
//! | 9 B | 281 | 168 | 314 | 200 |
//! | 33 B | 402 | 291 | 436 | 321 |
//! | 65 B | 424 | 311 | 460 | 340 |
//! | 101 B | 447 | 433 | 583 | 460 |
//! | 160 B | 441 | 434 | 556 | 458 |
//! | 161 B | 486 | 570 | 598 | 598 |
//! | 257 B | 544 | 730 | 654 | 757 |

use dryoc::classic::crypto_core::crypto_core_hsalsa20;
use dryoc::classic::crypto_onetimeauth::{crypto_onetimeauth, crypto_onetimeauth_verify};
use salsa20::cipher::{self, consts::U10, KeyIvInit, StreamCipherCore};
use salsa20::SalsaCore;
use zeroize::optimization_barrier;

use crate::options::Key;

use super::boxes::{short_nonce, Shared, TAG};

/// Salsa20 of 20 rounds, counted in pairs.
type Salsa20 = SalsaCore<U10>;
type Block = cipher::Block<Salsa20>;

/// Octets of the key for the authenticator, which is the beginning of the key stream; the text's part follows at once.
const MAC_KEY: usize = 32;
const BLOCK: usize = 64;
/// Blocks of key stream up to which one at a time is faster.
const BLOCKS: usize = 3;
/// Longest text, in octets, for which they do.
const SHORT_MAX: usize = BLOCKS * BLOCK - MAC_KEY;

/// See the module comment.
pub(super) struct Direction {
    shared: Shared,
    prefix: [u8; 16],
    subkey: Key,
}

impl Direction {
    /// Of the key that both sides share and the prefix of one side's nonces.
    pub(super) fn new(shared: &Shared, prefix: &[u8; 16]) -> Self {
        let mut subkey = Key::default();
        crypto_core_hsalsa20(&mut subkey, prefix, shared.key(), None);
        Self { shared: shared.copy(), prefix: *prefix, subkey }
    }

    /// As [`Shared::seal`], with the nonce of `count`.
    #[inline]
    pub(super) fn seal(&self, count: u64, room: &mut [u8]) {
        if room.len() > TAG + SHORT_MAX {
            return self.shared.seal(&short_nonce(&self.prefix, count), room);
        }
        if let Some((tag, text)) = room.split_first_chunk_mut::<TAG>() {
            let mut stream = KeyStream::default();
            stream.make(&self.subkey, count, text.len());
            stream.apply(text);
            crypto_onetimeauth(tag, text, stream.mac_key());
        }
    }

    /// As [`Shared::open`], with the nonce of `count`.
    #[inline]
    pub(super) fn open<'a>(&self, count: u64, sealed: &'a mut [u8]) -> Option<&'a mut [u8]> {
        if sealed.len() > TAG + SHORT_MAX {
            return self.shared.open(&short_nonce(&self.prefix, count), sealed);
        }
        let (tag, text) = sealed.split_first_chunk_mut::<TAG>()?;
        let mut stream = KeyStream::default();
        stream.make(&self.subkey, count, text.len());
        crypto_onetimeauth_verify(tag, text, stream.mac_key()).ok()?;
        stream.apply(text);
        Some(text)
    }
}

/// What a short text and its authenticator need of the key stream; wiped when it goes.
#[derive(Default)]
struct KeyStream([Block; BLOCKS]);

impl KeyStream {
    /// Makes as much as a text of `size` octets needs.
    #[inline]
    fn make(&mut self, key: &[u8; 32], count: u64, size: usize) {
        let mut cipher = Salsa20::new(key.into(), (&count.to_be_bytes()).into());
        self.0.iter_mut().take((MAC_KEY + size).div_ceil(BLOCK)).for_each(|block| cipher.write_keystream_block(block));
    }

    fn mac_key(&self) -> &[u8; MAC_KEY] {
        let [first, ..] = &self.0;
        first.0.first_chunk().unwrap_or(&[0; MAC_KEY])
    }

    #[inline]
    fn apply(&self, text: &mut [u8]) {
        let (front, rest) = text.split_at_mut(text.len().min(BLOCK - MAC_KEY));
        let [first, others @ ..] = &self.0;
        xor(front, &first[MAC_KEY..]);
        rest.chunks_mut(BLOCK).zip(others).for_each(|(chunk, block)| xor(chunk, block));
    }
}

impl Drop for KeyStream {
    fn drop(&mut self) {
        self.0 = Default::default();
        optimization_barrier(&self.0);
    }
}

#[inline]
fn xor(text: &mut [u8], stream: &[u8]) {
    text.iter_mut().zip(stream).for_each(|(octet, key)| *octet ^= key);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::boxes::vectors::*;
    use super::*;

    const PREFIX: &[u8; 16] = b"CurveZMQMESSAGEC";

    #[test]
    fn the_box_of_the_paper() {
        let shared = Shared::between(&array(BOB_PUBLIC), &secret(ALICE_SECRET)).unwrap();
        let nonce = array::<24>(NONCE);
        let direction = Direction::new(&shared, nonce.first_chunk().unwrap());
        assert_eq!(*direction.subkey, array(SECOND_KEY));
        let count = u64::from_be_bytes(*nonce.last_chunk().unwrap());
        let mut room = [vec![0; TAG], octets(MESSAGE)].concat();
        assert!(room.len() <= TAG + SHORT_MAX);
        direction.seal(count, &mut room);
        assert_eq!(room, octets(BOXED));
        assert_eq!(direction.open(count, &mut room).unwrap(), octets(MESSAGE));
    }

    proptest! {
        #[test]
        fn is_what_the_whole_makes(text in proptest::collection::vec(any::<u8>(), 0..400), count in any::<u64>()) {
            let shared = Shared::own().unwrap();
            let direction = Direction::new(&shared, PREFIX);
            let wanted = shared.sealed(&short_nonce(PREFIX, count), &[&text]);
            let mut room = [vec![0; TAG], text.clone()].concat();
            direction.seal(count, &mut room);
            prop_assert_eq!(&room, &wanted);
            prop_assert_eq!(direction.open(count, &mut room).map(|text| text.to_vec()), Some(text));
        }

        #[test]
        fn nothing_else_opens(
            text in proptest::collection::vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>(), bit in 0..8,
        ) {
            let direction = Direction::new(&Shared::own().unwrap(), PREFIX);
            let mut room = [vec![0; TAG], text].concat();
            direction.seal(5, &mut room);
            let whole = room.clone();
            prop_assert!(direction.open(6, &mut room).is_none());
            prop_assert_eq!(&room, &whole);
            let at = at.index(room.len());
            room[at] ^= 1u8 << bit;
            let changed = room.clone();
            prop_assert!(direction.open(5, &mut room).is_none());
            prop_assert_eq!(&room, &changed);
            prop_assert!(direction.open(5, &mut room[..whole.len() - 1]).is_none());
        }
    }

    #[test]
    fn less_than_a_tag_does_not_open() {
        let direction = Direction::new(&Shared::own().unwrap(), PREFIX);
        assert!(direction.open(1, &mut [0; TAG - 1]).is_none());
        assert!(direction.open(1, &mut []).is_none());
    }
}
