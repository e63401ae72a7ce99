//! Expectations recorded from libzmq 4.3.4: what bind and connect say to each way of writing an address.

use super::*;

/// An address as the system shows it once it is bound: a scope belongs to link-local addresses only.
fn shown(addr: SockAddr) -> String {
    let addr = if addr.host().starts_with("fe80:") { addr } else { addr.with_scope(0) };
    addr.to_string().replace("tcp://", "")
}

/// What binding makes of a text: the endpoint or the error.
#[cfg(target_os = "linux")]
fn bound(text: &str, ipv6: bool) -> std::result::Result<String, Error> {
    let (_, text) = split_source(text);
    HostPort::parse(text)?.local(ipv6).map(shown)
}

#[test]
#[cfg(target_os = "linux")]
fn local_addresses() {
    type Expected = std::result::Result<&'static str, Error>;
    let rows: &[(&str, Expected, Expected)] = &[
        // text, ZMQ_IPV6 off, ZMQ_IPV6 on
        ("*:*", Ok("0.0.0.0:0"), Ok("[::]:0")),
        ("*:0", Ok("0.0.0.0:0"), Ok("[::]:0")),
        ("*:5555", Ok("0.0.0.0:5555"), Ok("[::]:5555")),
        ("*:!", Err(Error::EINVAL), Err(Error::EINVAL)),
        ("*", Err(Error::EINVAL), Err(Error::EINVAL)),
        ("*:", Err(Error::EINVAL), Err(Error::EINVAL)),
        (":", Err(Error::EINVAL), Err(Error::EINVAL)),
        (":5", Err(Error::ENODEV), Err(Error::ENODEV)),
        ("[*]:*", Ok("0.0.0.0:0"), Ok("[::]:0")),
        ("127.0.0.1:*", Ok("127.0.0.1:0"), Ok("[::ffff:127.0.0.1]:0")),
        ("[127.0.0.1]:*", Ok("127.0.0.1:0"), Ok("[::ffff:127.0.0.1]:0")),
        ("0.0.0.0:*", Ok("0.0.0.0:0"), Ok("[::ffff:0.0.0.0]:0")),
        ("::ffff:127.0.0.1:*", Ok("127.0.0.1:0"), Ok("[::ffff:127.0.0.1]:0")),
        ("[::ffff:127.0.0.1]:*", Ok("127.0.0.1:0"), Ok("[::ffff:127.0.0.1]:0")),
        ("127.1:*", Ok("127.0.0.1:0"), Ok("[::ffff:127.0.0.1]:0")),
        ("2130706433:*", Ok("127.0.0.1:0"), Ok("[::ffff:127.0.0.1]:0")),
        ("0x7f000001:*", Ok("127.0.0.1:0"), Ok("[::ffff:127.0.0.1]:0")),
        ("0:*", Ok("0.0.0.0:0"), Ok("[::ffff:0.0.0.0]:0")),
        ("127.0.0.256:*", Err(Error::ENODEV), Err(Error::ENODEV)),
        ("[::]:*", Err(Error::ENODEV), Ok("[::]:0")),
        ("[::1]:*", Err(Error::ENODEV), Ok("[::1]:0")),
        ("::1:*", Err(Error::ENODEV), Ok("[::1]:0")),
        ("[::1:*", Err(Error::ENODEV), Err(Error::ENODEV)),
        ("::1]:*", Err(Error::ENODEV), Err(Error::ENODEV)),
        ("[]:*", Err(Error::ENODEV), Err(Error::ENODEV)),
        ("%:*", Err(Error::EINVAL), Err(Error::EINVAL)),
        ("127.0.0.1%lo:*", Ok("127.0.0.1:0"), Ok("[::ffff:127.0.0.1]:0")),
        ("[fe80::1%bogus]:*", Err(Error::EINVAL), Err(Error::EINVAL)),
        ("[fe80::1%0]:*", Err(Error::EINVAL), Err(Error::EINVAL)),
        ("[fe80::1%1]:*", Err(Error::ENODEV), Ok("[fe80::1%lo]:0")),
        ("[fe80::1%lo]:*", Err(Error::ENODEV), Ok("[fe80::1%lo]:0")),
        ("fe80::1%lo:*", Err(Error::ENODEV), Ok("[fe80::1%lo]:0")),
        ("lo:*", Ok("127.0.0.1:0"), Ok("[::1]:0")),
        ("[lo]:*", Ok("127.0.0.1:0"), Ok("[::1]:0")),
        ("eth9:*", Err(Error::ENODEV), Err(Error::ENODEV)),
        ("localhost:*", Err(Error::ENODEV), Err(Error::ENODEV)),
        ("[localhost]:*", Err(Error::ENODEV), Err(Error::ENODEV)),
        ("127.0.0.1:*;127.0.0.1:5", Ok("127.0.0.1:5"), Ok("[::ffff:127.0.0.1]:5")),
        ("127.0.0.1:*/path", Err(Error::EINVAL), Err(Error::EINVAL)),
    ];
    for (text, v4, v6) in rows {
        for (ipv6, expected) in [(false, v4), (true, v6)] {
            assert_eq!(bound(text, ipv6).as_deref(), expected.as_ref().map(|t| *t), "{text} {ipv6}");
        }
    }
}

#[test]
fn ports_are_read_as_atoi_reads_them() {
    for (text, port) in [
        ("65535x", Ok(65535)),
        ("00", Err(Error::EINVAL)),
        ("*0", Err(Error::EINVAL)),
        ("-65536", Err(Error::EINVAL)),
        ("65536", Err(Error::EINVAL)),
        ("99999", Ok(34463)),
        ("70000", Ok(4464)),
        ("-1", Ok(65535)),
        (" 80", Ok(80)),
        ("+4001", Ok(4001)),
        ("04002", Ok(4002)),
        ("0x50", Err(Error::EINVAL)),
        ("http", Err(Error::EINVAL)),
        ("", Err(Error::EINVAL)),
        ("4294967297", Ok(1)),
        ("18446744073709551617", Ok(65535)),
        ("-99999999999999999999", Err(Error::EINVAL)),
    ] {
        assert_eq!(HostPort::parse(&format!("127.0.0.1:{text}")).map(|h| h.port), port, "{text}");
    }
}

#[test]
fn what_connect_refuses_at_once() {
    let refused = [
        "*:*",
        "*:5555",
        "127.0.0.1:*",
        "127.0.0.1:!",
        "bad_host!:5555",
        "-x:1",
        "x y:1",
        "127.0.0.1:-1",
        "127.0.0.1: 80",
        "127.0.0.1:+4001",
        "127.0.0.1:http",
        "127.0.0.1",
        "localhost",
        "127.0.0.1:",
        "*:",
        "*:0;127.0.0.1:5",
        ";127.0.0.1:5",
        "127.0.0.1:5/path",
        ".a:5",
        "a/b:5",
        "aé:5",
        "a@b:5",
        "a:5:",
        "a:*",
        "5:a",
        "",
    ];
    for text in refused {
        assert_eq!(check_remote(text), Err(Error::EINVAL), "{text}");
    }
    let taken = [
        "127.0.0.1:0",
        "127.0.0.1:5555",
        "[::1]:5555",
        "::1:5555",
        "[*]:5555",
        "localhost:5555",
        "127.0.0.1:65535x",
        "127.0.0.1:65536",
        "127.0.0.1:04002",
        "127.0.0.256:1",
        "[fe80::1%bogus]:5",
        "[::1:5",
        "::1]:5",
        "[]:5",
        ":5",
        "127.0.0.1:0;127.0.0.1:5",
        "127.0.0.1;127.0.0.1:5",
        "lo:0;127.0.0.1:5",
        "127.0.0.1:x;127.0.0.1:5",
        "127.0.0.1:5;",
        "127.0.0.1:0;127.0.0.1",
        "127.0.0.1:0;a.b:5;c:5",
        "a..b:5",
        "a.:5",
        "a_b:5",
        "a-b:5",
        "127.0.0.1%lo:5",
        "a:b:5",
        "[::1]5",
        "[::1]",
        "a:5a",
        "a:5*",
    ];
    for text in taken {
        assert_eq!(check_remote(text), Ok(()), "{text}");
    }
}

#[test]
fn every_byte_has_its_place_or_none() {
    let taken = |make: fn(char) -> String| -> String {
        (1..127u8).map(char::from).filter(|c| check_remote(&make(*c)).is_ok()).collect()
    };
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ[abcdefghijklmnopqrstuvwxyz";
    let all = "ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz";
    assert_eq!(taken(|c| format!("{c}a:5")), format!("0123456789:{letters}"));
    assert_eq!(taken(|c| format!("a{c}a:5")), format!("%*-.0123456789:;{all}"));
    assert_eq!(taken(|c| format!("a:{c}")), "0123456789");
    assert_eq!(taken(|c| format!("a:5{c}")), format!("%*-.0123456789;{all}"));
    assert_eq!(taken(|c| format!("a:5{c}5")), format!("%*-.0123456789:;{all}"));
}

#[test]
fn a_destination_may_be_a_host_name() {
    let remote = |text: &str, ipv6, numeric| -> Result<Vec<String>> {
        Ok(HostPort::parse(text)?.remote(ipv6, numeric)?.into_iter().map(shown).collect())
    };
    assert_eq!(remote("localhost:5", false, false).unwrap(), ["127.0.0.1:5"]);
    assert_eq!(remote("[localhost]:5", false, false).unwrap(), ["127.0.0.1:5"]);
    assert!(remote("localhost:5", true, false).unwrap().contains(&"[::ffff:127.0.0.1]:5".to_string()));
    assert_eq!(remote("localhost:5", false, true), Err(Error::EINVAL));
    assert_eq!(remote("127.0.0.1:0", true, true).unwrap(), ["[::ffff:127.0.0.1]:0"]);
    assert_eq!(remote("[::1%lo]:5", true, true).unwrap(), ["[::1]:5"]);
    for text in ["127.0.0.256:5", "[*]:5", ":5", "[::1]:5", "127.0.0.1:65536", "a:5:5"] {
        assert_eq!(remote(text, false, true), Err(Error::EINVAL), "{text}");
    }
}

#[test]
fn a_source_ends_at_the_first_semicolon() {
    assert_eq!(split_source("a:1"), (None, "a:1"));
    assert_eq!(split_source("a:1;b:2"), (Some("a:1"), "b:2"));
    assert_eq!(split_source("a:1;b:2;c:3"), (Some("a:1"), "b:2;c:3"));
}

#[test]
fn a_host_without_ipv6_uses_the_ipv4_form() {
    let v4 = |text: &str| without_ipv6(&text.parse::<SocketAddr>().unwrap().into()).map(|a| a.to_string());
    assert_eq!(v4("[::]:5").as_deref(), Some("tcp://0.0.0.0:5"));
    assert_eq!(v4("[::ffff:127.0.0.1]:5").as_deref(), Some("tcp://127.0.0.1:5"));
    assert_eq!(v4("[::1]:5"), None);
    assert_eq!(v4("127.0.0.1:5"), None);
}
