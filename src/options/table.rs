//! The options of zmq_setsockopt(3) and zmq_getsockopt(3) that every socket has. A socket asks here for what neither the
//! living socket (ZMQ_EVENTS and the like) nor its pattern knows.
//!
//! Ranges, sizes and what is read back are those of libzmq as it behaves: a stable build takes ZMQ_METADATA,
//! ZMQ_RECONNECT_STOP and ZMQ_ZAP_ENFORCE_DOMAIN, though zmq.h calls them drafts. The other drafts, and the options of
//! transports and mechanisms that are not built in (VMCI, GSSAPI), have no row and are answered EINVAL, as there.

use super::codec::{self, hooked, int, read_only, row, write_only, Codec::*, Row, ANY, NATURAL, OR_NONE};
use super::{accept_filter, metadata, Mechanism, Options};
use crate::consts::*;
use crate::error::{Error, Result};

/// Sets a common option. None: it is not one. A `value` of None is a NULL pointer of length 0. EINVAL.
pub fn set(options: &mut Options, id: i32, value: Option<&[u8]>) -> Option<Result<()>> {
    codec::set(ROWS, options, id, value)
}

/// Reads a common option into `buf`; the number of bytes. None: it is not one. EINVAL.
pub fn get(options: &mut Options, id: i32, buf: &mut [u8]) -> Option<Result<usize>> {
    codec::get(ROWS, options, id, buf)
}

static ROWS: &[Row<Options>] = &[
    // Queues and waiting.
    row(ZMQ_SNDHWM, Int(|o| &mut o.sndhwm, NATURAL)),
    row(ZMQ_RCVHWM, Int(|o| &mut o.rcvhwm, NATURAL)),
    row(ZMQ_SNDTIMEO, Int(|o| &mut o.sndtimeo, OR_NONE)),
    row(ZMQ_RCVTIMEO, Int(|o| &mut o.rcvtimeo, OR_NONE)),
    row(ZMQ_LINGER, Int(|o| &mut o.linger, OR_NONE)),
    row(ZMQ_MAXMSGSIZE, I64(|o| &mut o.maxmsgsize)),
    row(ZMQ_IMMEDIATE, Strict(|o| &mut o.immediate)),
    row(ZMQ_CONFLATE, Strict(|o| &mut o.conflate)),
    row(ZMQ_INVERT_MATCHING, Relaxed(|o| &mut o.invert_matching)),
    row(ZMQ_AFFINITY, U64(|o| &mut o.affinity)),
    // What peers are told.
    row(ZMQ_ROUTING_ID, Bytes(|o| &mut o.routing_id, 1..=255)),
    write_only(ZMQ_METADATA, Raw(metadata::set)),
    // Connecting, and staying connected.
    row(ZMQ_BACKLOG, Int(|o| &mut o.backlog, NATURAL)),
    row(ZMQ_RECONNECT_IVL, Int(|o| &mut o.reconnect.ivl, OR_NONE)),
    row(ZMQ_RECONNECT_IVL_MAX, Int(|o| &mut o.reconnect.ivl_max, NATURAL)),
    row(ZMQ_RECONNECT_STOP, Int(|o| &mut o.reconnect.stop, ANY)),
    row(ZMQ_CONNECT_TIMEOUT, Int(|o| &mut o.reconnect.connect_timeout, NATURAL)),
    row(ZMQ_HANDSHAKE_IVL, Int(|o| &mut o.heartbeat.handshake_ivl, NATURAL)),
    row(ZMQ_HEARTBEAT_IVL, Int(|o| &mut o.heartbeat.ivl, NATURAL)),
    row(ZMQ_HEARTBEAT_TIMEOUT, Int(|o| &mut o.heartbeat.timeout, NATURAL)),
    row(ZMQ_HEARTBEAT_TTL, Computed(|o| i32::from(o.heartbeat.ttl_tenths) * TENTH, set_heartbeat_ttl)),
    // Descriptors.
    row(ZMQ_IPV6, Strict(|o| &mut o.ipv6)),
    row(ZMQ_IPV4ONLY, Computed(|o| i32::from(!o.ipv6), |o, n| strict(n).map(|only| o.ipv6 = !only))),
    row(ZMQ_SNDBUF, Int(|o| &mut o.tcp.sndbuf, OR_NONE)),
    row(ZMQ_RCVBUF, Int(|o| &mut o.tcp.rcvbuf, OR_NONE)),
    row(ZMQ_TOS, Int(|o| &mut o.tcp.tos, NATURAL)),
    row(ZMQ_USE_FD, Int(|o| &mut o.use_fd, OR_NONE)),
    row(ZMQ_BINDTODEVICE, Clearable(|o| &mut o.tcp.bind_to_device, 1..=16)),
    row(ZMQ_TCP_KEEPALIVE, Int(|o| &mut o.tcp.keepalive, -1..=1)),
    row(ZMQ_TCP_KEEPALIVE_CNT, Int(|o| &mut o.tcp.keepalive_cnt, OR_NONE)),
    row(ZMQ_TCP_KEEPALIVE_IDLE, Int(|o| &mut o.tcp.keepalive_idle, OR_NONE)),
    row(ZMQ_TCP_KEEPALIVE_INTVL, Int(|o| &mut o.tcp.keepalive_intvl, OR_NONE)),
    row(ZMQ_TCP_MAXRT, Int(|o| &mut o.tcp.maxrt, NATURAL)),
    row(ZMQ_LOOPBACK_FASTPATH, Relaxed(|o| &mut o.tcp.loopback_fastpath)),
    // Who may connect.
    write_only(ZMQ_TCP_ACCEPT_FILTER, Raw(accept_filter::set)),
    write_only(ZMQ_IPC_FILTER_PID, Raw(|o, value| add_id(&mut o.ipc.pids, value))),
    write_only(ZMQ_IPC_FILTER_UID, Raw(|o, value| add_id(&mut o.ipc.uids, value))),
    write_only(ZMQ_IPC_FILTER_GID, Raw(|o, value| add_id(&mut o.ipc.gids, value))),
    // Proxy.
    row(ZMQ_SOCKS_PROXY, Clearable(|o| &mut o.socks.proxy, 1..=usize::MAX)),
    row(ZMQ_SOCKS_USERNAME, SecretText(|o| &mut o.socks.username, 0..=255)),
    row(ZMQ_SOCKS_PASSWORD, SecretText(|o| &mut o.socks.password, 0..=255)),
    // Security. The option set last chooses the mechanism; keys leave the role alone, except that who names a server's key
    // is a client.
    read_only(ZMQ_MECHANISM, Fact(|o| o.security.mechanism as i32)),
    row(ZMQ_ZAP_DOMAIN, Text(|o| &mut o.security.zap_domain, 1..=255)),
    row(ZMQ_ZAP_ENFORCE_DOMAIN, Relaxed(|o| &mut o.security.zap_enforce_domain)),
    row(ZMQ_PLAIN_SERVER, Computed(|o| is_server(o, Mechanism::Plain), |o, n| serve(o, Mechanism::Plain, n))),
    row(ZMQ_PLAIN_USERNAME, Credential(|o| &mut o.security.plain_username, use_plain)),
    row(ZMQ_PLAIN_PASSWORD, Credential(|o| &mut o.security.plain_password, use_plain)),
    row(ZMQ_CURVE_SERVER, Computed(|o| is_server(o, Mechanism::Curve), |o, n| serve(o, Mechanism::Curve, n))),
    hooked(ZMQ_CURVE_PUBLICKEY, Key(|o| &mut o.security.curve_public), use_curve),
    hooked(ZMQ_CURVE_SECRETKEY, Key(|o| &mut o.security.curve_secret), use_curve),
    hooked(ZMQ_CURVE_SERVERKEY, Key(|o| &mut o.security.curve_server), |o| o.security.choose(Mechanism::Curve, false)),
    // Multicast.
    row(ZMQ_RATE, Int(|o| &mut o.rate, 1..=i32::MAX)),
    row(ZMQ_RECOVERY_IVL, Int(|o| &mut o.recovery_ivl, NATURAL)),
    row(ZMQ_MULTICAST_HOPS, Int(|o| &mut o.multicast_hops, 1..=i32::MAX)),
    row(ZMQ_MULTICAST_MAXTPDU, Int(|o| &mut o.multicast_maxtpdu, 1..=i32::MAX)),
    row(ZMQ_MULTICAST_LOOP, Relaxed(|o| &mut o.multicast_loop)),
];

/// Milliseconds in the unit of ZMTP's time-to-live.
const TENTH: i32 = 100;

/// What is less than a tenth of a second is cut off, towards zero.
fn set_heartbeat_ttl(o: &mut Options, milliseconds: i32) -> Result<()> {
    o.heartbeat.ttl_tenths = u16::try_from(milliseconds / TENTH).map_err(|_| Error::EINVAL)?;
    Ok(())
}

fn strict(n: i32) -> Result<bool> {
    match n {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::EINVAL),
    }
}

/// One more process, user or group; NULL removes them all.
fn add_id(ids: &mut Vec<u32>, value: Option<&[u8]>) -> Result<()> {
    match value {
        Some(bytes) => ids.push(int(bytes)? as u32),
        None => ids.clear(),
    }
    Ok(())
}

fn is_server(o: &Options, mechanism: Mechanism) -> i32 {
    i32::from(o.security.is_server_of(mechanism))
}

/// 0 resets to NULL, whatever the mechanism was.
fn serve(o: &mut Options, mechanism: Mechanism, n: i32) -> Result<()> {
    let server = strict(n)?;
    o.security.choose(if server { mechanism } else { Mechanism::Null }, server);
    Ok(())
}

fn use_plain(o: &mut Options, given: bool) {
    match given {
        true => o.security.choose(Mechanism::Plain, false),
        false => o.security.mechanism = Mechanism::Null,
    }
}

fn use_curve(o: &mut Options) {
    o.security.mechanism = Mechanism::Curve;
}

#[cfg(test)]
mod tests {
    use super::super::codec::Access;
    use super::*;
    use std::collections::BTreeSet;

    const MAX: i32 = i32::MAX;
    const MIN: i32 = i32::MIN;
    const EINVAL: Option<Result<()>> = Some(Err(Error::EINVAL));

    /// As libzmq answers: option, smallest value, largest value, default.
    const INTS: &[(i32, i32, i32, i32)] = &[
        (ZMQ_RATE, 1, MAX, 100),
        (ZMQ_RECOVERY_IVL, 0, MAX, 10_000),
        (ZMQ_SNDBUF, -1, MAX, -1),
        (ZMQ_RCVBUF, -1, MAX, -1),
        (ZMQ_LINGER, -1, MAX, -1),
        (ZMQ_RECONNECT_IVL, -1, MAX, 100),
        (ZMQ_BACKLOG, 0, MAX, 100),
        (ZMQ_RECONNECT_IVL_MAX, 0, MAX, 0),
        (ZMQ_SNDHWM, 0, MAX, 1000),
        (ZMQ_RCVHWM, 0, MAX, 1000),
        (ZMQ_MULTICAST_HOPS, 1, MAX, 1),
        (ZMQ_RCVTIMEO, -1, MAX, -1),
        (ZMQ_SNDTIMEO, -1, MAX, -1),
        (ZMQ_IPV4ONLY, 0, 1, 1),
        (ZMQ_TCP_KEEPALIVE, -1, 1, -1),
        (ZMQ_TCP_KEEPALIVE_CNT, -1, MAX, -1),
        (ZMQ_TCP_KEEPALIVE_IDLE, -1, MAX, -1),
        (ZMQ_TCP_KEEPALIVE_INTVL, -1, MAX, -1),
        (ZMQ_IMMEDIATE, 0, 1, 0),
        (ZMQ_IPV6, 0, 1, 0),
        (ZMQ_PLAIN_SERVER, 0, 1, 0),
        (ZMQ_CURVE_SERVER, 0, 1, 0),
        (ZMQ_CONFLATE, 0, 1, 0),
        (ZMQ_TOS, 0, MAX, 0),
        (ZMQ_HANDSHAKE_IVL, 0, MAX, 30_000),
        (ZMQ_HEARTBEAT_IVL, 0, MAX, 0),
        (ZMQ_HEARTBEAT_TIMEOUT, 0, MAX, -1),
        (ZMQ_CONNECT_TIMEOUT, 0, MAX, 0),
        (ZMQ_TCP_MAXRT, 0, MAX, 0),
        (ZMQ_MULTICAST_MAXTPDU, 1, MAX, 1500),
        (ZMQ_USE_FD, -1, MAX, -1),
        (ZMQ_RECONNECT_STOP, MIN, MAX, 0),
    ];

    /// Ints that are read back as 0 or 1: option, default.
    const RELAXED: &[(i32, i32)] =
        &[(ZMQ_INVERT_MATCHING, 0), (ZMQ_ZAP_ENFORCE_DOMAIN, 0), (ZMQ_LOOPBACK_FASTPATH, 0), (ZMQ_MULTICAST_LOOP, 1)];

    /// Option, sizes taken, how many NULs follow the value that is read, what NULL does.
    const TEXTS: &[(i32, usize, usize, usize, Null)] = &[
        (ZMQ_ROUTING_ID, 1, 255, 0, Null::Refused),
        (ZMQ_PLAIN_USERNAME, 1, 255, 1, Null::Kept),
        (ZMQ_PLAIN_PASSWORD, 1, 255, 1, Null::Kept),
        (ZMQ_ZAP_DOMAIN, 1, 255, 1, Null::Refused),
        (ZMQ_SOCKS_PROXY, 1, 100_000, 1, Null::Clears),
        (ZMQ_SOCKS_USERNAME, 0, 255, 1, Null::Clears),
        (ZMQ_SOCKS_PASSWORD, 0, 255, 1, Null::Clears),
        (ZMQ_BINDTODEVICE, 1, 16, 1, Null::Clears),
    ];

    #[derive(Clone, Copy, PartialEq)]
    enum Null {
        Refused,
        Clears,
        Kept,
    }

    const KEYS: &[i32] = &[ZMQ_CURVE_PUBLICKEY, ZMQ_CURVE_SECRETKEY, ZMQ_CURVE_SERVERKEY];
    const LONGS: &[(i32, i64)] = &[(ZMQ_AFFINITY, 0), (ZMQ_MAXMSGSIZE, -1)];
    const WRITE_ONLY: &[i32] =
        &[ZMQ_METADATA, ZMQ_TCP_ACCEPT_FILTER, ZMQ_IPC_FILTER_PID, ZMQ_IPC_FILTER_UID, ZMQ_IPC_FILTER_GID];
    /// Tested one by one below.
    const ALONE: &[i32] = &[ZMQ_HEARTBEAT_TTL, ZMQ_MECHANISM];

    fn put(o: &mut Options, id: i32, n: i32) -> Option<Result<()>> {
        set(o, id, Some(&n.to_ne_bytes()))
    }

    fn read(o: &mut Options, id: i32, size: usize) -> Result<Vec<u8>> {
        let mut buf = vec![0xee; size];
        let n = get(o, id, &mut buf).expect("the option is known")?;
        assert!(buf[n..].iter().all(|&b| b == 0), "the rest of the buffer is zeroed");
        buf.truncate(n);
        Ok(buf)
    }

    fn number(o: &mut Options, id: i32) -> i32 {
        int(&read(o, id, 4).unwrap()).unwrap()
    }

    /// Every size but `right` is refused, by a set and by a get.
    fn refuses_other_sizes(id: i32, right: usize) {
        for size in (0..=16).filter(|&size| size != right) {
            assert_eq!(set(&mut Options::default(), id, Some(&vec![0; size])), EINVAL, "set {id} with {size} bytes");
            assert!(read(&mut Options::default(), id, size).is_err(), "get {id} into {size} bytes");
        }
        assert_eq!(set(&mut Options::default(), id, None), EINVAL, "set {id} to NULL");
    }

    #[test]
    fn every_row_has_its_own_number_and_its_test() {
        let ids: BTreeSet<i32> = ROWS.iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), ROWS.len());
        let listed = INTS.iter().map(|row| row.0).chain(RELAXED.iter().map(|row| row.0));
        let listed = listed.chain(TEXTS.iter().map(|row| row.0)).chain(LONGS.iter().map(|row| row.0));
        let listed = listed.chain([KEYS, WRITE_ONLY, ALONE].concat());
        assert_eq!(ids, listed.collect());
    }

    #[test]
    fn ints_keep_their_ranges() {
        for &(id, least, most, default) in INTS {
            let o = &mut Options::default();
            assert_eq!(number(o, id), default, "default of {id}");
            for n in [least, most] {
                assert_eq!((put(o, id, n), number(o, id)), (Some(Ok(())), n), "{id}");
            }
            for n in [least.checked_sub(1), most.checked_add(1)].into_iter().flatten() {
                assert_eq!((put(o, id, n), number(o, id)), (EINVAL, most), "{id} set to {n}");
            }
            refuses_other_sizes(id, 4);
        }
    }

    #[test]
    fn relaxed_booleans_take_every_int() {
        for &(id, default) in RELAXED {
            let o = &mut Options::default();
            assert_eq!(number(o, id), default, "default of {id}");
            for n in [1, 0, -1, MAX, 0, MIN] {
                assert_eq!((put(o, id, n), number(o, id)), (Some(Ok(())), i32::from(n != 0)), "{id}");
            }
            refuses_other_sizes(id, 4);
        }
    }

    #[test]
    fn long_numbers_take_everything() {
        for &(id, default) in LONGS {
            let o = &mut Options::default();
            assert_eq!(read(o, id, 8).unwrap(), default.to_ne_bytes());
            for n in [i64::MIN, i64::MAX, 5] {
                assert_eq!(set(o, id, Some(&n.to_ne_bytes())), Some(Ok(())));
                assert_eq!(read(o, id, 8).unwrap(), n.to_ne_bytes());
            }
            refuses_other_sizes(id, 8);
        }
    }

    #[test]
    fn texts_keep_their_lengths() {
        for &(id, least, most, nuls, _) in TEXTS {
            let o = &mut Options::default();
            assert_eq!(read(o, id, 300).unwrap(), vec![0; nuls], "default of {id}");
            for size in [least.max(1), most] {
                let text = vec![0xff; size];
                let with_nul = [&text[..], &vec![0; nuls]].concat();
                assert_eq!(set(o, id, Some(&text)), Some(Ok(())), "{id} with {size} bytes");
                assert_eq!(read(o, id, size + nuls).unwrap(), with_nul);
                assert_eq!(read(o, id, size + nuls + 9).unwrap(), with_nul);
                assert!(read(o, id, size + nuls - 1).is_err());
            }
            let before = read(o, id, most + 1);
            for size in [least.wrapping_sub(1), most + 1].into_iter().filter(|&size| size < 100_000) {
                assert_eq!(set(o, id, Some(&vec![b'x'; size])), EINVAL, "{id} with {size} bytes");
                assert_eq!(read(o, id, most + 1), before);
            }
        }
    }

    #[test]
    fn null_is_not_the_empty_text() {
        for &(id, least, _, nuls, null) in TEXTS {
            let o = &mut Options::default();
            set(o, id, Some(b"text"));
            assert_eq!(set(o, id, Some(b"")).unwrap().is_ok(), least == 0, "{id}");
            set(o, id, Some(b"text"));
            assert_eq!(set(o, id, None).unwrap().is_ok(), null != Null::Refused, "{id}");
            let text: &[u8] = if null == Null::Clears { b"" } else { b"text" };
            assert_eq!(read(o, id, 40).unwrap(), [text, &vec![0; nuls]].concat(), "{id}");
        }
    }

    #[test]
    fn heartbeat_ttl_counts_tenths_of_a_second() {
        let o = &mut Options::default();
        for (given, tenths) in [(0, 0), (-99, 0), (99, 0), (100, 1), (199, 1), (6_553_599, 65_535)] {
            assert_eq!(put(o, ZMQ_HEARTBEAT_TTL, given), Some(Ok(())));
            assert_eq!(o.heartbeat.ttl_tenths, tenths);
            assert_eq!(number(o, ZMQ_HEARTBEAT_TTL), i32::from(tenths) * 100);
        }
        for given in [-100, 6_553_600, MIN, MAX] {
            assert_eq!(put(o, ZMQ_HEARTBEAT_TTL, given), EINVAL);
        }
        refuses_other_sizes(ZMQ_HEARTBEAT_TTL, 4);
    }

    #[test]
    fn ipv4only_is_ipv6_turned_round() {
        let o = &mut Options::default();
        put(o, ZMQ_IPV4ONLY, 0);
        assert_eq!((number(o, ZMQ_IPV6), number(o, ZMQ_IPV4ONLY)), (1, 0));
        put(o, ZMQ_IPV6, 0);
        assert_eq!(number(o, ZMQ_IPV4ONLY), 1);
    }

    #[test]
    fn what_is_only_set_cannot_be_read() {
        for &id in WRITE_ONLY {
            for size in [0, 4, 8, 255] {
                assert_eq!(read(&mut Options::default(), id, size), Err(Error::EINVAL), "{id}");
            }
        }
        let only_set = ROWS.iter().filter(|row| row.access == Access::WriteOnly);
        assert_eq!(only_set.map(|row| row.id).collect::<BTreeSet<_>>(), WRITE_ONLY.iter().copied().collect());
    }

    #[test]
    fn ids_of_local_peers_are_gathered_until_null() {
        let o = &mut Options::default();
        for n in [1, -1] {
            assert_eq!(put(o, ZMQ_IPC_FILTER_PID, n), Some(Ok(())));
        }
        put(o, ZMQ_IPC_FILTER_UID, 2);
        put(o, ZMQ_IPC_FILTER_GID, 3);
        assert_eq!((&o.ipc.pids[..], &o.ipc.uids[..], &o.ipc.gids[..]), (&[1, u32::MAX][..], &[2][..], &[3][..]));
        for bad in [&b""[..], b"123", b"12345", b"12345678"] {
            assert_eq!(set(o, ZMQ_IPC_FILTER_PID, Some(bad)), EINVAL);
        }
        set(o, ZMQ_IPC_FILTER_PID, None);
        assert_eq!((o.ipc.pids.len(), o.ipc.uids.len()), (0, 1));
    }

    const TEXT_KEY: &[u8; 40] = b"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

    #[test]
    fn keys_are_32_bytes_or_40_characters() {
        for &id in KEYS {
            let o = &mut Options::default();
            assert_eq!(read(o, id, 32).unwrap(), [0; 32]);
            assert_eq!(read(o, id, 41).unwrap(), [&[b'0'; 40][..], b"\0"].concat());
            for given in [&TEXT_KEY[..], &[TEXT_KEY, &b"\0"[..]].concat()] {
                assert_eq!(set(o, id, Some(given)), Some(Ok(())));
                assert_eq!(read(o, id, 41).unwrap(), [TEXT_KEY, &b"\0"[..]].concat());
            }
            let bytes = read(o, id, 32).unwrap();
            assert_eq!(&bytes[..6], b"\x54\xfc\xba\x24\xe9\x32");
            let again = &mut Options::default();
            assert_eq!(set(again, id, Some(&bytes)), Some(Ok(())));
            assert_eq!(read(again, id, 32).unwrap(), bytes);
        }
    }

    #[test]
    fn bad_keys_change_nothing() {
        let short = [&TEXT_KEY[..39], b"\0\0"].concat();
        let cut = [&TEXT_KEY[..35], b"\0\0\0\0\0"].concat();
        let long = [&TEXT_KEY[..], b"0"].concat();
        for &id in KEYS {
            for bad in [&b""[..], &[b' '; 40], &[b'#'; 40], &short, &cut, &long, &[1; 31], &[1; 33], &[0; 41], &[0; 42]]
            {
                let o = &mut Options::default();
                assert_eq!(set(o, id, Some(bad)), EINVAL, "{bad:?}");
                assert_eq!((read(o, id, 32).unwrap(), number(o, ZMQ_MECHANISM)), (vec![0; 32], ZMQ_NULL));
            }
            assert_eq!(set(&mut Options::default(), id, None), EINVAL);
            for size in (0..300).filter(|&size| size != 32 && size != 41) {
                assert!(read(&mut Options::default(), id, size).is_err());
            }
        }
    }

    /// Mechanism, PLAIN server, CURVE server after a sequence of sets.
    fn chosen(sets: &[(i32, Option<&[u8]>)]) -> (i32, i32, i32) {
        let o = &mut Options::default();
        for &(id, value) in sets {
            assert_eq!(set(o, id, value), Some(Ok(())));
        }
        (number(o, ZMQ_MECHANISM), number(o, ZMQ_PLAIN_SERVER), number(o, ZMQ_CURVE_SERVER))
    }

    #[test]
    fn the_option_set_last_chooses_the_mechanism() {
        const ON: Option<&[u8]> = Some(&1i32.to_ne_bytes());
        const OFF: Option<&[u8]> = Some(&0i32.to_ne_bytes());
        const USER: (i32, Option<&[u8]>) = (ZMQ_PLAIN_USERNAME, Some(b"u"));
        const PUBLIC: (i32, Option<&[u8]>) = (ZMQ_CURVE_PUBLICKEY, Some(TEXT_KEY));
        const SERVER_KEY: (i32, Option<&[u8]>) = (ZMQ_CURVE_SERVERKEY, Some(TEXT_KEY));
        const PLAIN_SERVER: (i32, Option<&[u8]>) = (ZMQ_PLAIN_SERVER, ON);
        const CURVE_SERVER: (i32, Option<&[u8]>) = (ZMQ_CURVE_SERVER, ON);
        for (sets, expected) in [
            (&[][..], (ZMQ_NULL, 0, 0)),
            (&[USER], (ZMQ_PLAIN, 0, 0)),
            (&[(ZMQ_PLAIN_PASSWORD, Some(b"p"))], (ZMQ_PLAIN, 0, 0)),
            (&[USER, (ZMQ_PLAIN_USERNAME, None)], (ZMQ_NULL, 0, 0)),
            (&[PLAIN_SERVER], (ZMQ_PLAIN, 1, 0)),
            (&[PLAIN_SERVER, USER], (ZMQ_PLAIN, 0, 0)),
            (&[USER, PLAIN_SERVER], (ZMQ_PLAIN, 1, 0)),
            (&[USER, (ZMQ_PLAIN_SERVER, OFF)], (ZMQ_NULL, 0, 0)),
            (&[CURVE_SERVER], (ZMQ_CURVE, 0, 1)),
            (&[CURVE_SERVER, PLAIN_SERVER], (ZMQ_PLAIN, 1, 0)),
            (&[PLAIN_SERVER, (ZMQ_CURVE_SERVER, OFF)], (ZMQ_NULL, 0, 0)),
            (&[PUBLIC], (ZMQ_CURVE, 0, 0)),
            (&[(ZMQ_CURVE_SECRETKEY, Some(TEXT_KEY))], (ZMQ_CURVE, 0, 0)),
            (&[SERVER_KEY], (ZMQ_CURVE, 0, 0)),
            (&[CURVE_SERVER, PUBLIC], (ZMQ_CURVE, 0, 1)),
            (&[CURVE_SERVER, SERVER_KEY], (ZMQ_CURVE, 0, 0)),
            (&[SERVER_KEY, CURVE_SERVER], (ZMQ_CURVE, 0, 1)),
            (&[PLAIN_SERVER, PUBLIC], (ZMQ_CURVE, 0, 1)),
            (&[PUBLIC, (ZMQ_PLAIN_PASSWORD, None)], (ZMQ_NULL, 0, 0)),
        ] {
            assert_eq!(chosen(sets), expected, "{sets:?}");
        }
    }

    #[test]
    fn the_mechanism_is_only_read() {
        assert_eq!(put(&mut Options::default(), ZMQ_MECHANISM, 1), EINVAL);
        assert_eq!(number(&mut Options::default(), ZMQ_MECHANISM), ZMQ_NULL);
        refuses_other_sizes(ZMQ_MECHANISM, 4);
    }

    #[test]
    fn others_are_unknown() {
        let drafts = [ZMQ_HELLO_MSG, ZMQ_PRIORITY, ZMQ_BUSY_POLL, ZMQ_IN_BATCH_SIZE, ZMQ_WSS_KEY_PEM];
        let absent = [ZMQ_GSSAPI_SERVER, ZMQ_GSSAPI_PRINCIPAL, ZMQ_VMCI_BUFFER_SIZE];
        let patterns = [ZMQ_SUBSCRIBE, ZMQ_ROUTER_MANDATORY, ZMQ_XPUB_NODROP];
        for id in [MIN, -1, 0, 1, 1000, MAX].into_iter().chain(drafts).chain(absent).chain(patterns) {
            assert_eq!(put(&mut Options::default(), id, 1), None, "{id}");
            assert_eq!(get(&mut Options::default(), id, &mut [0; 4]), None, "{id}");
        }
    }

    #[test]
    fn debug_keeps_secrets() {
        let o = &mut Options::default();
        for id in [ZMQ_PLAIN_PASSWORD, ZMQ_SOCKS_PASSWORD] {
            set(o, id, Some(b"open sesame"));
        }
        set(o, ZMQ_CURVE_SECRETKEY, Some(&[0x5a; 32]));
        let shown = format!("{o:?}");
        assert!(!shown.contains(&format!("{:?}", b"open sesame")) && !shown.contains("90, 90"));
    }
}
