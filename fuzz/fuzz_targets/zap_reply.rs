//! The target `zap_reply` of `oxizmq::fuzz`.
#![no_main]
oxizmq_fuzz::target!("zap_reply");
