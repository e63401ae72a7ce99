//! The target `z85` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("z85");
