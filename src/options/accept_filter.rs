//! ZMQ_TCP_ACCEPT_FILTER: which networks a listening socket lets in. The option's text, `address` or `address/bits`, is
//! read when it is set; the TCP listener asks [`Tcp::admits`](super::Tcp::admits) for each new peer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Options, Tcp};
use crate::error::{Error, Result};

/// Longest text, in bytes.
const LONGEST: usize = 255;

/// A network of peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptFilter {
    /// An address of the network. On a socket with ZMQ_IPV6 it is an IPv6 one, IPv4 mapped, as the peers of such a
    /// listener are.
    pub address: IpAddr,
    /// Prefix length in bits, 0 to 32 or 128.
    pub prefix: u8,
}

impl AcceptFilter {
    /// Reads a filter. Addresses are numbers in every notation of inet_aton(3) and inet_pton(3), perhaps in brackets,
    /// perhaps with a zone, which has no meaning here. Without `ipv6` only mapped IPv6 addresses are taken. EINVAL.
    pub fn parse(text: &[u8], ipv6: bool) -> Result<Self> {
        Self::read(text, ipv6).ok_or(Error::EINVAL)
    }

    fn read(text: &[u8], ipv6: bool) -> Option<Self> {
        let length = text.len();
        let text = std::str::from_utf8(text.split(|&b| b == 0).next()?).ok()?;
        let (address, bits) = text.rsplit_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address = read_address(address, ipv6)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = bits.map_or(Some(longest), read_bits)?;
        (length <= LONGEST && prefix <= longest).then_some(Self { address, prefix })
    }

    /// Whether `peer` is of this network; never when the address families differ.
    pub fn matches(&self, peer: IpAddr) -> bool {
        let (ours, theirs, width) = match (self.address, peer) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (u32::from(a).into(), u32::from(b).into(), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => (u128::from(a), u128::from(b), 128),
            _ => return false,
        };
        let host_bits = u32::saturating_sub(width, self.prefix.into());
        (ours ^ theirs).checked_shr(host_bits).unwrap_or(0) == 0
    }
}

impl Tcp {
    /// Whether a peer may connect: it is of one of the networks, or there are none. On a listener with ZMQ_IPV6 an IPv4
    /// peer is given in its mapped form.
    pub fn admits(&self, peer: IpAddr) -> bool {
        self.accept_filters.is_empty() || self.accept_filters.iter().any(|filter| filter.matches(peer))
    }
}

/// Sets the option: one more network, or none at all for NULL.
pub(super) fn set(options: &mut Options, value: Option<&[u8]>) -> Result<()> {
    match value {
        Some(text) => options.tcp.accept_filters.push(AcceptFilter::parse(text, options.ipv6)?),
        None => options.tcp.accept_filters.clear(),
    }
    Ok(())
}

/// The bits as atoi(3) reads them, but 0 has to be said in one character: all other texts that make 0 are mistakes.
fn read_bits(text: &str) -> Option<u8> {
    if text == "0" {
        return Some(0);
    }
    let number = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\x0b');
    let number = number.strip_prefix('+').unwrap_or(number);
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..end].parse().ok().filter(|&bits| bits > 0)
}

fn read_address(text: &str, ipv6: bool) -> Option<IpAddr> {
    let text = match text.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?,
        None => text,
    };
    let (number, zone) = text.split_once('%').map_or((text, None), |(number, zone)| (number, Some(zone)));
    if zone == Some("") {
        return None;
    }
    match (read_ipv4(number), ipv6) {
        (Some(v4), true) => Some(v4.to_ipv6_mapped().into()),
        (Some(v4), false) => Some(v4.into()),
        (None, true) => number.parse::<Ipv6Addr>().ok().map(IpAddr::from),
        (None, false) => number.parse::<Ipv6Addr>().ok()?.to_ipv4_mapped().map(IpAddr::from),
    }
}

/// One to four numbers with dots between them; the last fills the bytes that are left.
fn read_ipv4(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u32> = text.split('.').map(read_number).collect::<Option<_>>()?;
    let (&last, bytes) = parts.split_last().filter(|_| parts.len() <= 4)?;
    let mut address = last;
    for (i, &byte) in bytes.iter().enumerate() {
        address |= u32::from(u8::try_from(byte).ok()?) << (24 - 8 * i);
    }
    let room = u32::MAX.checked_shr(8 * bytes.len() as u32)?;
    (last <= room).then_some(address.into())
}

/// A number as C writes it: decimal, octal after a 0, hexadecimal after 0x.
fn read_number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    // from_str_radix would take a sign.
    let plain = digits.bytes().all(|b| b.is_ascii_alphanumeric());
    u32::from_str_radix(digits, radix).ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn v4(text: &str) -> Option<String> {
        AcceptFilter::parse(text.as_bytes(), false).ok().map(|f| format!("{}/{}", f.address, f.prefix))
    }

    fn v6(text: &str) -> Option<String> {
        AcceptFilter::parse(text.as_bytes(), true).ok().map(|f| format!("{}/{}", f.address, f.prefix))
    }

    #[test]
    fn ipv4_addresses_are_what_inet_aton_takes() {
        for (text, address) in [
            ("127.0.0.1", "127.0.0.1"),
            ("[127.0.0.1]", "127.0.0.1"),
            ("127.0.0.1%lo", "127.0.0.1"),
            ("1.2.3", "1.2.0.3"),
            ("127.1", "127.0.0.1"),
            ("1.16777215", "1.255.255.255"),
            ("0x7f000001", "127.0.0.1"),
            ("1.2.3.0xFF", "1.2.3.255"),
            ("2130706433", "127.0.0.1"),
            ("010.0.0.1", "8.0.0.1"),
            ("00000000001.1", "1.0.0.1"),
            ("037777777777", "255.255.255.255"),
            ("0", "0.0.0.0"),
        ] {
            assert_eq!(v4(text), Some(format!("{address}/32")), "{text}");
        }
        for text in
            "localhost lo * ::1 [::1] 1.2.3.256 256.1 1.16777216 1.2.65536 4294967296 040000000000 09.1.1.1 0x 0x.1 \
                     1..2 .1 1. 1.2.3.4.5 -1.1 +1.1.1.1 127.0.0.1:80 1.2.3.4% %lo [ [] [1.2.3.4 1.2.3.4]"
                .split(' ')
        {
            assert_eq!(v4(text), None, "{text}");
        }
        assert_eq!(v4("::ffff:1.2.3.4/8").as_deref(), Some("1.2.3.4/8"));
        assert_eq!((v4(""), v4("\0"), v4(" 1.2.3.4"), v4("1.2.3.4 ")), (None, None, None, None));
    }

    #[test]
    fn with_ipv6_all_addresses_are_ipv6() {
        assert_eq!(v6("127.0.0.1").as_deref(), Some("::ffff:127.0.0.1/128"));
        assert_eq!(v6("127.0.0.1/33").as_deref(), Some("::ffff:127.0.0.1/33"));
        assert_eq!(v6("[::1]/64").as_deref(), Some("::1/64"));
        assert_eq!(v6("[fe80::1%lo]/64").as_deref(), Some("fe80::1/64"));
        for text in ["::1/129", "[::1/64", "::1]", "[::1]%lo", "::1%", "[]", "::1/"] {
            assert_eq!(v6(text), None, "{text}");
        }
    }

    #[test]
    fn bits_are_what_atoi_reads() {
        for (text, bits) in [
            ("8", 8),
            ("08", 8),
            ("008", 8),
            ("+8", 8),
            (" 8", 8),
            ("\x0b8", 8),
            ("8x", 8),
            ("7.5", 7),
            ("0", 0),
            ("32", 32),
        ] {
            assert_eq!(v4(&format!("127.0.0.1/{text}")), Some(format!("127.0.0.1/{bits}")), "{text:?}");
        }
        for text in ["", "x", "00", "-0", "0 ", "0x8", "-1", "33", "256", "4294967304", "99999999999999999999", "8/8"] {
            assert_eq!(v4(&format!("127.0.0.1/{text}")), None, "{text:?}");
        }
    }

    #[test]
    fn text_ends_at_the_first_nul_but_its_size_counts() {
        assert_eq!(v4("127.0.0.1\0/99").as_deref(), Some("127.0.0.1/32"));
        assert!(v4(&format!("127.0.0.1\0{:245}", "")).is_some());
        assert!(v4(&format!("127.0.0.1\0{:246}", "")).is_none());
    }

    fn admitted(filters: &[&str], ipv6: bool, peer: &str) -> bool {
        let mut options = Options { ipv6, ..Options::default() };
        filters.iter().for_each(|text| set(&mut options, Some(text.as_bytes())).unwrap());
        options.tcp.admits(peer.parse().unwrap())
    }

    #[test]
    fn peers_pass_when_a_network_has_them() {
        assert!(admitted(&[], false, "127.0.0.1"));
        assert!(admitted(&["127.0.0.2/24"], false, "127.0.0.1"));
        assert!(!admitted(&["127.0.0.2/31"], false, "127.0.0.1"));
        assert!(admitted(&["10.0.0.0/8", "127.0.0.1"], false, "127.0.0.1"));
        assert!(!admitted(&["10.0.0.0/8"], false, "127.0.0.1"));
        assert!(admitted(&["10.0.0.0/0"], false, "127.0.0.1"));
        assert!(admitted(&["::/127"], true, "::1"));
        assert!(!admitted(&["::1"], true, "::ffff:127.0.0.1"));
        assert!(!admitted(&["10.0.0.1/104"], true, "::ffff:127.0.0.1"));
        assert!(admitted(&["127.0.0.1/104"], true, "::ffff:127.0.0.1"));
        assert!(!admitted(&["0.0.0.0/0"], false, "::1"));
    }

    #[test]
    fn null_lets_everybody_in_again() {
        let mut options = Options::default();
        set(&mut options, Some(b"10.0.0.0/8")).unwrap();
        assert_eq!(set(&mut options, Some(b"")), Err(Error::EINVAL));
        assert_eq!(options.tcp.accept_filters.len(), 1);
        set(&mut options, None).unwrap();
        assert!(options.tcp.accept_filters.is_empty());
    }

    proptest! {
        #[test]
        fn usual_notations_are_read_back(address: Ipv4Addr, bits in 0u8..=32) {
            prop_assert_eq!(v4(&format!("{address}/{bits}")), Some(format!("{address}/{bits}")));
        }

        #[test]
        fn any_bytes_are_answered(text in proptest::collection::vec(any::<u8>(), 0..300), ipv6: bool) {
            let _ = AcceptFilter::parse(&text, ipv6);
        }
    }
}
