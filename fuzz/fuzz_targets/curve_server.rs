//! The target `curve_server` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("curve_server");
