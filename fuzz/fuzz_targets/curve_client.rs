//! The target `curve_client` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("curve_client");
