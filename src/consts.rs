//! The numbers of zmq.h: option ids, socket types, flags, monitor events. Their values are the ABI and never change.
//!
//! This file is their only home: the library reads them here, and cbindgen writes `include/zmq.h` from here. What libzmq calls
//! draft stands in a module of its own, which the header shows behind ZMQ_BUILD_DRAFT_API only: the cfg below is never set, it
//! is how cbindgen is told.
#![allow(unexpected_cfgs)]

// Version of libzmq that this library implements.

/// Major version (zmq_version(3)).
pub const ZMQ_VERSION_MAJOR: i32 = 4;
/// Minor version.
pub const ZMQ_VERSION_MINOR: i32 = 3;
/// Patch level.
pub const ZMQ_VERSION_PATCH: i32 = 5;
/// zmq_has(3) exists.
pub const ZMQ_HAS_CAPABILITIES: i32 = 1;

// Context options (zmq_ctx_set(3), zmq_ctx_get(3)).

/// Number of I/O threads, 0 or more; 0 leaves inproc alone.
pub const ZMQ_IO_THREADS: i32 = 1;
/// Largest number of sockets of the context.
pub const ZMQ_MAX_SOCKETS: i32 = 2;
/// Largest value that ZMQ_MAX_SOCKETS takes (read only).
pub const ZMQ_SOCKET_LIMIT: i32 = 3;
/// Scheduling priority of the I/O threads (write only).
pub const ZMQ_THREAD_PRIORITY: i32 = 3;
/// Scheduling policy of the I/O threads.
pub const ZMQ_THREAD_SCHED_POLICY: i32 = 4;
/// Largest message size in bytes.
pub const ZMQ_MAX_MSGSZ: i32 = 5;
/// Size of zmq_msg_t in bytes (read only).
pub const ZMQ_MSG_T_SIZE: i32 = 6;
/// Adds a CPU to those that the I/O threads may run on (write only).
pub const ZMQ_THREAD_AFFINITY_CPU_ADD: i32 = 7;
/// Removes a CPU from that set (write only).
pub const ZMQ_THREAD_AFFINITY_CPU_REMOVE: i32 = 8;
/// Prefix of the names of the I/O threads.
pub const ZMQ_THREAD_NAME_PREFIX: i32 = 9;
/// Whether new sockets linger for ever by default (1) or not at all (0).
pub const ZMQ_BLOCKY: i32 = 70;
/// Default of ZMQ_IO_THREADS.
pub const ZMQ_IO_THREADS_DFLT: i32 = 1;
/// Default of ZMQ_MAX_SOCKETS.
pub const ZMQ_MAX_SOCKETS_DFLT: i32 = 1023;
/// Default of ZMQ_THREAD_PRIORITY: the system's.
pub const ZMQ_THREAD_PRIORITY_DFLT: i32 = -1;
/// Default of ZMQ_THREAD_SCHED_POLICY: the system's.
pub const ZMQ_THREAD_SCHED_POLICY_DFLT: i32 = -1;

// Socket types (zmq_socket(3)).

/// Exclusive pair: one peer, both directions.
pub const ZMQ_PAIR: i32 = 0;
/// Publisher: sends to all peers with a matching subscription.
pub const ZMQ_PUB: i32 = 1;
/// Subscriber.
pub const ZMQ_SUB: i32 = 2;
/// Client that sends a request, then receives its reply.
pub const ZMQ_REQ: i32 = 3;
/// Service that receives a request, then sends its reply.
pub const ZMQ_REP: i32 = 4;
/// Asynchronous REQ: round robin out, fair queueing in.
pub const ZMQ_DEALER: i32 = 5;
/// Asynchronous REP: the first part of a message names the peer.
pub const ZMQ_ROUTER: i32 = 6;
/// Receives from a pipeline.
pub const ZMQ_PULL: i32 = 7;
/// Sends into a pipeline.
pub const ZMQ_PUSH: i32 = 8;
/// PUB that receives the subscriptions as messages.
pub const ZMQ_XPUB: i32 = 9;
/// SUB that sends the subscriptions as messages.
pub const ZMQ_XSUB: i32 = 10;
/// Bytes to and from TCP peers that do not speak ZMTP.
pub const ZMQ_STREAM: i32 = 11;
/// Old name of ZMQ_DEALER.
pub const ZMQ_XREQ: i32 = ZMQ_DEALER;
/// Old name of ZMQ_ROUTER.
pub const ZMQ_XREP: i32 = ZMQ_ROUTER;

// Socket options (zmq_setsockopt(3), zmq_getsockopt(3)); durations in milliseconds.

/// Bit mask of the I/O threads that serve new connections.
pub const ZMQ_AFFINITY: i32 = 4;
/// The socket's name for a ROUTER peer, 1 to 255 bytes.
pub const ZMQ_ROUTING_ID: i32 = 5;
/// Adds a message prefix to the subscriptions of a SUB.
pub const ZMQ_SUBSCRIBE: i32 = 6;
/// Removes a prefix.
pub const ZMQ_UNSUBSCRIBE: i32 = 7;
/// Multicast data rate, kilobits per second.
pub const ZMQ_RATE: i32 = 8;
/// Multicast recovery interval.
pub const ZMQ_RECOVERY_IVL: i32 = 9;
/// Kernel's send buffer in bytes, -1 for the system's default.
pub const ZMQ_SNDBUF: i32 = 11;
/// Kernel's receive buffer in bytes, -1 for the system's default.
pub const ZMQ_RCVBUF: i32 = 12;
/// Whether more parts of the message received last follow (read only).
pub const ZMQ_RCVMORE: i32 = 13;
/// Descriptor that becomes readable when ZMQ_EVENTS may have changed (read only).
pub const ZMQ_FD: i32 = 14;
/// ZMQ_POLLIN and ZMQ_POLLOUT as they are now (read only).
pub const ZMQ_EVENTS: i32 = 15;
/// Socket type (read only).
pub const ZMQ_TYPE: i32 = 16;
/// How long unsent messages outlive the socket; -1 for ever.
pub const ZMQ_LINGER: i32 = 17;
/// First interval between attempts to connect, -1 for none.
pub const ZMQ_RECONNECT_IVL: i32 = 18;
/// Length of the listen queue.
pub const ZMQ_BACKLOG: i32 = 19;
/// Largest interval between attempts to connect.
pub const ZMQ_RECONNECT_IVL_MAX: i32 = 21;
/// Largest message that is accepted from a peer, in bytes; -1 for any.
pub const ZMQ_MAXMSGSIZE: i32 = 22;
/// Most messages queued for one peer, 0 for any number.
pub const ZMQ_SNDHWM: i32 = 23;
/// Most messages queued from one peer, 0 for any number.
pub const ZMQ_RCVHWM: i32 = 24;
/// Time to live of multicast packets, in hops.
pub const ZMQ_MULTICAST_HOPS: i32 = 25;
/// How long a receive waits; -1 for ever.
pub const ZMQ_RCVTIMEO: i32 = 27;
/// How long a send waits; -1 for ever.
pub const ZMQ_SNDTIMEO: i32 = 28;
/// Old inverse of ZMQ_IPV6.
pub const ZMQ_IPV4ONLY: i32 = 31;
/// Endpoint bound or connected last (read only).
pub const ZMQ_LAST_ENDPOINT: i32 = 32;
/// ROUTER: an unroutable message is EHOSTUNREACH, not dropped.
pub const ZMQ_ROUTER_MANDATORY: i32 = 33;
/// SO_KEEPALIVE, -1 for the system's default.
pub const ZMQ_TCP_KEEPALIVE: i32 = 34;
/// TCP_KEEPCNT, -1 for the system's default.
pub const ZMQ_TCP_KEEPALIVE_CNT: i32 = 35;
/// TCP_KEEPIDLE in seconds, -1 for the system's default.
pub const ZMQ_TCP_KEEPALIVE_IDLE: i32 = 36;
/// TCP_KEEPINTVL in seconds, -1 for the system's default.
pub const ZMQ_TCP_KEEPALIVE_INTVL: i32 = 37;
/// Adds an address range that may connect; superseded by ZAP.
pub const ZMQ_TCP_ACCEPT_FILTER: i32 = 38;
/// Queue messages to completed connections only.
pub const ZMQ_IMMEDIATE: i32 = 39;
/// XPUB: pass on repeated subscriptions too.
pub const ZMQ_XPUB_VERBOSE: i32 = 40;
/// ROUTER: speak raw bytes instead of ZMTP.
pub const ZMQ_ROUTER_RAW: i32 = 41;
/// Allow IPv6 addresses.
pub const ZMQ_IPV6: i32 = 42;
/// Security mechanism in force (read only).
pub const ZMQ_MECHANISM: i32 = 43;
/// This side is the server of PLAIN.
pub const ZMQ_PLAIN_SERVER: i32 = 44;
/// User name of PLAIN.
pub const ZMQ_PLAIN_USERNAME: i32 = 45;
/// Password of PLAIN.
pub const ZMQ_PLAIN_PASSWORD: i32 = 46;
/// This side is the server of CURVE.
pub const ZMQ_CURVE_SERVER: i32 = 47;
/// Own public key of CURVE.
pub const ZMQ_CURVE_PUBLICKEY: i32 = 48;
/// Own secret key of CURVE.
pub const ZMQ_CURVE_SECRETKEY: i32 = 49;
/// The server's public key of CURVE.
pub const ZMQ_CURVE_SERVERKEY: i32 = 50;
/// Send an empty message to every new peer.
pub const ZMQ_PROBE_ROUTER: i32 = 51;
/// REQ: match replies to requests by number.
pub const ZMQ_REQ_CORRELATE: i32 = 52;
/// REQ: allow a new request before the reply.
pub const ZMQ_REQ_RELAXED: i32 = 53;
/// Keep the last message only.
pub const ZMQ_CONFLATE: i32 = 54;
/// Domain for ZAP.
pub const ZMQ_ZAP_DOMAIN: i32 = 55;
/// ROUTER: a new peer takes the name of an old one.
pub const ZMQ_ROUTER_HANDOVER: i32 = 56;
/// IP type of service.
pub const ZMQ_TOS: i32 = 57;
/// Adds a process that may connect over ipc; superseded by ZAP.
pub const ZMQ_IPC_FILTER_PID: i32 = 58;
/// Adds a user that may connect over ipc; superseded by ZAP.
pub const ZMQ_IPC_FILTER_UID: i32 = 59;
/// Adds a group that may connect over ipc; superseded by ZAP.
pub const ZMQ_IPC_FILTER_GID: i32 = 60;
/// Name for the peer that is connected next.
pub const ZMQ_CONNECT_ROUTING_ID: i32 = 61;
/// This side is the server of GSSAPI.
pub const ZMQ_GSSAPI_SERVER: i32 = 62;
/// Own principal of GSSAPI.
pub const ZMQ_GSSAPI_PRINCIPAL: i32 = 63;
/// The server's principal of GSSAPI.
pub const ZMQ_GSSAPI_SERVICE_PRINCIPAL: i32 = 64;
/// GSSAPI authenticates only, without encryption.
pub const ZMQ_GSSAPI_PLAINTEXT: i32 = 65;
/// Longest duration of a handshake, 0 for any.
pub const ZMQ_HANDSHAKE_IVL: i32 = 66;
/// SOCKS5 proxy, host:port.
pub const ZMQ_SOCKS_PROXY: i32 = 68;
/// XPUB: a send that would drop is EAGAIN instead.
pub const ZMQ_XPUB_NODROP: i32 = 69;
/// XPUB: the application answers each subscription.
pub const ZMQ_XPUB_MANUAL: i32 = 71;
/// XPUB: message sent to each new subscriber.
pub const ZMQ_XPUB_WELCOME_MSG: i32 = 72;
/// STREAM: an empty message tells of connect and disconnect.
pub const ZMQ_STREAM_NOTIFY: i32 = 73;
/// PUB, SUB: deliver what does not match.
pub const ZMQ_INVERT_MATCHING: i32 = 74;
/// Interval between ZMTP heartbeats, 0 for none.
pub const ZMQ_HEARTBEAT_IVL: i32 = 75;
/// How long the peer may wait for our traffic.
pub const ZMQ_HEARTBEAT_TTL: i32 = 76;
/// How long to wait for the answer to a heartbeat.
pub const ZMQ_HEARTBEAT_TIMEOUT: i32 = 77;
/// XPUB: pass on repeated subscriptions and unsubscriptions.
pub const ZMQ_XPUB_VERBOSER: i32 = 78;
/// How long connect(2) may take, 0 for the system's default.
pub const ZMQ_CONNECT_TIMEOUT: i32 = 79;
/// TCP_USER_TIMEOUT, 0 for the system's default.
pub const ZMQ_TCP_MAXRT: i32 = 80;
/// Whether the socket may be used by several threads at once (read only).
pub const ZMQ_THREAD_SAFE: i32 = 81;
/// Largest multicast datagram in bytes.
pub const ZMQ_MULTICAST_MAXTPDU: i32 = 84;
/// VMCI buffer in bytes.
pub const ZMQ_VMCI_BUFFER_SIZE: i32 = 85;
/// Smallest VMCI buffer in bytes.
pub const ZMQ_VMCI_BUFFER_MIN_SIZE: i32 = 86;
/// Largest VMCI buffer in bytes.
pub const ZMQ_VMCI_BUFFER_MAX_SIZE: i32 = 87;
/// VMCI connect timeout.
pub const ZMQ_VMCI_CONNECT_TIMEOUT: i32 = 88;
/// Descriptor of a listening socket to use for the next bind.
pub const ZMQ_USE_FD: i32 = 89;
/// Type of the name in ZMQ_GSSAPI_PRINCIPAL.
pub const ZMQ_GSSAPI_PRINCIPAL_NAMETYPE: i32 = 90;
/// Type of the name in ZMQ_GSSAPI_SERVICE_PRINCIPAL.
pub const ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE: i32 = 91;
/// Network interface for new connections.
pub const ZMQ_BINDTODEVICE: i32 = 92;
/// Old name of ZMQ_ROUTING_ID.
pub const ZMQ_IDENTITY: i32 = ZMQ_ROUTING_ID;
/// Old name of ZMQ_CONNECT_ROUTING_ID.
pub const ZMQ_CONNECT_RID: i32 = ZMQ_CONNECT_ROUTING_ID;
/// Old name of ZMQ_IMMEDIATE.
pub const ZMQ_DELAY_ATTACH_ON_CONNECT: i32 = ZMQ_IMMEDIATE;
/// Old name of ZMQ_ROUTER_MANDATORY.
pub const ZMQ_FAIL_UNROUTABLE: i32 = ZMQ_ROUTER_MANDATORY;
/// Old name of ZMQ_ROUTER_MANDATORY.
pub const ZMQ_ROUTER_BEHAVIOR: i32 = ZMQ_ROUTER_MANDATORY;

// Message properties (zmq_msg_get(3)).

/// Whether more parts of the message follow.
pub const ZMQ_MORE: i32 = 1;
/// Descriptor of the connection that the message came over.
pub const ZMQ_SRCFD: i32 = 2;
/// Whether the body may be shared with another message.
pub const ZMQ_SHARED: i32 = 3;

// Flags of send and receive (zmq_send(3), zmq_recv(3)).

/// Fail with EAGAIN rather than wait.
pub const ZMQ_DONTWAIT: i32 = 1;
/// More parts of the message follow.
pub const ZMQ_SNDMORE: i32 = 2;
/// Old name of ZMQ_DONTWAIT.
pub const ZMQ_NOBLOCK: i32 = ZMQ_DONTWAIT;

// Security mechanisms (ZMQ_MECHANISM).

/// No security.
pub const ZMQ_NULL: i32 = 0;
/// User name and password in clear text.
pub const ZMQ_PLAIN: i32 = 1;
/// Elliptic curve encryption and authentication.
pub const ZMQ_CURVE: i32 = 2;
/// Kerberos.
pub const ZMQ_GSSAPI: i32 = 3;

// Name types of GSSAPI.

/// The name is service@host.
pub const ZMQ_GSSAPI_NT_HOSTBASED: i32 = 0;
/// The name is a local user's.
pub const ZMQ_GSSAPI_NT_USER_NAME: i32 = 1;
/// The name is a Kerberos principal.
pub const ZMQ_GSSAPI_NT_KRB5_PRINCIPAL: i32 = 2;

// Limits.

/// Longest name of a RADIO/DISH group, in bytes.
pub const ZMQ_GROUP_MAX_LENGTH: i32 = 255;

// Events of the monitor (zmq_socket_monitor(3)).

/// A connection was made; the value is its descriptor.
pub const ZMQ_EVENT_CONNECTED: i32 = 0x0001;
/// A connection is being made.
pub const ZMQ_EVENT_CONNECT_DELAYED: i32 = 0x0002;
/// An attempt failed; the value is the wait before the next one.
pub const ZMQ_EVENT_CONNECT_RETRIED: i32 = 0x0004;
/// The endpoint accepts connections; the value is the descriptor.
pub const ZMQ_EVENT_LISTENING: i32 = 0x0008;
/// Binding failed; the value is the errno.
pub const ZMQ_EVENT_BIND_FAILED: i32 = 0x0010;
/// A connection was accepted; the value is its descriptor.
pub const ZMQ_EVENT_ACCEPTED: i32 = 0x0020;
/// Accepting failed; the value is the errno.
pub const ZMQ_EVENT_ACCEPT_FAILED: i32 = 0x0040;
/// A descriptor was closed; the value is the descriptor.
pub const ZMQ_EVENT_CLOSED: i32 = 0x0080;
/// Closing failed; the value is the errno.
pub const ZMQ_EVENT_CLOSE_FAILED: i32 = 0x0100;
/// A connection ended unexpectedly; the value is its descriptor.
pub const ZMQ_EVENT_DISCONNECTED: i32 = 0x0200;
/// The monitoring ended.
pub const ZMQ_EVENT_MONITOR_STOPPED: i32 = 0x0400;
/// All events.
pub const ZMQ_EVENT_ALL: i32 = 0xFFFF;
/// The handshake failed; the value is an errno.
pub const ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: i32 = 0x0800;
/// The handshake succeeded.
pub const ZMQ_EVENT_HANDSHAKE_SUCCEEDED: i32 = 0x1000;
/// The handshake failed; the value is a ZMQ_PROTOCOL_ERROR_ number.
pub const ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: i32 = 0x2000;
/// ZAP refused the peer; the value is the ZAP status code.
pub const ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: i32 = 0x4000;

// Values of ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL.

/// ZMTP was violated.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED: i32 = 0x10000000;
/// A command came that the state does not allow.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND: i32 = 0x10000001;
/// A CURVE nonce was not larger than the one before.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE: i32 = 0x10000002;
/// The key exchange failed.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE: i32 = 0x10000003;
/// A command was malformed.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED: i32 = 0x10000011;
/// A MESSAGE command was malformed.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE: i32 = 0x10000012;
/// A HELLO command was malformed.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO: i32 = 0x10000013;
/// An INITIATE command was malformed.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE: i32 = 0x10000014;
/// An ERROR command was malformed.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR: i32 = 0x10000015;
/// A READY command was malformed.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY: i32 = 0x10000016;
/// A WELCOME command was malformed.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME: i32 = 0x10000017;
/// The metadata of the handshake were invalid.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA: i32 = 0x10000018;
/// Decryption failed.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC: i32 = 0x11000001;
/// The peer uses another mechanism.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH: i32 = 0x11000002;
/// ZAP was violated.
pub const ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED: i32 = 0x20000000;
/// The ZAP reply was malformed.
pub const ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY: i32 = 0x20000001;
/// The ZAP reply had another request's number.
pub const ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID: i32 = 0x20000002;
/// The ZAP reply had an unknown version.
pub const ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION: i32 = 0x20000003;
/// The ZAP reply had an unknown status code.
pub const ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE: i32 = 0x20000004;
/// The metadata of the ZAP reply were invalid.
pub const ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA: i32 = 0x20000005;
/// The WebSocket protocol was violated.
pub const ZMQ_PROTOCOL_ERROR_WS_UNSPECIFIED: i32 = 0x30000000;

// Events of zmq_poll(3).

/// A message (for a descriptor: a byte) can be received without waiting.
pub const ZMQ_POLLIN: i32 = 1;
/// A message (for a descriptor: a byte) can be sent without waiting.
pub const ZMQ_POLLOUT: i32 = 2;
/// A descriptor is in error.
pub const ZMQ_POLLERR: i32 = 4;
/// A descriptor has urgent data.
pub const ZMQ_POLLPRI: i32 = 8;
/// A fitting number of items to keep on the stack.
pub const ZMQ_POLLITEMS_DFLT: i32 = 16;

// Types of zmq_device(3).

/// PULL to PUSH.
pub const ZMQ_STREAMER: i32 = 1;
/// SUB to PUB.
pub const ZMQ_FORWARDER: i32 = 2;
/// ROUTER to DEALER.
pub const ZMQ_QUEUE: i32 = 3;

#[cfg(not(zmq_stable_only))]
pub use draft::*;

/// What the draft API adds.
#[cfg(not(zmq_stable_only))]
mod draft {
    use super::ZMQ_EVENT_ALL;

    // Context options.

    /// Whether messages may be slices of the receive buffer.
    pub const ZMQ_ZERO_COPY_RECV: i32 = 10;

    // Socket types.

    /// Thread-safe service; messages carry a routing id.
    pub const ZMQ_SERVER: i32 = 12;
    /// Thread-safe client of a SERVER.
    pub const ZMQ_CLIENT: i32 = 13;
    /// Thread-safe publisher to groups.
    pub const ZMQ_RADIO: i32 = 14;
    /// Thread-safe member of groups.
    pub const ZMQ_DISH: i32 = 15;
    /// Thread-safe PULL.
    pub const ZMQ_GATHER: i32 = 16;
    /// Thread-safe PUSH.
    pub const ZMQ_SCATTER: i32 = 17;
    /// Datagrams.
    pub const ZMQ_DGRAM: i32 = 18;
    /// Thread-safe peer to peer; messages carry a routing id.
    pub const ZMQ_PEER: i32 = 19;
    /// Thread-safe PAIR.
    pub const ZMQ_CHANNEL: i32 = 20;

    // Socket options.

    /// Refuse peers when there is no ZAP domain.
    pub const ZMQ_ZAP_ENFORCE_DOMAIN: i32 = 93;
    /// Fast TCP loop-back on Windows.
    pub const ZMQ_LOOPBACK_FASTPATH: i32 = 94;
    /// Adds an application property, X-name:value.
    pub const ZMQ_METADATA: i32 = 95;
    /// Whether multicast packets come back.
    pub const ZMQ_MULTICAST_LOOP: i32 = 96;
    /// ROUTER: empty messages tell of connect and disconnect.
    pub const ZMQ_ROUTER_NOTIFY: i32 = 97;
    /// XPUB_MANUAL, and the last value goes to the new subscriber alone.
    pub const ZMQ_XPUB_MANUAL_LAST_VALUE: i32 = 98;
    /// User name for the SOCKS5 proxy.
    pub const ZMQ_SOCKS_USERNAME: i32 = 99;
    /// Password for the SOCKS5 proxy.
    pub const ZMQ_SOCKS_PASSWORD: i32 = 100;
    /// Largest read in bytes.
    pub const ZMQ_IN_BATCH_SIZE: i32 = 101;
    /// Largest write in bytes.
    pub const ZMQ_OUT_BATCH_SIZE: i32 = 102;
    /// Private key for wss.
    pub const ZMQ_WSS_KEY_PEM: i32 = 103;
    /// Certificate for wss.
    pub const ZMQ_WSS_CERT_PEM: i32 = 104;
    /// Trusted certificates for wss.
    pub const ZMQ_WSS_TRUST_PEM: i32 = 105;
    /// Host name to check the wss certificate against.
    pub const ZMQ_WSS_HOSTNAME: i32 = 106;
    /// Trust the system's certificates for wss.
    pub const ZMQ_WSS_TRUST_SYSTEM: i32 = 107;
    /// XPUB: only the first part of a message is a subscription.
    pub const ZMQ_ONLY_FIRST_SUBSCRIBE: i32 = 108;
    /// Bit mask of ZMQ_RECONNECT_STOP_ conditions.
    pub const ZMQ_RECONNECT_STOP: i32 = 109;
    /// Message sent to each new peer.
    pub const ZMQ_HELLO_MSG: i32 = 110;
    /// Message received when a peer goes.
    pub const ZMQ_DISCONNECT_MSG: i32 = 111;
    /// SO_PRIORITY.
    pub const ZMQ_PRIORITY: i32 = 112;
    /// SO_BUSY_POLL in microseconds.
    pub const ZMQ_BUSY_POLL: i32 = 113;
    /// Message received when a connection is made anew.
    pub const ZMQ_HICCUP_MSG: i32 = 114;
    /// XSUB: pass on every unsubscription.
    pub const ZMQ_XSUB_VERBOSE_UNSUBSCRIBE: i32 = 115;
    /// Number of subscriptions (read only).
    pub const ZMQ_TOPICS_COUNT: i32 = 116;

    // Conditions of ZMQ_RECONNECT_STOP.

    /// The connection was refused.
    pub const ZMQ_RECONNECT_STOP_CONN_REFUSED: i32 = 0x1;
    /// The handshake failed.
    pub const ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED: i32 = 0x2;
    /// The application called zmq_disconnect.
    pub const ZMQ_RECONNECT_STOP_AFTER_DISCONNECT: i32 = 0x3;

    // Values of ZMQ_ROUTER_NOTIFY.

    /// Tell of connects.
    pub const ZMQ_NOTIFY_CONNECT: i32 = 1;
    /// Tell of disconnects.
    pub const ZMQ_NOTIFY_DISCONNECT: i32 = 2;

    // Names for zmq_msg_gets(3).

    /// The peer's ZMQ_ROUTING_ID.
    pub const ZMQ_MSG_PROPERTY_ROUTING_ID: &str = "Routing-Id";
    /// The peer's socket type.
    pub const ZMQ_MSG_PROPERTY_SOCKET_TYPE: &str = "Socket-Type";
    /// What ZAP calls the peer.
    pub const ZMQ_MSG_PROPERTY_USER_ID: &str = "User-Id";
    /// The peer's network address.
    pub const ZMQ_MSG_PROPERTY_PEER_ADDRESS: &str = "Peer-Address";

    // Second version of the monitor's events.

    /// Version of the events that zmq_socket_monitor(3) sends.
    pub const ZMQ_CURRENT_EVENT_VERSION: i32 = 1;
    /// Newest version of the events.
    pub const ZMQ_CURRENT_EVENT_VERSION_DRAFT: i32 = 2;
    /// Answer to zmq_socket_monitor_pipes_stats(3).
    pub const ZMQ_EVENT_PIPES_STATS: i32 = 0x10000;
    /// All events of version 1.
    pub const ZMQ_EVENT_ALL_V1: i32 = ZMQ_EVENT_ALL;
    /// All events of version 2.
    pub const ZMQ_EVENT_ALL_V2: i32 = ZMQ_EVENT_ALL_V1 | ZMQ_EVENT_PIPES_STATS;
}
