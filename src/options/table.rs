//! The options of zmq_setsockopt(3) and zmq_getsockopt(3) that every socket has. A socket asks here for what neither the
//! living socket (ZMQ_EVENTS and the like) nor its pattern knows.
//!
//! Ranges, sizes and what is read back are those of libzmq as it behaves. Options that only a draft build of libzmq has,
//! and those of transports that are not built in (GSSAPI, VMCI), have no row and are answered EINVAL, as there.

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
