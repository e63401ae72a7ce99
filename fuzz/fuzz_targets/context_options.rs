//! The target `context_options` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("context_options");
