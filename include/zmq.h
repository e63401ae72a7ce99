/* SPDX-License-Identifier: MPL-2.0
 *
 * zmq.h of oxizmq: the interface of libzmq 4.3.5, unchanged. Made by cbindgen (make header); not to be edited.
 * The manual pages of libzmq, zmq(7) and zmq_*(3), describe the functions and options. */


#ifndef __ZMQ_H_INCLUDED__
#define __ZMQ_H_INCLUDED__

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#if defined _WIN32
#include <winsock2.h>
#endif

/* The integer types of stdint.h are there. */
#define ZMQ_DEFINED_STDINT 1

#define ZMQ_MAKE_VERSION(major, minor, patch) ((major) * 10000 + (minor) * 100 + (patch))
#define ZMQ_VERSION ZMQ_MAKE_VERSION (ZMQ_VERSION_MAJOR, ZMQ_VERSION_MINOR, ZMQ_VERSION_PATCH)

/* ZMQ_STATIC: the program links the static library. DLL_EXPORT: the library itself is being compiled. */
#if defined ZMQ_NO_EXPORT
#define ZMQ_EXPORT
#elif defined _WIN32
#if defined ZMQ_STATIC
#define ZMQ_EXPORT
#elif defined DLL_EXPORT
#define ZMQ_EXPORT __declspec(dllexport)
#else
#define ZMQ_EXPORT __declspec(dllimport)
#endif
#elif (defined __GNUC__ && __GNUC__ >= 4) || defined __INTEL_COMPILER || defined __clang__
#define ZMQ_EXPORT __attribute__ ((visibility ("default")))
#else
#define ZMQ_EXPORT
#endif

/* The timers are there; the pollers belong to the draft API. */
#define ZMQ_HAVE_TIMERS
#if defined ZMQ_BUILD_DRAFT_API
#define ZMQ_HAVE_POLLER
#endif

/* Error numbers: the system's where it has them, else numbers that no system uses. */
#define ZMQ_HAUSNUMERO 156384712
#ifndef ENOTSUP
#define ENOTSUP (ZMQ_HAUSNUMERO + 1)
#endif
#ifndef EPROTONOSUPPORT
#define EPROTONOSUPPORT (ZMQ_HAUSNUMERO + 2)
#endif
#ifndef ENOBUFS
#define ENOBUFS (ZMQ_HAUSNUMERO + 3)
#endif
#ifndef ENETDOWN
#define ENETDOWN (ZMQ_HAUSNUMERO + 4)
#endif
#ifndef EADDRINUSE
#define EADDRINUSE (ZMQ_HAUSNUMERO + 5)
#endif
#ifndef EADDRNOTAVAIL
#define EADDRNOTAVAIL (ZMQ_HAUSNUMERO + 6)
#endif
#ifndef ECONNREFUSED
#define ECONNREFUSED (ZMQ_HAUSNUMERO + 7)
#endif
#ifndef EINPROGRESS
#define EINPROGRESS (ZMQ_HAUSNUMERO + 8)
#endif
#ifndef ENOTSOCK
#define ENOTSOCK (ZMQ_HAUSNUMERO + 9)
#endif
#ifndef EMSGSIZE
#define EMSGSIZE (ZMQ_HAUSNUMERO + 10)
#endif
#ifndef EAFNOSUPPORT
#define EAFNOSUPPORT (ZMQ_HAUSNUMERO + 11)
#endif
#ifndef ENETUNREACH
#define ENETUNREACH (ZMQ_HAUSNUMERO + 12)
#endif
#ifndef ECONNABORTED
#define ECONNABORTED (ZMQ_HAUSNUMERO + 13)
#endif
#ifndef ECONNRESET
#define ECONNRESET (ZMQ_HAUSNUMERO + 14)
#endif
#ifndef ENOTCONN
#define ENOTCONN (ZMQ_HAUSNUMERO + 15)
#endif
#ifndef ETIMEDOUT
#define ETIMEDOUT (ZMQ_HAUSNUMERO + 16)
#endif
#ifndef EHOSTUNREACH
#define EHOSTUNREACH (ZMQ_HAUSNUMERO + 17)
#endif
#ifndef ENETRESET
#define ENETRESET (ZMQ_HAUSNUMERO + 18)
#endif
#ifndef EFSM
#define EFSM (ZMQ_HAUSNUMERO + 51)
#endif
#ifndef ENOCOMPATPROTO
#define ENOCOMPATPROTO (ZMQ_HAUSNUMERO + 52)
#endif
#ifndef ETERM
#define ETERM (ZMQ_HAUSNUMERO + 53)
#endif
#ifndef EMTHREAD
#define EMTHREAD (ZMQ_HAUSNUMERO + 54)
#endif

/* What a socket of the system is. */
#if defined _WIN32
typedef SOCKET zmq_fd_t;
#else
typedef int zmq_fd_t;
#endif

/* A message: 64 bytes that the zmq_msg_ functions alone look into. */
typedef struct zmq_msg_t
{
    void *_[64 / sizeof (void *)];
} zmq_msg_t;

/* An item of zmq_poll: a socket, or a descriptor where the socket is NULL. */
typedef struct zmq_pollitem_t
{
    void *socket;
    zmq_fd_t fd;
    short events;
    short revents;
} zmq_pollitem_t;

struct iovec;

#if defined __cplusplus
extern "C" {
#endif

/* Frees the memory of zmq_msg_init_data, on any thread. */
typedef void (zmq_free_fn) (void *data_, void *hint_);
/* Runs as a thread of zmq_threadstart. */
typedef void (zmq_thread_fn) (void *arg_);
/* Runs when a timer of zmq_timers_add is due. */
typedef void (zmq_timer_fn) (int timer_id, void *arg);


/* Major version (zmq_version(3)). */
#define ZMQ_VERSION_MAJOR 4

/* Minor version. */
#define ZMQ_VERSION_MINOR 3

/* Patch level. */
#define ZMQ_VERSION_PATCH 5

/* zmq_has(3) exists. */
#define ZMQ_HAS_CAPABILITIES 1

/* Number of I/O threads, 0 or more; 0 leaves inproc alone. */
#define ZMQ_IO_THREADS 1

/* Largest number of sockets of the context. */
#define ZMQ_MAX_SOCKETS 2

/* Largest value that ZMQ_MAX_SOCKETS takes (read only). */
#define ZMQ_SOCKET_LIMIT 3

/* Scheduling priority of the I/O threads (write only). */
#define ZMQ_THREAD_PRIORITY 3

/* Scheduling policy of the I/O threads. */
#define ZMQ_THREAD_SCHED_POLICY 4

/* Largest message size in bytes. */
#define ZMQ_MAX_MSGSZ 5

/* Size of zmq_msg_t in bytes (read only). */
#define ZMQ_MSG_T_SIZE 6

/* Adds a CPU to those that the I/O threads may run on (write only). */
#define ZMQ_THREAD_AFFINITY_CPU_ADD 7

/* Removes a CPU from that set (write only). */
#define ZMQ_THREAD_AFFINITY_CPU_REMOVE 8

/* Prefix of the names of the I/O threads. */
#define ZMQ_THREAD_NAME_PREFIX 9

/* Whether new sockets linger for ever by default (1) or not at all (0). */
#define ZMQ_BLOCKY 70

/* Default of ZMQ_IO_THREADS. */
#define ZMQ_IO_THREADS_DFLT 1

/* Default of ZMQ_MAX_SOCKETS. */
#define ZMQ_MAX_SOCKETS_DFLT 1023

/* Default of ZMQ_THREAD_PRIORITY: the system's. */
#define ZMQ_THREAD_PRIORITY_DFLT -1

/* Default of ZMQ_THREAD_SCHED_POLICY: the system's. */
#define ZMQ_THREAD_SCHED_POLICY_DFLT -1

/* Exclusive pair: one peer, both directions. */
#define ZMQ_PAIR 0

/* Publisher: sends to all peers with a matching subscription. */
#define ZMQ_PUB 1

/* Subscriber. */
#define ZMQ_SUB 2

/* Client that sends a request, then receives its reply. */
#define ZMQ_REQ 3

/* Service that receives a request, then sends its reply. */
#define ZMQ_REP 4

/* Asynchronous REQ: round robin out, fair queueing in. */
#define ZMQ_DEALER 5

/* Asynchronous REP: the first part of a message names the peer. */
#define ZMQ_ROUTER 6

/* Receives from a pipeline. */
#define ZMQ_PULL 7

/* Sends into a pipeline. */
#define ZMQ_PUSH 8

/* PUB that receives the subscriptions as messages. */
#define ZMQ_XPUB 9

/* SUB that sends the subscriptions as messages. */
#define ZMQ_XSUB 10

/* Bytes to and from TCP peers that do not speak ZMTP. */
#define ZMQ_STREAM 11

/* Old name of ZMQ_DEALER. */
#define ZMQ_XREQ ZMQ_DEALER

/* Old name of ZMQ_ROUTER. */
#define ZMQ_XREP ZMQ_ROUTER

/* Bit mask of the I/O threads that serve new connections. */
#define ZMQ_AFFINITY 4

/* The socket's name for a ROUTER peer, 1 to 255 bytes. */
#define ZMQ_ROUTING_ID 5

/* Adds a message prefix to the subscriptions of a SUB. */
#define ZMQ_SUBSCRIBE 6

/* Removes a prefix. */
#define ZMQ_UNSUBSCRIBE 7

/* Multicast data rate, kilobits per second. */
#define ZMQ_RATE 8

/* Multicast recovery interval. */
#define ZMQ_RECOVERY_IVL 9

/* Kernel's send buffer in bytes, -1 for the system's default. */
#define ZMQ_SNDBUF 11

/* Kernel's receive buffer in bytes, -1 for the system's default. */
#define ZMQ_RCVBUF 12

/* Whether more parts of the message received last follow (read only). */
#define ZMQ_RCVMORE 13

/* Descriptor that becomes readable when ZMQ_EVENTS may have changed (read only). */
#define ZMQ_FD 14

/* ZMQ_POLLIN and ZMQ_POLLOUT as they are now (read only). */
#define ZMQ_EVENTS 15

/* Socket type (read only). */
#define ZMQ_TYPE 16

/* How long unsent messages outlive the socket; -1 for ever. */
#define ZMQ_LINGER 17

/* First interval between attempts to connect, -1 for none. */
#define ZMQ_RECONNECT_IVL 18

/* Length of the listen queue. */
#define ZMQ_BACKLOG 19

/* Largest interval between attempts to connect. */
#define ZMQ_RECONNECT_IVL_MAX 21

/* Largest message that is accepted from a peer, in bytes; -1 for any. */
#define ZMQ_MAXMSGSIZE 22

/* Most messages queued for one peer, 0 for any number. */
#define ZMQ_SNDHWM 23

/* Most messages queued from one peer, 0 for any number. */
#define ZMQ_RCVHWM 24

/* Time to live of multicast packets, in hops. */
#define ZMQ_MULTICAST_HOPS 25

/* How long a receive waits; -1 for ever. */
#define ZMQ_RCVTIMEO 27

/* How long a send waits; -1 for ever. */
#define ZMQ_SNDTIMEO 28

/* Old inverse of ZMQ_IPV6. */
#define ZMQ_IPV4ONLY 31

/* Endpoint bound or connected last (read only). */
#define ZMQ_LAST_ENDPOINT 32

/* ROUTER: an unroutable message is EHOSTUNREACH, not dropped. */
#define ZMQ_ROUTER_MANDATORY 33

/* SO_KEEPALIVE, -1 for the system's default. */
#define ZMQ_TCP_KEEPALIVE 34

/* TCP_KEEPCNT, -1 for the system's default. */
#define ZMQ_TCP_KEEPALIVE_CNT 35

/* TCP_KEEPIDLE in seconds, -1 for the system's default. */
#define ZMQ_TCP_KEEPALIVE_IDLE 36

/* TCP_KEEPINTVL in seconds, -1 for the system's default. */
#define ZMQ_TCP_KEEPALIVE_INTVL 37

/* Adds an address range that may connect; superseded by ZAP. */
#define ZMQ_TCP_ACCEPT_FILTER 38

/* Queue messages to completed connections only. */
#define ZMQ_IMMEDIATE 39

/* XPUB: pass on repeated subscriptions too. */
#define ZMQ_XPUB_VERBOSE 40

/* ROUTER: speak raw bytes instead of ZMTP. */
#define ZMQ_ROUTER_RAW 41

/* Allow IPv6 addresses. */
#define ZMQ_IPV6 42

/* Security mechanism in force (read only). */
#define ZMQ_MECHANISM 43

/* This side is the server of PLAIN. */
#define ZMQ_PLAIN_SERVER 44

/* User name of PLAIN. */
#define ZMQ_PLAIN_USERNAME 45

/* Password of PLAIN. */
#define ZMQ_PLAIN_PASSWORD 46

/* This side is the server of CURVE. */
#define ZMQ_CURVE_SERVER 47

/* Own public key of CURVE. */
#define ZMQ_CURVE_PUBLICKEY 48

/* Own secret key of CURVE. */
#define ZMQ_CURVE_SECRETKEY 49

/* The server's public key of CURVE. */
#define ZMQ_CURVE_SERVERKEY 50

/* Send an empty message to every new peer. */
#define ZMQ_PROBE_ROUTER 51

/* REQ: match replies to requests by number. */
#define ZMQ_REQ_CORRELATE 52

/* REQ: allow a new request before the reply. */
#define ZMQ_REQ_RELAXED 53

/* Keep the last message only. */
#define ZMQ_CONFLATE 54

/* Domain for ZAP. */
#define ZMQ_ZAP_DOMAIN 55

/* ROUTER: a new peer takes the name of an old one. */
#define ZMQ_ROUTER_HANDOVER 56

/* IP type of service. */
#define ZMQ_TOS 57

/* Adds a process that may connect over ipc; superseded by ZAP. */
#define ZMQ_IPC_FILTER_PID 58

/* Adds a user that may connect over ipc; superseded by ZAP. */
#define ZMQ_IPC_FILTER_UID 59

/* Adds a group that may connect over ipc; superseded by ZAP. */
#define ZMQ_IPC_FILTER_GID 60

/* Name for the peer that is connected next. */
#define ZMQ_CONNECT_ROUTING_ID 61

/* This side is the server of GSSAPI. */
#define ZMQ_GSSAPI_SERVER 62

/* Own principal of GSSAPI. */
#define ZMQ_GSSAPI_PRINCIPAL 63

/* The server's principal of GSSAPI. */
#define ZMQ_GSSAPI_SERVICE_PRINCIPAL 64

/* GSSAPI authenticates only, without encryption. */
#define ZMQ_GSSAPI_PLAINTEXT 65

/* Longest duration of a handshake, 0 for any. */
#define ZMQ_HANDSHAKE_IVL 66

/* SOCKS5 proxy, host:port. */
#define ZMQ_SOCKS_PROXY 68

/* XPUB: a send that would drop is EAGAIN instead. */
#define ZMQ_XPUB_NODROP 69

/* XPUB: the application answers each subscription. */
#define ZMQ_XPUB_MANUAL 71

/* XPUB: message sent to each new subscriber. */
#define ZMQ_XPUB_WELCOME_MSG 72

/* STREAM: an empty message tells of connect and disconnect. */
#define ZMQ_STREAM_NOTIFY 73

/* PUB, SUB: deliver what does not match. */
#define ZMQ_INVERT_MATCHING 74

/* Interval between ZMTP heartbeats, 0 for none. */
#define ZMQ_HEARTBEAT_IVL 75

/* How long the peer may wait for our traffic. */
#define ZMQ_HEARTBEAT_TTL 76

/* How long to wait for the answer to a heartbeat. */
#define ZMQ_HEARTBEAT_TIMEOUT 77

/* XPUB: pass on repeated subscriptions and unsubscriptions. */
#define ZMQ_XPUB_VERBOSER 78

/* How long connect(2) may take, 0 for the system's default. */
#define ZMQ_CONNECT_TIMEOUT 79

/* TCP_USER_TIMEOUT, 0 for the system's default. */
#define ZMQ_TCP_MAXRT 80

/* Whether the socket may be used by several threads at once (read only). */
#define ZMQ_THREAD_SAFE 81

/* Largest multicast datagram in bytes. */
#define ZMQ_MULTICAST_MAXTPDU 84

/* VMCI buffer in bytes. */
#define ZMQ_VMCI_BUFFER_SIZE 85

/* Smallest VMCI buffer in bytes. */
#define ZMQ_VMCI_BUFFER_MIN_SIZE 86

/* Largest VMCI buffer in bytes. */
#define ZMQ_VMCI_BUFFER_MAX_SIZE 87

/* VMCI connect timeout. */
#define ZMQ_VMCI_CONNECT_TIMEOUT 88

/* Descriptor of a listening socket to use for the next bind. */
#define ZMQ_USE_FD 89

/* Type of the name in ZMQ_GSSAPI_PRINCIPAL. */
#define ZMQ_GSSAPI_PRINCIPAL_NAMETYPE 90

/* Type of the name in ZMQ_GSSAPI_SERVICE_PRINCIPAL. */
#define ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE 91

/* Network interface for new connections. */
#define ZMQ_BINDTODEVICE 92

/* Old name of ZMQ_ROUTING_ID. */
#define ZMQ_IDENTITY ZMQ_ROUTING_ID

/* Old name of ZMQ_CONNECT_ROUTING_ID. */
#define ZMQ_CONNECT_RID ZMQ_CONNECT_ROUTING_ID

/* Old name of ZMQ_IMMEDIATE. */
#define ZMQ_DELAY_ATTACH_ON_CONNECT ZMQ_IMMEDIATE

/* Old name of ZMQ_ROUTER_MANDATORY. */
#define ZMQ_FAIL_UNROUTABLE ZMQ_ROUTER_MANDATORY

/* Old name of ZMQ_ROUTER_MANDATORY. */
#define ZMQ_ROUTER_BEHAVIOR ZMQ_ROUTER_MANDATORY

/* Whether more parts of the message follow. */
#define ZMQ_MORE 1

/* Descriptor of the connection that the message came over. */
#define ZMQ_SRCFD 2

/* Whether the body may be shared with another message. */
#define ZMQ_SHARED 3

/* Fail with EAGAIN rather than wait. */
#define ZMQ_DONTWAIT 1

/* More parts of the message follow. */
#define ZMQ_SNDMORE 2

/* Old name of ZMQ_DONTWAIT. */
#define ZMQ_NOBLOCK ZMQ_DONTWAIT

/* No security. */
#define ZMQ_NULL 0

/* User name and password in clear text. */
#define ZMQ_PLAIN 1

/* Elliptic curve encryption and authentication. */
#define ZMQ_CURVE 2

/* Kerberos. */
#define ZMQ_GSSAPI 3

/* The name is service@host. */
#define ZMQ_GSSAPI_NT_HOSTBASED 0

/* The name is a local user's. */
#define ZMQ_GSSAPI_NT_USER_NAME 1

/* The name is a Kerberos principal. */
#define ZMQ_GSSAPI_NT_KRB5_PRINCIPAL 2

/* Longest name of a RADIO/DISH group, in bytes. */
#define ZMQ_GROUP_MAX_LENGTH 255

/* A connection was made; the value is its descriptor. */
#define ZMQ_EVENT_CONNECTED 1

/* A connection is being made. */
#define ZMQ_EVENT_CONNECT_DELAYED 2

/* An attempt failed; the value is the wait before the next one. */
#define ZMQ_EVENT_CONNECT_RETRIED 4

/* The endpoint accepts connections; the value is the descriptor. */
#define ZMQ_EVENT_LISTENING 8

/* Binding failed; the value is the errno. */
#define ZMQ_EVENT_BIND_FAILED 16

/* A connection was accepted; the value is its descriptor. */
#define ZMQ_EVENT_ACCEPTED 32

/* Accepting failed; the value is the errno. */
#define ZMQ_EVENT_ACCEPT_FAILED 64

/* A descriptor was closed; the value is the descriptor. */
#define ZMQ_EVENT_CLOSED 128

/* Closing failed; the value is the errno. */
#define ZMQ_EVENT_CLOSE_FAILED 256

/* A connection ended unexpectedly; the value is its descriptor. */
#define ZMQ_EVENT_DISCONNECTED 512

/* The monitoring ended. */
#define ZMQ_EVENT_MONITOR_STOPPED 1024

/* All events. */
#define ZMQ_EVENT_ALL 65535

/* The handshake failed; the value is an errno. */
#define ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL 2048

/* The handshake succeeded. */
#define ZMQ_EVENT_HANDSHAKE_SUCCEEDED 4096

/* The handshake failed; the value is a ZMQ_PROTOCOL_ERROR_ number. */
#define ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL 8192

/* ZAP refused the peer; the value is the ZAP status code. */
#define ZMQ_EVENT_HANDSHAKE_FAILED_AUTH 16384

/* ZMTP was violated. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED 268435456

/* A command came that the state does not allow. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND 268435457

/* A CURVE nonce was not larger than the one before. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE 268435458

/* The key exchange failed. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE 268435459

/* A command was malformed. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED 268435473

/* A MESSAGE command was malformed. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE 268435474

/* A HELLO command was malformed. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO 268435475

/* An INITIATE command was malformed. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE 268435476

/* An ERROR command was malformed. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR 268435477

/* A READY command was malformed. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY 268435478

/* A WELCOME command was malformed. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME 268435479

/* The metadata of the handshake were invalid. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA 268435480

/* Decryption failed. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC 285212673

/* The peer uses another mechanism. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH 285212674

/* ZAP was violated. */
#define ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED 536870912

/* The ZAP reply was malformed. */
#define ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY 536870913

/* The ZAP reply had another request's number. */
#define ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID 536870914

/* The ZAP reply had an unknown version. */
#define ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION 536870915

/* The ZAP reply had an unknown status code. */
#define ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE 536870916

/* The metadata of the ZAP reply were invalid. */
#define ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA 536870917

/* The WebSocket protocol was violated. */
#define ZMQ_PROTOCOL_ERROR_WS_UNSPECIFIED 805306368

/* A message (for a descriptor: a byte) can be received without waiting. */
#define ZMQ_POLLIN 1

/* A message (for a descriptor: a byte) can be sent without waiting. */
#define ZMQ_POLLOUT 2

/* A descriptor is in error. */
#define ZMQ_POLLERR 4

/* A descriptor has urgent data. */
#define ZMQ_POLLPRI 8

/* A fitting number of items to keep on the stack. */
#define ZMQ_POLLITEMS_DFLT 16

/* PULL to PUSH. */
#define ZMQ_STREAMER 1

/* SUB to PUB. */
#define ZMQ_FORWARDER 2

/* ROUTER to DEALER. */
#define ZMQ_QUEUE 3

#if defined ZMQ_BUILD_DRAFT_API
/* Whether messages may be slices of the receive buffer. */
#define ZMQ_ZERO_COPY_RECV 10

/* Thread-safe service; messages carry a routing id. */
#define ZMQ_SERVER 12

/* Thread-safe client of a SERVER. */
#define ZMQ_CLIENT 13

/* Thread-safe publisher to groups. */
#define ZMQ_RADIO 14

/* Thread-safe member of groups. */
#define ZMQ_DISH 15

/* Thread-safe PULL. */
#define ZMQ_GATHER 16

/* Thread-safe PUSH. */
#define ZMQ_SCATTER 17

/* Datagrams. */
#define ZMQ_DGRAM 18

/* Thread-safe peer to peer; messages carry a routing id. */
#define ZMQ_PEER 19

/* Thread-safe PAIR. */
#define ZMQ_CHANNEL 20

/* Refuse peers when there is no ZAP domain. */
#define ZMQ_ZAP_ENFORCE_DOMAIN 93

/* Fast TCP loop-back on Windows. */
#define ZMQ_LOOPBACK_FASTPATH 94

/* Adds an application property, X-name:value. */
#define ZMQ_METADATA 95

/* Whether multicast packets come back. */
#define ZMQ_MULTICAST_LOOP 96

/* ROUTER: empty messages tell of connect and disconnect. */
#define ZMQ_ROUTER_NOTIFY 97

/* XPUB_MANUAL, and the last value goes to the new subscriber alone. */
#define ZMQ_XPUB_MANUAL_LAST_VALUE 98

/* User name for the SOCKS5 proxy. */
#define ZMQ_SOCKS_USERNAME 99

/* Password for the SOCKS5 proxy. */
#define ZMQ_SOCKS_PASSWORD 100

/* Largest read in bytes. */
#define ZMQ_IN_BATCH_SIZE 101

/* Largest write in bytes. */
#define ZMQ_OUT_BATCH_SIZE 102

/* Private key for wss. */
#define ZMQ_WSS_KEY_PEM 103

/* Certificate for wss. */
#define ZMQ_WSS_CERT_PEM 104

/* Trusted certificates for wss. */
#define ZMQ_WSS_TRUST_PEM 105

/* Host name to check the wss certificate against. */
#define ZMQ_WSS_HOSTNAME 106

/* Trust the system's certificates for wss. */
#define ZMQ_WSS_TRUST_SYSTEM 107

/* XPUB: only the first part of a message is a subscription. */
#define ZMQ_ONLY_FIRST_SUBSCRIBE 108

/* Bit mask of ZMQ_RECONNECT_STOP_ conditions. */
#define ZMQ_RECONNECT_STOP 109

/* Message sent to each new peer. */
#define ZMQ_HELLO_MSG 110

/* Message received when a peer goes. */
#define ZMQ_DISCONNECT_MSG 111

/* SO_PRIORITY. */
#define ZMQ_PRIORITY 112

/* SO_BUSY_POLL in microseconds. */
#define ZMQ_BUSY_POLL 113

/* Message received when a connection is made anew. */
#define ZMQ_HICCUP_MSG 114

/* XSUB: pass on every unsubscription. */
#define ZMQ_XSUB_VERBOSE_UNSUBSCRIBE 115

/* Number of subscriptions (read only). */
#define ZMQ_TOPICS_COUNT 116

/* The connection was refused. */
#define ZMQ_RECONNECT_STOP_CONN_REFUSED 1

/* The handshake failed. */
#define ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED 2

/* The application called zmq_disconnect. */
#define ZMQ_RECONNECT_STOP_AFTER_DISCONNECT 3

/* Tell of connects. */
#define ZMQ_NOTIFY_CONNECT 1

/* Tell of disconnects. */
#define ZMQ_NOTIFY_DISCONNECT 2

/* Version of the events that zmq_socket_monitor(3) sends. */
#define ZMQ_CURRENT_EVENT_VERSION 1

/* Newest version of the events. */
#define ZMQ_CURRENT_EVENT_VERSION_DRAFT 2

/* Answer to zmq_socket_monitor_pipes_stats(3). */
#define ZMQ_EVENT_PIPES_STATS 65536

/* All events of version 1. */
#define ZMQ_EVENT_ALL_V1 ZMQ_EVENT_ALL

/* All events of version 2. */
#define ZMQ_EVENT_ALL_V2 (ZMQ_EVENT_ALL_V1 | ZMQ_EVENT_PIPES_STATS)

/* One registered object that has events: `socket`, or `fd` where that is NULL. */
typedef struct zmq_poller_event_t {
    /*     The socket, or NULL. */
    void *socket;
    /*     The descriptor, or -1. */
    zmq_fd_t fd;
    /*     What zmq_poller_add was given. */
    void *user_data;
    /*     ZMQ_POLL bits. */
    short events;
} zmq_poller_event_t;
#endif

/* Creates a counter at zero. NULL and ENOMEM. */
ZMQ_EXPORT void *zmq_atomic_counter_new(void);

/* Sets the counter; NULL is left alone. */
ZMQ_EXPORT void zmq_atomic_counter_set(void *counter, int value);

/* Adds one; the value before, 0 for NULL. */
ZMQ_EXPORT int zmq_atomic_counter_inc(void *counter);

/* Takes one off; 0 if that leaves zero (and for NULL), else 1. */
ZMQ_EXPORT int zmq_atomic_counter_dec(void *counter);

/* The counter's value, 0 for NULL. */
ZMQ_EXPORT int zmq_atomic_counter_value(void *counter);

/* Frees the counter and makes `*counter_p` NULL. */
ZMQ_EXPORT void zmq_atomic_counter_destroy(void **counter_p);

/* Creates a context. NULL and EMFILE or ENOMEM if there is no room for it. */
ZMQ_EXPORT void *zmq_ctx_new(void);

/* Ends a context once its sockets are closed and their messages sent or given up. EFAULT, EINTR. */
ZMQ_EXPORT int zmq_ctx_term(void *context);

/* Makes every blocking call on the context's sockets, now and later, fail with ETERM. EFAULT. */
ZMQ_EXPORT int zmq_ctx_shutdown(void *context);

/* Sets a context option. EFAULT, EINVAL. */
ZMQ_EXPORT int zmq_ctx_set(void *context, int option, int optval);

/* Reads a context option. EFAULT, EINVAL. */
ZMQ_EXPORT int zmq_ctx_get(void *context, int option);

/* Old form of zmq_ctx_new. EINVAL for a negative number of I/O threads. */
ZMQ_EXPORT void *zmq_init(int io_threads);

/* Old name of zmq_ctx_term. */
ZMQ_EXPORT int zmq_term(void *context);

/* Old name of zmq_ctx_term. */
ZMQ_EXPORT int zmq_ctx_destroy(void *context);

/* Writes a new key pair as Z85 texts, 41 bytes each. EFAULT. */
ZMQ_EXPORT int zmq_curve_keypair(char *z85_public_key, char *z85_secret_key);

/* Writes the public key that belongs to a secret one, both as Z85 texts. EINVAL for a bad secret key, EFAULT. */
ZMQ_EXPORT int zmq_curve_public(char *z85_public_key, const char *z85_secret_key);

/* Writes `size` bytes as a Z85 text of five characters per four bytes and a NUL; `dest`. NULL and EINVAL if `size` is no
 multiple of four, EFAULT. */
ZMQ_EXPORT char *zmq_z85_encode(char *dest, const uint8_t *data, size_t size);

/* Writes the bytes that a Z85 text stands for, four per five characters; `dest`. NULL and EINVAL for what is no Z85, EFAULT. */
ZMQ_EXPORT
uint8_t *zmq_z85_decode(uint8_t *dest,
                        const char *string);

#if defined ZMQ_BUILD_DRAFT_API
/* Initialises a message with a copy of `size` bytes. ENOMEM, EFAULT. */
ZMQ_EXPORT int zmq_msg_init_buffer(zmq_msg_t *msg, const void *buf, size_t size);

/* Names the peer of a SERVER or PEER socket that the message goes to. EINVAL for 0, EFAULT. */
ZMQ_EXPORT int zmq_msg_set_routing_id(zmq_msg_t *msg, uint32_t routing_id);

/* The peer that a message of a SERVER or PEER socket came from; 0 if there is none. */
ZMQ_EXPORT uint32_t zmq_msg_routing_id(zmq_msg_t *msg);

/* As zmq_ctx_set, for values of any type. EFAULT, EINVAL. */
ZMQ_EXPORT int zmq_ctx_set_ext(void *context, int option, const void *optval, size_t optvallen);

/* As zmq_ctx_get, for values of any type; `optvallen` is the buffer's size, then the value's. EFAULT, EINVAL. */
ZMQ_EXPORT int zmq_ctx_get_ext(void *context, int option, void *optval, size_t *optvallen);

/* Not built yet: ENOTSUP. */
ZMQ_EXPORT int zmq_msg_set_group(zmq_msg_t *msg, const char *group);

/* Not built yet: NULL and ENOTSUP. */
ZMQ_EXPORT const char *zmq_msg_group(zmq_msg_t *msg);

/* Not built yet: ENOTSUP. */
ZMQ_EXPORT int zmq_join(void *s, const char *group);

/* Not built yet: ENOTSUP. */
ZMQ_EXPORT int zmq_leave(void *s, const char *group);

/* Not built yet: 0 and ENOTSUP. */
ZMQ_EXPORT uint32_t zmq_connect_peer(void *s, const char *addr);

/* Not built yet: ENOTSUP. */
ZMQ_EXPORT int zmq_disconnect_peer(void *s, uint32_t routing_id);

/* Not built yet: ENOTSUP. */
ZMQ_EXPORT int zmq_socket_get_peer_state(void *s, const void *routing_id, size_t routing_id_size);

/* Not built yet: ENOTSUP. */
ZMQ_EXPORT int zmq_socket_monitor_pipes_stats(void *s);
#endif

/* Sends the socket's events (a mask of ZMQ_EVENT_ bits) to an inproc endpoint; NULL ends that. ENOTSOCK, EINVAL,
 EPROTONOSUPPORT, EADDRINUSE, ETERM. */
ZMQ_EXPORT int zmq_socket_monitor(void *s, const char *addr, int events);

#if defined ZMQ_BUILD_DRAFT_API
/* As zmq_socket_monitor, with the version of the event frames and the type of the monitor's socket. EINVAL for others than
 version 1 over ZMQ_PAIR. */
ZMQ_EXPORT
int zmq_socket_monitor_versioned(void *s,
                                 const char *addr,
                                 uint64_t events,
                                 int event_version,
                                 int type);
#endif

/* Initialises an empty message. EFAULT. */
ZMQ_EXPORT int zmq_msg_init(zmq_msg_t *msg);

/* Initialises a message of `size` bytes. ENOMEM, EFAULT. */
ZMQ_EXPORT int zmq_msg_init_size(zmq_msg_t *msg, size_t size);

/* Initialises a message over the caller's memory; `ffn` is called once, on any thread, when it is not needed any more. Without
 `ffn` the memory is taken for constant. ENOMEM, EFAULT. */
ZMQ_EXPORT
int zmq_msg_init_data(zmq_msg_t *msg,
                      void *data,
                      size_t size,
                      zmq_free_fn * ffn,
                      void *hint);

/* Releases a message. EFAULT. */
ZMQ_EXPORT int zmq_msg_close(zmq_msg_t *msg);

/* Moves the content of `src` to `dest`, whose own is released; `src` is empty afterwards, even if it is `dest`. EFAULT. */
ZMQ_EXPORT int zmq_msg_move(zmq_msg_t *dest, zmq_msg_t *src);

/* Makes `dest`, whose own content is released, a message over the content of `src`. EFAULT. */
ZMQ_EXPORT int zmq_msg_copy(zmq_msg_t *dest, zmq_msg_t *src);

/* Address of the content. NULL and EFAULT for a bad message. */
ZMQ_EXPORT void *zmq_msg_data(zmq_msg_t *msg);

/* Size of the content in bytes. 0 and EFAULT for a bad message. */
ZMQ_EXPORT size_t zmq_msg_size(const zmq_msg_t *msg);

/* Whether more parts of the message follow: 1 or 0. */
ZMQ_EXPORT int zmq_msg_more(const zmq_msg_t *msg);

/* A property of the message: ZMQ_MORE, ZMQ_SRCFD or ZMQ_SHARED. EINVAL, EFAULT. */
ZMQ_EXPORT int zmq_msg_get(const zmq_msg_t *msg, int property);

/* No property can be set: EINVAL. */
ZMQ_EXPORT int zmq_msg_set(zmq_msg_t *msg, int property, int optval);

/* A property of the connection that the message came over; the text lives as long as the message. NULL and EINVAL, EFAULT. */
ZMQ_EXPORT
const char *zmq_msg_gets(const zmq_msg_t *msg,
                         const char *property);

/* Waits for events of sockets and descriptors, at most `timeout` milliseconds (-1: for ever); the number of items with events.
 EFAULT, EINVAL, ENOTSOCK, ETERM, EINTR. */
ZMQ_EXPORT
int zmq_poll(zmq_pollitem_t *items,
             int nitems,
             long timeout);

#if defined ZMQ_BUILD_DRAFT_API
/* As zmq_poll, with `sigmask` (a `sigset_t`, or NULL) as the thread's signal mask during the wait. A signal that is pending
 when the wait begins and that `sigmask` lets through ends it with EINTR. */
ZMQ_EXPORT
int zmq_ppoll(zmq_pollitem_t *items,
              int nitems,
              long timeout,
              const void *sigmask);

/* Creates a poller. NULL and EMFILE if there is no room for it. */
ZMQ_EXPORT void *zmq_poller_new(void);

/* Destroys a poller and makes `*poller_p` NULL. EFAULT. */
ZMQ_EXPORT int zmq_poller_destroy(void **poller_p);

/* Number of registered objects. EFAULT. */
ZMQ_EXPORT int zmq_poller_size(void *poller);

/* Registers a socket for `events`. EFAULT, ENOTSOCK, EINVAL if it is registered. */
ZMQ_EXPORT int zmq_poller_add(void *poller, void *socket, void *user_data, short events);

/* Registers a socket for other events. EFAULT, ENOTSOCK, EINVAL if it is not registered. */
ZMQ_EXPORT int zmq_poller_modify(void *poller, void *socket, short events);

/* Forgets a socket. EFAULT, ENOTSOCK, EINVAL if it is not registered. */
ZMQ_EXPORT int zmq_poller_remove(void *poller, void *socket);

/* Registers a descriptor for `events`. EFAULT, EBADF, EINVAL if it is registered. */
ZMQ_EXPORT int zmq_poller_add_fd(void *poller, zmq_fd_t fd, void *user_data, short events);

/* Registers a descriptor for other events. EFAULT, EBADF, EINVAL if it is not registered. */
ZMQ_EXPORT int zmq_poller_modify_fd(void *poller, zmq_fd_t fd, short events);

/* Forgets a descriptor. EFAULT, EBADF, EINVAL if it is not registered. */
ZMQ_EXPORT int zmq_poller_remove_fd(void *poller, zmq_fd_t fd);

/* Waits for one object with events; 0. EAGAIN (time is up), else as of zmq_poller_wait_all. */
ZMQ_EXPORT int zmq_poller_wait(void *poller, struct zmq_poller_event_t *event, long timeout);

/* Waits until objects have events, at most `timeout` milliseconds (-1: for ever); the number of events written, at most
 `n_events`. EAGAIN (time is up), EFAULT, EINVAL, ENOTSOCK, ETERM, EINTR. */
ZMQ_EXPORT int zmq_poller_wait_all(void *poller, struct zmq_poller_event_t *events, int n_events, long timeout);

/* The descriptor of a poller over thread-safe sockets, of which there are none yet: EINVAL. EFAULT. */
ZMQ_EXPORT int zmq_poller_fd(void *poller, zmq_fd_t *fd);
#endif

/* Passes messages between two sockets (and a copy to `capture`, unless NULL) until the context ends. EFAULT, ENOTSOCK, ETERM,
 EINTR. */
ZMQ_EXPORT
int zmq_proxy(void *frontend,
              void *backend,
              void *capture);

/* As zmq_proxy, steered by the messages PAUSE, RESUME, STATISTICS and TERMINATE on `control` (unless NULL); 0 after TERMINATE. */
ZMQ_EXPORT
int zmq_proxy_steerable(void *frontend,
                        void *backend,
                        void *capture,
                        void *control);

/* Old form of zmq_proxy; the type says nothing that the sockets do not. */
ZMQ_EXPORT int zmq_device(int type, void *frontend, void *backend);

/* Creates a socket. EFAULT (context), EINVAL (type), EMFILE, ETERM. */
ZMQ_EXPORT void *zmq_socket(void *context, int type);

/* Closes a socket; unsent messages linger as ZMQ_LINGER says. ENOTSOCK. */
ZMQ_EXPORT int zmq_close(void *s);

/* Sets a socket option. ENOTSOCK, EINVAL, ETERM, EINTR. */
ZMQ_EXPORT int zmq_setsockopt(void *s, int option, const void *optval, size_t optvallen);

/* Reads a socket option; `optvallen` is the buffer's size, then the value's. ENOTSOCK, EINVAL, ETERM, EINTR. */
ZMQ_EXPORT int zmq_getsockopt(void *s, int option, void *optval, size_t *optvallen);

/* Accepts connections on an endpoint. ENOTSOCK, EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO, EADDRINUSE, ENODEV, EMTHREAD, ETERM. */
ZMQ_EXPORT
int zmq_bind(void *s,
             const char *addr);

/* Connects to an endpoint. ENOTSOCK, EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO, EMTHREAD, ETERM. */
ZMQ_EXPORT int zmq_connect(void *s, const char *addr);

/* Ends a bind. ENOTSOCK, EINVAL, ENOENT, ETERM. */
ZMQ_EXPORT int zmq_unbind(void *s, const char *addr);

/* Ends a connection. ENOTSOCK, EINVAL, ENOENT, ETERM. */
ZMQ_EXPORT int zmq_disconnect(void *s, const char *addr);

/* Creates a set of timers. NULL and EMFILE if there is no room for it. */
ZMQ_EXPORT void *zmq_timers_new(void);

/* Destroys the set and makes `*timers_p` NULL. EFAULT. */
ZMQ_EXPORT int zmq_timers_destroy(void **timers_p);

/* Adds a timer that runs `handler` every `interval` milliseconds; its id. EFAULT. */
ZMQ_EXPORT int zmq_timers_add(void *timers, size_t interval, zmq_timer_fn * handler, void *arg);

/* Cancels a timer. EFAULT, EINVAL. */
ZMQ_EXPORT int zmq_timers_cancel(void *timers, int timer_id);

/* Gives a timer another interval, beginning now. EFAULT, EINVAL. */
ZMQ_EXPORT int zmq_timers_set_interval(void *timers, int timer_id, size_t interval);

/* Begins a timer's interval anew. EFAULT, EINVAL. */
ZMQ_EXPORT int zmq_timers_reset(void *timers, int timer_id);

/* Milliseconds until the next timer is due; -1 if there is none, or with EFAULT. */
ZMQ_EXPORT long zmq_timers_timeout(void *timers);

/* Runs the handlers of the timers that are due. EFAULT. */
ZMQ_EXPORT int zmq_timers_execute(void *timers);

/* Sends a copy of `len` bytes; their number. EAGAIN, ENOTSUP, EFSM, EINVAL, ETERM, ENOTSOCK, EINTR, EHOSTUNREACH, ENOMEM. */
ZMQ_EXPORT int zmq_send(void *s, const void *buf, size_t len, int flags);

/* Sends `len` bytes that stay where they are for ever, without a copy; their number. Errors as of zmq_send. */
ZMQ_EXPORT int zmq_send_const(void *s, const void *buf, size_t len, int flags);

/* Receives a part into a buffer, cut to `len` bytes; the part's true size. EAGAIN, ENOTSUP, EFSM, ETERM, ENOTSOCK, EINTR. */
ZMQ_EXPORT int zmq_recv(void *s, void *buf, size_t len, int flags);

/* Sends a message part and leaves an empty message behind; the part's size. EFAULT (message), else as of zmq_send. */
ZMQ_EXPORT int zmq_msg_send(zmq_msg_t *msg, void *s, int flags);

/* Receives a part into a message, whose old content is released; the part's size. EFAULT (message), else as of zmq_recv. */
ZMQ_EXPORT int zmq_msg_recv(zmq_msg_t *msg, void *s, int flags);

/* Old form of zmq_msg_send. */
ZMQ_EXPORT int zmq_sendmsg(void *s, zmq_msg_t *msg, int flags);

/* Old form of zmq_msg_recv. */
ZMQ_EXPORT int zmq_recvmsg(void *s, zmq_msg_t *msg, int flags);

/* Sends `count` buffers; the size of the last. With ZMQ_SNDMORE they are the parts of one message, which the last one ends;
 without it each is a message. EINVAL for no buffers, else as of zmq_send. */
ZMQ_EXPORT
int zmq_sendiov(void *s,
                struct iovec *iov,
                size_t count,
                int flags);

/* Receives the parts of a message, at most `count`, each into memory from malloc that the caller frees; their number, which
 `count` gets too. EINVAL for no buffers, else as of zmq_recv. */
ZMQ_EXPORT
int zmq_recviov(void *s,
                struct iovec *iov,
                size_t *count,
                int flags);

/* The version of libzmq that this library implements; places that are NULL are left out. */
ZMQ_EXPORT void zmq_version(int *major, int *minor, int *patch);

/* The calling thread's errno. */
ZMQ_EXPORT int zmq_errno(void);

/* The text of an error number; it must not be changed or freed. */
ZMQ_EXPORT const char *zmq_strerror(int errnum);

/* Whether the library has a capability: 1 or 0. */
ZMQ_EXPORT int zmq_has(const char *capability);

/* Starts a stopwatch. */
ZMQ_EXPORT void *zmq_stopwatch_start(void);

/* Microseconds since the start; 0 and EFAULT for a bad stopwatch. */
ZMQ_EXPORT unsigned long zmq_stopwatch_intermediate(void *watch);

/* Microseconds since the start; the stopwatch is freed. 0 and EFAULT for a bad stopwatch. */
ZMQ_EXPORT unsigned long zmq_stopwatch_stop(void *watch);

/* Sleeps; a negative number of seconds counts as an unsigned one. */
ZMQ_EXPORT void zmq_sleep(int seconds);

/* Starts a thread that runs `func`. NULL and EFAULT without a function, EAGAIN when the system has no thread left. */
ZMQ_EXPORT void *zmq_threadstart(zmq_thread_fn * func, void *arg);

/* Waits for the end of a thread and forgets it. */
ZMQ_EXPORT void zmq_threadclose(void *thread);

#endif  /* __ZMQ_H_INCLUDED__ */

#if defined __cplusplus
}
#endif
