//! Socket options: the values (this file), the rows that say which option sets what (`table.rs`), the rules of the value
//! kinds (`codec.rs`) and the two values that are texts with a grammar (`accept_filter.rs`, `metadata.rs`). A socket owns
//! one [`Options`]; connections and listeners get an `Arc` of a copy made when bind or connect was called, as
//! zmq_setsockopt(3) says. `context.rs` is the same for contexts.
#![forbid(unsafe_code)]

mod accept_filter;
pub mod codec;
pub mod context;
mod metadata;
mod secret;
pub mod table;

pub use accept_filter::AcceptFilter;
pub use secret::{Key, Secret};

use std::collections::BTreeMap;

/// Every option of a socket that is not the business of its pattern alone. Durations are in milliseconds unless a field
/// says otherwise; -1 is "none" or "the system's default" where the manual has it so.
#[derive(Clone, Debug)]
pub struct Options {
    /// ZMQ_SNDHWM, messages per pipe; 0 is unlimited.
    pub sndhwm: i32,
    /// ZMQ_RCVHWM, messages per pipe; 0 is unlimited.
    pub rcvhwm: i32,
    /// ZMQ_AFFINITY, bit mask of I/O threads; 0 is any.
    pub affinity: u64,
    /// ZMQ_ROUTING_ID, 0 to 255 bytes.
    pub routing_id: Vec<u8>,
    /// ZMQ_RATE, kilobits per second (multicast).
    pub rate: i32,
    /// ZMQ_RECOVERY_IVL (multicast).
    pub recovery_ivl: i32,
    /// ZMQ_MULTICAST_HOPS.
    pub multicast_hops: i32,
    /// ZMQ_MULTICAST_MAXTPDU, bytes.
    pub multicast_maxtpdu: i32,
    /// ZMQ_LINGER; -1 is for ever.
    pub linger: i32,
    /// ZMQ_SNDTIMEO; -1 is for ever.
    pub sndtimeo: i32,
    /// ZMQ_RCVTIMEO; -1 is for ever.
    pub rcvtimeo: i32,
    /// ZMQ_MAXMSGSIZE, bytes; -1 is unlimited.
    pub maxmsgsize: i64,
    /// ZMQ_IMMEDIATE: queue only to completed connections.
    pub immediate: bool,
    /// ZMQ_CONFLATE: keep the last message only.
    pub conflate: bool,
    /// ZMQ_INVERT_MATCHING.
    pub invert_matching: bool,
    /// ZMQ_IPV6.
    pub ipv6: bool,
    /// The context's ZMQ_ZERO_COPY_RECV.
    pub zero_copy_recv: bool,
    /// ZMQ_BACKLOG.
    pub backlog: i32,
    /// ZMQ_USE_FD; -1 is none.
    pub use_fd: i32,
    /// ZMQ_MULTICAST_LOOP.
    pub multicast_loop: bool,
    /// ZMQ_METADATA, value by name (`X-…`), in the order in which peers are told.
    pub metadata: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Reconnecting.
    pub reconnect: Reconnect,
    /// Handshake and heartbeat.
    pub heartbeat: Heartbeat,
    /// TCP and common socket-level settings.
    pub tcp: Tcp,
    /// Peer-credential filters of ipc.
    pub ipc: IpcFilters,
    /// SOCKS5 proxy.
    pub socks: Socks,
    /// Security mechanism and its credentials.
    pub security: Security,
}

/// ZMQ_RECONNECT_*.
#[derive(Clone, Debug)]
pub struct Reconnect {
    /// ZMQ_RECONNECT_IVL; -1 is no reconnection.
    pub ivl: i32,
    /// ZMQ_RECONNECT_IVL_MAX; 0 is no back-off.
    pub ivl_max: i32,
    /// ZMQ_CONNECT_TIMEOUT; 0 is the system's.
    pub connect_timeout: i32,
    /// ZMQ_RECONNECT_STOP, a mask of ZMQ_RECONNECT_STOP_* bits.
    pub stop: i32,
}

/// ZMQ_HANDSHAKE_IVL and ZMQ_HEARTBEAT_*.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    /// ZMQ_HANDSHAKE_IVL; 0 is none.
    pub handshake_ivl: i32,
    /// ZMQ_HEARTBEAT_IVL; 0 is off.
    pub ivl: i32,
    /// ZMQ_HEARTBEAT_TTL in tenths of a second, as on the wire.
    pub ttl_tenths: u16,
    /// ZMQ_HEARTBEAT_TIMEOUT; -1 is the interval.
    pub timeout: i32,
}

/// Settings of the descriptor.
#[derive(Clone, Debug)]
pub struct Tcp {
    /// ZMQ_SNDBUF, bytes; -1 leaves the system's.
    pub sndbuf: i32,
    /// ZMQ_RCVBUF, bytes; -1 leaves the system's.
    pub rcvbuf: i32,
    /// ZMQ_TOS.
    pub tos: i32,
    /// SO_PRIORITY. Its option, ZMQ_PRIORITY, is a draft and has no row: always 0, the system's.
    pub priority: i32,
    /// ZMQ_TCP_KEEPALIVE: -1 system's, 0 off, 1 on.
    pub keepalive: i32,
    /// ZMQ_TCP_KEEPALIVE_CNT.
    pub keepalive_cnt: i32,
    /// ZMQ_TCP_KEEPALIVE_IDLE, seconds.
    pub keepalive_idle: i32,
    /// ZMQ_TCP_KEEPALIVE_INTVL, seconds.
    pub keepalive_intvl: i32,
    /// ZMQ_TCP_MAXRT.
    pub maxrt: i32,
    /// ZMQ_LOOPBACK_FASTPATH; of Windows, stored elsewhere.
    pub loopback_fastpath: bool,
    /// ZMQ_BINDTODEVICE; empty is none.
    pub bind_to_device: Vec<u8>,
    /// ZMQ_TCP_ACCEPT_FILTER; none lets every peer in.
    pub accept_filters: Vec<AcceptFilter>,
}

/// ZMQ_IPC_FILTER_*: a peer passes if any set names it, or all sets are empty.
#[derive(Clone, Debug, Default)]
pub struct IpcFilters {
    /// Process ids.
    pub pids: Vec<u32>,
    /// User ids.
    pub uids: Vec<u32>,
    /// Group ids.
    pub gids: Vec<u32>,
}

/// ZMQ_SOCKS_*.
#[derive(Clone, Debug, Default)]
pub struct Socks {
    /// `host:port`; empty is none.
    pub proxy: Vec<u8>,
    /// User name; empty is no authentication.
    pub username: Secret<Vec<u8>>,
    /// Password.
    pub password: Secret<Vec<u8>>,
}

/// Security mechanism of the NULL/PLAIN/CURVE/GSSAPI family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Mechanism {
    /// ZMQ_NULL.
    Null = 0,
    /// ZMQ_PLAIN.
    Plain = 1,
    /// ZMQ_CURVE.
    Curve = 2,
    /// ZMQ_GSSAPI.
    Gssapi = 3,
}

/// Credentials and ZAP.
#[derive(Clone, Debug)]
pub struct Security {
    /// ZMQ_MECHANISM, set by the options that choose one.
    pub mechanism: Mechanism,
    /// Whether this side is the server of the mechanism.
    pub as_server: bool,
    /// ZMQ_ZAP_DOMAIN.
    pub zap_domain: Vec<u8>,
    /// ZMQ_ZAP_ENFORCE_DOMAIN: the strict reading of RFC 27, by which ZAP needs a domain.
    pub zap_enforce_domain: bool,
    /// ZMQ_PLAIN_USERNAME.
    pub plain_username: Secret<Vec<u8>>,
    /// ZMQ_PLAIN_PASSWORD.
    pub plain_password: Secret<Vec<u8>>,
    /// ZMQ_CURVE_PUBLICKEY.
    pub curve_public: Key,
    /// ZMQ_CURVE_SECRETKEY.
    pub curve_secret: Key,
    /// ZMQ_CURVE_SERVERKEY.
    pub curve_server: Key,
}

impl Security {
    /// Chooses a mechanism and this side's role in it.
    fn choose(&mut self, mechanism: Mechanism, as_server: bool) {
        (self.mechanism, self.as_server) = (mechanism, as_server);
    }

    /// Whether this side is the server of that mechanism.
    pub fn is_server_of(&self, mechanism: Mechanism) -> bool {
        self.as_server && self.mechanism == mechanism
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sndhwm: 1000,
            rcvhwm: 1000,
            affinity: 0,
            routing_id: Vec::new(),
            rate: 100,
            recovery_ivl: 10_000,
            multicast_hops: 1,
            multicast_maxtpdu: 1500,
            linger: -1,
            sndtimeo: -1,
            rcvtimeo: -1,
            maxmsgsize: -1,
            immediate: false,
            conflate: false,
            invert_matching: false,
            ipv6: false,
            zero_copy_recv: true,
            backlog: 100,
            use_fd: -1,
            multicast_loop: true,
            metadata: BTreeMap::new(),
            reconnect: Reconnect { ivl: 100, ivl_max: 0, connect_timeout: 0, stop: 0 },
            heartbeat: Heartbeat { handshake_ivl: 30_000, ivl: 0, ttl_tenths: 0, timeout: -1 },
            tcp: Tcp {
                sndbuf: -1,
                rcvbuf: -1,
                tos: 0,
                priority: 0,
                keepalive: -1,
                keepalive_cnt: -1,
                keepalive_idle: -1,
                keepalive_intvl: -1,
                maxrt: 0,
                loopback_fastpath: false,
                bind_to_device: Vec::new(),
                accept_filters: Vec::new(),
            },
            ipc: IpcFilters::default(),
            socks: Socks::default(),
            security: Security {
                mechanism: Mechanism::Null,
                as_server: false,
                zap_domain: Vec::new(),
                zap_enforce_domain: false,
                plain_username: Secret::default(),
                plain_password: Secret::default(),
                curve_public: Key::default(),
                curve_secret: Key::default(),
                curve_server: Key::default(),
            },
        }
    }
}
