//! The target `zmtp2` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("zmtp2");
