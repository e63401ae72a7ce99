//! Z85, the text form of CURVE keys (RFC 32): four bytes as five printable characters, a number in base 85, most
//! significant digit first. The option rows of the CURVE keys and zmq_z85_encode(3), zmq_z85_decode(3) use it. What it stands
//! for may be a secret key, so results are wiped when they go.

use zeroize::Zeroizing;

/// Characters of an encoded CURVE key, which has 32 bytes.
pub const KEY_CHARS: usize = 40;

const DIGITS: &[u8; 85] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// Value of each character, 85 for those that are none of the digits.
const VALUES: [u8; 256] = {
    let mut values = [85; 256];
    let mut i = 0;
    while i < DIGITS.len() {
        values[DIGITS[i] as usize] = i as u8;
        i += 1;
    }
    values
};

/// The text of `data`. None when its length is not a multiple of four; nothing becomes the empty text.
pub fn encode(data: &[u8]) -> Option<Zeroizing<String>> {
    let (words, []) = data.as_chunks() else { return None };
    // Enough for all: a text that moves as it grows would leave copies behind. So in `decode`.
    let mut text = Zeroizing::new(String::with_capacity(data.len() / 4 * 5));
    text.extend(words.iter().flat_map(|&word| digits(u32::from_be_bytes(word))));
    Some(text)
}

/// The bytes of `text`. None when it is empty, its length is not a multiple of five, a character is no digit, or five
/// digits make more than 32 bits.
pub fn decode(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (groups @ [_, ..], []) = text.as_chunks() else { return None };
    let mut data = Zeroizing::new(Vec::with_capacity(text.len() / 5 * 4));
    for group in groups {
        data.extend(number(group)?.to_be_bytes());
    }
    Some(data)
}

fn digits(n: u32) -> [char; 5] {
    [85 * 85 * 85 * 85, 85 * 85 * 85, 85 * 85, 85, 1].map(|weight| char::from(DIGITS[(n / weight % 85) as usize]))
}

fn number(group: &[u8; 5]) -> Option<u32> {
    let n = group.iter().try_fold(0u64, |n, &c| {
        let digit = u64::from(VALUES[usize::from(c)]);
        (digit < 85).then_some(n * 85 + digit)
    })?;
    u32::try_from(n).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_the_rfc() {
        let data = [0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B];
        assert_eq!(*encode(&data).unwrap(), "HelloWorld");
        assert_eq!(*decode(b"HelloWorld").unwrap(), data);
    }

    #[test]
    fn numbers_end_at_32_bits() {
        assert_eq!(*encode(&[0xff; 4]).unwrap(), "%nSc0");
        assert_eq!(*decode(b"%nSc0").unwrap(), [0xff; 4]);
        assert_eq!(decode(b"%nSc1"), None);
        assert_eq!(decode(b"#####"), None);
    }

    #[test]
    fn lengths() {
        assert_eq!(*encode(b"").unwrap(), "");
        assert_eq!(decode(b""), None);
        for n in 1..30 {
            assert_eq!(encode(&vec![0; n]).is_some(), n % 4 == 0);
            assert_eq!(decode(&vec![b'0'; n]).is_some(), n % 5 == 0);
        }
    }

    #[test]
    fn only_the_85_digits_are_taken() {
        let taken = |c: &u8| decode(&[b'0', b'0', *c, b'0', b'0']).is_some();
        assert_eq!((0..=255).filter(taken).count(), 85);
        assert!((0..=255).filter(taken).all(|c| DIGITS.contains(&c)));
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(words in proptest::collection::vec(any::<[u8; 4]>(), 1..20)) {
            let data = words.concat();
            let text = encode(&data).unwrap();
            prop_assert_eq!(text.len(), data.len() / 4 * 5);
            prop_assert_eq!(&*decode(text.as_bytes()).unwrap(), &data);
        }

        #[test]
        fn what_decodes_encodes_to_itself(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(data) = decode(&text) {
                prop_assert_eq!(encode(&data).unwrap().as_bytes().to_vec(), text);
            }
        }

        #[test]
        fn digits_never_panic(text in "[0-9a-zA-Z.:+=^!/*?&<>()@%$#{}-]{0,25}") {
            let _ = decode(text.as_bytes());
        }
    }
}
