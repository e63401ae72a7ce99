//! The target `plain_server` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("plain_server");
