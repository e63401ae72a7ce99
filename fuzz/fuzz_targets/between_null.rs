//! The target `between_null` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("between_null");
