//! The target `plain_client` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("plain_client");
