//! The target `zmtp30` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("zmtp30");
