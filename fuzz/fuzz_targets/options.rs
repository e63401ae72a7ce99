//! The target `options` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("options");
