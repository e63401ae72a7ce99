//! What zmq.h offers beside sockets: proxies, timers, pollers, stopwatches, threads, keys. Plain code over `socket` and `sys`;
//! the C edge calls it.
#![forbid(unsafe_code)]

pub mod capabilities;
pub mod keys;
pub mod poller;
pub mod proxy;
pub mod stopwatch;
pub mod threads;
pub mod timers;
