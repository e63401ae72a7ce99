//! The target `between_curve` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("between_curve");
