//! The target `accept_filter` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("accept_filter");
