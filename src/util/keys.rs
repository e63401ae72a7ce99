//! CURVE key pairs in their Z85 form: Curve25519 (RFC 7748) over the system's random numbers.

use dryoc::classic::crypto_core::crypto_scalarmult_base;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::z85;

/// Bytes of a key.
pub const KEY: usize = 32;

/// A key's Z85 form, which is wiped when it goes.
pub type Text = Zeroizing<String>;

/// A new key pair, public then secret. The system's error if it has no random numbers.
pub fn pair() -> Result<(Text, Text)> {
    let mut secret = Zeroizing::new([0; KEY]);
    getrandom::fill(&mut *secret).map_err(|e| Error(e.raw_os_error().unwrap_or(libc::EIO)))?;
    Ok((text(&public_of(&secret))?, text(&secret)?))
}

/// The public key of a secret one. EINVAL if that is no Z85 text of 32 bytes.
pub fn public(secret: &[u8]) -> Result<Text> {
    let secret = z85::decode(secret).ok_or(Error::EINVAL)?;
    text(&public_of(secret.as_slice().try_into().map_err(|_| Error::EINVAL)?))
}

fn public_of(secret: &[u8; KEY]) -> [u8; KEY] {
    let mut public = [0; KEY];
    crypto_scalarmult_base(&mut public, secret);
    public
}

fn text(key: &[u8; KEY]) -> Result<Text> {
    z85::encode(key).ok_or(Error::EINVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pair of the examples in zmq_curve_public(3) and zmq_curve(7).
    #[test]
    fn known_pair() {
        let public = public(b"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6").unwrap();
        assert_eq!(*public, "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
    }

    #[test]
    fn pairs_belong_together_and_differ() {
        let ((public1, secret1), (public2, _)) = (pair().unwrap(), pair().unwrap());
        assert_eq!(public(secret1.as_bytes()).unwrap(), public1);
        assert_ne!(public1, public2);
    }

    #[test]
    fn wrong_sizes_are_refused() {
        for bad in [&b""[..], b"abc", b"aaaaa", b"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6aaaaa"] {
            assert_eq!(public(bad), Err(Error::EINVAL));
        }
    }
}
