//! The target `null` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("null");
