//! oxizmq: libzmq written anew. The library behind `libzmq.so.5`; its interface is the C header `zmq.h`.
//!
//! # The house
//!
//! ```text
//! capi        the extern "C" functions, one file per man-page group; nothing but translation
//! util        what stands on sockets or beside them: proxies, pollers, timers, threads, keys
//! ctx         contexts: options, I/O loops, inproc names, termination
//! socket      a socket: send, receive, options, endpoints, polling, monitoring
//! pattern     the socket types, one small file each over shared parts
//! pipe        the two-way queue between a socket and a peer, with high-water marks
//! session     one connection: descriptor, protocol and pipe; dialling and listening
//! zmtp        the wire protocol without I/O: bytes and time in, bytes, messages and a deadline out
//! security    its mechanisms
//! transport   tcp, ipc, inproc, socks: names, dialling, listening
//! io          the I/O loop: poll backends, deadlines, who runs it
//! sys         every call of the operating system
//! options     what can be set, as tables of rows
//! msg         the 64-byte message
//! handle      what a `void *` of the C interface stands for
//! error       errno
//! ```
//!
//! Calls go down only: capi > util > ctx, socket > {pattern > pipe, session > {zmtp > security, transport > sys}}; io > sys; everyone
//! may use msg, options, error and handle. `tests/house.rs` reads the sources and keeps that rule and the next one.
//!
//! # Invariants
//!
//! * Unsafe code is found in `capi`, `msg`, `pipe` and `sys` alone, each block with its SAFETY comment.
//! * Nothing that a peer, the system or a caller does ends, hangs or corrupts the process. A panic is a bug of ours and stops
//!   at the C edge (the call fails with EFAULT) or in the loop (that connection ends).
//! * A socket's commands are worked off inside calls on that socket only, by whichever thread makes them.
//! * Nothing that lives in an I/O loop depends on which thread runs the loop.
//! * The loop's lock is taken before leaf locks (mailboxes, conflate cells, a monitor's own socket) only; who holds a socket's
//!   lock never waits for a loop's.
//! * Callbacks of the application (free functions) run while this thread holds no lock of the library.
//! * What a pipe shows its reader are whole messages; no multipart message is ever delivered in part.
#![warn(missing_docs)]

pub mod capi;
pub mod consts;
pub mod ctx;
pub mod error;
#[doc(hidden)]
pub mod fuzz;
pub mod handle;
pub mod io;
pub mod msg;
pub mod options;
pub mod pattern;
pub mod pipe;
pub mod security;
pub mod session;
pub mod socket;
pub mod socket_type;
mod sync;
pub mod sys;
pub mod transport;
pub mod util;
pub mod z85;
pub mod zmtp;
