//! The target `between_plain` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("between_plain");
