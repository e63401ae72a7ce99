//! The target `endpoint` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("endpoint");
