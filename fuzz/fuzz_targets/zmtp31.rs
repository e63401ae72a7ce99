//! The target `zmtp31` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("zmtp31");
