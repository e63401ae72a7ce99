//! The target `socks` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("socks");
