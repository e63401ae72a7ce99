//! The target `greeting` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("greeting");
