//! The C edge: every function of zmq.h, and the only `extern "C"` functions of the library, one file per group of man pages.
//!
//! A function here only translates: pointers to references ([`pointer`]), `Result` to return value and errno ([`call`]). What it
//! does lives below, in `ctx`, `socket`, `msg` and `util`. All 97 names are always exported, the 27 draft ones too, so that
//! with LD_PRELOAD no call falls through to another libzmq in the process.
//!
//! cbindgen makes `include/zmq.h` of these files and of `consts.rs`; `tests/header.rs` keeps the two equal.

mod atomic;
mod call;
mod ctx;
mod curve;
#[cfg(not(zmq_stable_only))]
mod draft;
mod monitor;
mod msg;
mod pointer;
mod poll;
#[cfg(not(zmq_stable_only))]
mod poller;
mod proxy;
mod socket;
mod timers;
mod transfer;
mod util;
