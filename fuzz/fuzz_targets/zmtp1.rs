//! The target `zmtp1` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("zmtp1");
