//! The fuzz targets: [`TARGETS`] names them, and each body is a function that takes arbitrary octets and panics when a promise
//! is broken. `fuzz/` runs them under a fuzzer; `tests/corpus.rs` runs what fuzzers and people have found worth keeping.
//!
//! Bodies that drive a connection are in `zmtp::fuzz`; those of texts, options and the ZAP dialogue stand here.

use std::net::IpAddr;

use crate::consts::*;
use crate::options::{context, table, AcceptFilter, Mechanism, Options};
use crate::security::{zap, Failure, Properties};
use crate::socket_type::SOCKET_TYPES;
use crate::transport::{self, socks, Scheme};
use crate::z85;
use crate::zmtp::fuzz::{self as wire, Opening};
use crate::zmtp::Connection;

/// A target: its name, which is also that of its corpus, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub static TARGETS: &[Target] = &[
    ("greeting", wire::fuzz_greeting),
    ("null", wire::fuzz_handshake),
    ("plain_server", |data| wire::fuzz_mechanism(&plain().1, data)),
    ("plain_client", |data| wire::fuzz_mechanism(&plain().0, data)),
    ("curve_server", |data| wire::fuzz_mechanism(&curve().1, data)),
    ("curve_client", |data| wire::fuzz_mechanism(&curve().0, data)),
    ("between_null", |data| wire::fuzz_between(&Options::default(), &Options::default(), data)),
    ("between_plain", |data| between(plain(), data)),
    ("between_curve", |data| between(curve(), data)),
    ("zmtp1", |data| either(data, Opening::Unversioned, Opening::V1)),
    ("zmtp2", |data| wire::fuzz_decoder(Opening::V2, data)),
    ("zmtp30", |data| wire::fuzz_decoder(Opening::V3_0, data)),
    ("zmtp31", |data| wire::fuzz_decoder(Opening::V3_1, data)),
    ("zap_reply", zap_reply),
    ("z85", z85_texts),
    ("endpoint", endpoint),
    ("socks", socks_proxy),
    ("options", socket_options),
    ("context_options", context_options),
    ("accept_filter", accept_filter),
];

/// The body of a target; None if there is none of that name.
pub fn body(name: &str) -> Option<fn(&[u8])> {
    TARGETS.iter().find(|target| target.0 == name).map(|target| target.1)
}

fn with(settings: &[(i32, &[u8])]) -> Options {
    let mut options = Options::default();
    for &(id, value) in settings {
        assert_eq!(table::set(&mut options, id, Some(value)), Some(Ok(())), "option {id}");
    }
    options
}

const ON: &[u8] = &1i32.to_ne_bytes();

/// Client and server.
fn plain() -> (Options, Options) {
    let client = with(&[(ZMQ_PLAIN_USERNAME, b"joe"), (ZMQ_PLAIN_PASSWORD, b"secret")]);
    (client, with(&[(ZMQ_PLAIN_SERVER, ON)]))
}

/// Client and server, with the keys of zmq_curve(7).
fn curve() -> (Options, Options) {
    const SERVER: &[u8] = b"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
    let client = with(&[
        (ZMQ_CURVE_SERVERKEY, SERVER),
        (ZMQ_CURVE_PUBLICKEY, b"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"),
        (ZMQ_CURVE_SECRETKEY, b"D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"),
    ]);
    let secret = b"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";
    (client, with(&[(ZMQ_CURVE_SERVER, ON), (ZMQ_CURVE_SECRETKEY, secret), (ZMQ_CURVE_PUBLICKEY, SERVER)]))
}

/// The first octet says which side is the server.
fn between((client, server): (Options, Options), data: &[u8]) {
    match data.split_first() {
        Some((first, rest)) if first & 1 == 0 => wire::fuzz_between(&client, &server, rest),
        Some((_, rest)) => wire::fuzz_between(&server, &client, rest),
        None => {}
    }
}

/// The first octet says which.
fn either(data: &[u8], even: Opening, odd: Opening) {
    if let Some((first, rest)) = data.split_first() {
        wire::fuzz_decoder(if first & 1 == 0 { even } else { odd }, rest);
    }
}

/// Cuts `data` into pieces: a length octet, then as many octets (or what is left).
fn pieces(mut data: &[u8]) -> Vec<&[u8]> {
    let mut list = Vec::new();
    while let Some((&length, rest)) = data.split_first() {
        let (piece, rest) = rest.split_at(rest.len().min(length.into()));
        list.push(piece);
        data = rest;
    }
    list
}

/// Frames of a handler. What is read from them is what is in them, and only 200 lets a peer in.
fn zap_reply(data: &[u8]) {
    let frames = pieces(data);
    match zap::Reply::read(&frames) {
        Ok(zap::Reply::Answered { status, user_id, metadata }) => {
            assert_eq!((frames.len(), frames[3]), (zap::Reply::FRAMES, status.to_string().as_bytes()));
            assert_eq!(user_id, frames[5]);
            let mut written = Vec::new();
            metadata.write(&mut written);
            assert!(written.len() <= frames[6].len());
            assert_eq!(Properties::read(&written).ok().as_ref(), Some(&metadata));
            judge(zap::Reply::Answered { status, user_id, metadata });
        }
        Ok(other) => panic!("{other:?} out of frames"),
        Err(failure) => assert!(matches!(failure, Failure::Protocol(_)), "{failure:?}"),
    }
}

/// Lets the reply decide about a PLAIN client that has said HELLO.
fn judge(reply: zap::Reply) {
    let now = std::time::Instant::now();
    let Ok(mut server) = Connection::new(ZMQ_PULL, &plain().1, now) else { return };
    let opening = [&wire::greeting(1, Mechanism::Plain)[..], b"\x04\x08\x05HELLO\0\0"].concat();
    let mut input = &opening[..];
    assert!(matches!(server.decode(&mut input, now), Ok(Some(_))) && server.paused());
    let zap::Reply::Answered { status, .. } = &reply else { return };
    let (status, before) = (*status, server.output_len());
    let verdict = server.on_zap_reply(reply);
    assert!(!server.paused() || verdict.is_err());
    match verdict {
        Ok(()) => assert_eq!((status, server.output_len() - before), (200, 10), "WELCOME"),
        Err(Failure::Auth(told)) => assert!(told == status && status != 200),
        Err(failure) => assert_eq!(failure, Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA)),
    }
}

/// Encoding and decoding undo each other, in both orders.
fn z85_texts(data: &[u8]) {
    let encoded = z85::encode(data);
    assert_eq!(encoded.is_some(), data.len().is_multiple_of(4));
    if let Some(text) = encoded {
        assert_eq!(text.len(), data.len() / 4 * 5);
        assert_eq!(*z85::decode(text.as_bytes()).unwrap_or_default(), data);
    }
    if let Some(decoded) = z85::decode(data) {
        assert_eq!(decoded.len(), data.len() / 5 * 4);
        assert_eq!(z85::encode(&decoded).unwrap_or_default().as_bytes(), data);
    }
}

/// The first octet chooses ZMQ_IPV6 and a proxy. An endpoint that is taken is shown as it was given; its other names mean the
/// same. Asks no servers and opens nothing.
fn endpoint(data: &[u8]) {
    let Some((&choice, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok((scheme, address)) = transport::split(text) else { return };
    assert_eq!(format!("{}://{address}", scheme.name()), text);
    for kind in SOCKET_TYPES {
        let _ = transport::check(scheme, kind.id);
    }
    let mut options = Options { ipv6: choice & 1 != 0, ..Options::default() };
    if choice & 2 != 0 {
        options.socks.proxy = b"127.0.0.1:1080".to_vec();
    }
    if let Ok(target) = transport::parse_target(scheme, address, &options) {
        assert_eq!((target.endpoint.as_str(), target.scheme()), (text, scheme));
        assert!(target.numeric().is_none_or(|addresses| !addresses.is_empty()));
        let _ = target.socks(&options);
    }
    other_names(scheme, address, options.ipv6);
}

fn other_names(scheme: Scheme, address: &str, ipv6: bool) {
    for name in transport::other_names(scheme, address, ipv6) {
        let Ok((Scheme::Tcp, address)) = transport::split(&name) else { panic!("{name}") };
        assert!(transport::other_names(Scheme::Tcp, address, ipv6).contains(&name), "{name}");
    }
}

/// A proxy that says anything; the first octet is the size of the portions in which it arrives. What it may say at most, it
/// is held to, and it does not matter how it is split.
fn socks_proxy(data: &[u8]) {
    let Some((&portion, answers)) = data.split_first() else { return };
    let talk = |portion: usize| {
        let mut options = with(&[(ZMQ_SOCKS_USERNAME, b"joe"), (ZMQ_SOCKS_PASSWORD, b"secret")]).socks;
        if data.len().is_multiple_of(2) {
            options.username = Default::default();
        }
        let mut client = socks::Client::new("host.example", 5555, &options).expect("a good destination");
        let mut said = 0;
        let result = answers.chunks(portion).try_for_each(|chunk| {
            said += client.output().len();
            client.advance(usize::MAX);
            assert!(client.is_done() || (1..=262).contains(&client.wanted()));
            client.input(chunk)
        });
        assert!(said <= 1024);
        (result, client.is_done())
    };
    assert_eq!(talk(usize::from(portion).max(1)), talk(1));
}

/// Settings, one piece each: two octets of option number, then the value; an empty piece is NULL for the option before.
fn settings<'a>(pieces: &[&'a [u8]]) -> Vec<(i32, Option<&'a [u8]>)> {
    let mut last = 0;
    let each = pieces.iter().map(|piece| match piece.split_first_chunk::<2>() {
        Some((id, value)) => {
            last = i32::from(i16::from_le_bytes(*id));
            (last, Some(value))
        }
        None => (last, None),
    });
    each.collect()
}

/// Every number that an option may have, and some more.
const NUMBERS: std::ops::Range<i32> = -1..140;
/// Sizes of buffers that options are read into: ints, longs, keys, and more than any text has here.
const SIZES: [usize; 5] = [4, 8, 32, 41, 600];

/// What an option says into each buffer.
fn said(mut get: impl FnMut(&mut [u8]) -> Option<usize>) -> Vec<Vec<u8>> {
    let read = |size| {
        let mut buf = vec![0xee; size];
        let n = get(&mut buf)?;
        assert!(buf[n..].iter().all(|&b| b == 0), "the rest of the buffer is zeroed");
        buf.truncate(n);
        Some(buf)
    };
    SIZES.into_iter().filter_map(read).collect()
}

/// Whether an option that took `value` may say this: the value, as text with a NUL, or a number made of that number.
fn agrees(value: &[u8], said: &[Vec<u8>]) -> bool {
    let is_number = |read: &[u8]| value.len() == read.len() && read.len() == 4;
    let is = |read: &Vec<u8>| read == value || read.strip_suffix(&[0]) == Some(value) || is_number(read);
    said.is_empty() || said.iter().any(is)
}

/// An accepted value is read back, and whatever was set, a connection can be made of it. A refused one changes no option: in
/// the end all are what they are without it.
fn socket_options(data: &[u8]) {
    let (mut options, mut without_refused) = (Options::default(), Options::default());
    for (id, value) in settings(&pieces(data)) {
        if table::set(&mut options, id, value) != Some(Ok(())) {
            continue;
        }
        let read = said(|buf| table::get(&mut options, id, buf)?.ok());
        assert!(value.is_none_or(|value| agrees(value, &read)), "option {id}: {value:?} became {read:?}");
        assert_eq!(table::set(&mut without_refused, id, value), Some(Ok(())));
    }
    let [all, again] = [&mut options, &mut without_refused]
        .map(|options| NUMBERS.map(|id| said(|buf| table::get(options, id, buf)?.ok())).collect::<Vec<_>>());
    assert_eq!(all, again);
    for kind in SOCKET_TYPES {
        assert!(Connection::new(kind.id, &options, std::time::Instant::now()).is_ok(), "{}", kind.name);
    }
}

/// As for sockets; numbers that stand for two options, one to set and one to read, are left out.
fn context_options(data: &[u8]) {
    let mut options = context::ContextOptions::default();
    for (id, value) in settings(&pieces(data)) {
        let value = value.unwrap_or_default();
        let before = format!("{options:?}");
        let result = context::set(&mut options, id, value);
        let read = said(|buf| context::get(&mut options, id, buf).ok());
        match result {
            Ok(()) => assert!(agrees(value, &read) || id == ZMQ_THREAD_NAME_PREFIX, "{id}: {value:?} became {read:?}"),
            Err(_) => assert_eq!(before, format!("{options:?}"), "option {id} refused {value:?}"),
        }
    }
}

/// A filter is read back from how it would be written, lets its own address in, and counts bits as one does by hand. The
/// first octet is ZMQ_IPV6, the sixteen behind it are a peer.
fn accept_filter(data: &[u8]) {
    let Some((&[choice, ref peer @ ..], text)) = data.split_first_chunk::<17>() else { return };
    let ipv6 = choice & 1 != 0;
    let Ok(filter) = AcceptFilter::parse(text, ipv6) else { return };
    let written = format!("{}/{}", filter.address, filter.prefix);
    assert_eq!(AcceptFilter::parse(written.as_bytes(), ipv6), Ok(filter), "{written}");
    assert!(filter.matches(filter.address));
    let peers: [IpAddr; 2] = [(*peer).into(), [peer[0], peer[1], peer[2], peer[3]].into()];
    for peer in peers {
        let same = bits(peer).iter().zip(&bits(filter.address)).take(filter.prefix.into()).all(|(a, b)| a == b);
        let expected = peer.is_ipv4() == filter.address.is_ipv4() && same;
        assert_eq!(filter.matches(peer), expected, "{written} and {peer}");
    }
}

/// The bits of an address, the highest first.
fn bits(address: IpAddr) -> Vec<bool> {
    let octets = match address {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    octets.iter().flat_map(|octet| (0..8).map(move |i| octet & (0x80 >> i) != 0)).collect()
}
