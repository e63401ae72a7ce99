//! Published test vectors: NaCl's worked example (D. J. Bernstein, "Cryptography in NaCl"), whose key exchange is also that of
//! RFC 7748, section 6.1; the keys of the manual; and what must not open.

use dryoc::classic::crypto_core::crypto_scalarmult;

use super::*;
use crate::z85;

pub(in super::super) const ALICE_SECRET: &str = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
const BOB_SECRET: &str = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
const ALICE_PUBLIC: &str = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
pub(in super::super) const BOB_PUBLIC: &str = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
const EXCHANGED: &str = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
const FIRST_KEY: &str = "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389";
pub(in super::super) const SECOND_KEY: &str = "dc908dda0b9344a953629b733820778880f3ceb421bb61b91cbd4c3e66256ce4";
pub(in super::super) const NONCE: &str = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";
pub(in super::super) const MESSAGE: &str =
    "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c6129 \
    6cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde \
    048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705";
pub(in super::super) const BOXED: &str =
    "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186a \
    c0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae \
    90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74 \
    e355a5";

pub(in super::super) fn octets(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

pub(in super::super) fn array<const N: usize>(text: &str) -> [u8; N] {
    octets(text).try_into().unwrap()
}

pub(in super::super) fn secret(text: &str) -> Key {
    Secret::from(array(text))
}

#[test]
fn x25519() {
    assert_eq!(Pair::of(secret(ALICE_SECRET)).public, array(ALICE_PUBLIC));
    assert_eq!(Pair::of(secret(BOB_SECRET)).public, array(BOB_PUBLIC));
    let mut exchanged = [0; 32];
    crypto_scalarmult(&mut exchanged, &secret(ALICE_SECRET), &array(BOB_PUBLIC)).unwrap();
    assert_eq!(exchanged, array(EXCHANGED));
}

/// The key pairs of zmq_curve(7), in both forms.
#[test]
fn the_keys_of_the_manual() {
    for (public, public_text, secret_key, secret_text) in [
        (
            "BB88471D65E2659B30C55A5321CEBB5AAB2B70A398645C26DCA2B2FCB43FC518",
            "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
            "7BB864B489AFA3671FBE69101F94B38972F24816DFB01B51656B3FEC8DFD0888",
            "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
        ),
        (
            "54FCBA24E93249969316FB617C872BB0C1D1FF14800427C594CBFACF1BC2D652",
            "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
            "8E0BDD697628B91D8F245587EE95C5B04D48963F79259877B49CD9063AEAD3B7",
            "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
        ),
    ] {
        assert_eq!(Pair::of(secret(secret_key)).public, array(public));
        for (hex, text) in [(public, public_text), (secret_key, secret_text)] {
            assert_eq!(*z85::encode(&octets(hex)).unwrap(), text);
            assert_eq!(*z85::decode(text.as_bytes()).unwrap(), octets(hex));
        }
    }
}

#[test]
fn the_box_of_the_paper() {
    let alice = Shared::between(&array(BOB_PUBLIC), &secret(ALICE_SECRET)).unwrap();
    let bob = Shared::between(&array(ALICE_PUBLIC), &secret(BOB_SECRET)).unwrap();
    assert_eq!(*alice.0, array(FIRST_KEY));
    let sealed = alice.sealed(&array(NONCE), &[&octets(MESSAGE)[..7], &octets(MESSAGE)[7..]]);
    assert_eq!(sealed, octets(BOXED));
    assert_eq!(**bob.opened(&array(NONCE), &sealed).unwrap(), octets(MESSAGE));
}

#[test]
fn every_size_opens_and_no_changed_octet_does() {
    let key = Shared::own().unwrap();
    for size in [0, 1, 15, 16, 31, 32, 33, 63, 64, 65, 255, 256, 257, 511, 512, 513, 4095, 8192, 70_000] {
        let text: Vec<u8> = (0..size).map(|i| (i * 7) as u8).collect();
        let nonce = short_nonce(b"CurveZMQMESSAGEC", size as u64);
        let mut sealed = key.sealed(&nonce, &[&text]);
        assert_eq!(**key.opened(&nonce, &sealed).unwrap(), text);
        assert!(key.opened(&short_nonce(b"CurveZMQMESSAGES", size as u64), &sealed).is_none());
        for at in (0..sealed.len()).step_by(sealed.len() / 16) {
            sealed[at] ^= 0x10;
            assert!(key.opened(&nonce, &sealed).is_none(), "size {size}, octet {at}");
            sealed[at] ^= 0x10;
        }
        assert!(key.opened(&nonce, &sealed[..sealed.len() - 1]).is_none());
    }
}

#[test]
fn keys_that_make_every_secret_the_same_are_refused() {
    let (mut one, zero) = ([0; 32], [0; 32]);
    one[0] = 1;
    assert!(Shared::between(&zero, &secret(ALICE_SECRET)).is_none());
    assert!(Shared::between(&one, &secret(ALICE_SECRET)).is_none());
}

#[test]
fn nonces() {
    assert_eq!(&short_nonce(b"CurveZMQHELLO---", 258), b"CurveZMQHELLO---\0\0\0\0\0\0\x01\x02");
    assert_eq!(&long_nonce(b"COOKIE--", b"0123456789abcdef"), b"COOKIE--0123456789abcdef");
}
