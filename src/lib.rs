//! oxizmq
pub mod consts;
pub mod error;
pub mod msg;
pub mod options;
pub mod pipe;
mod sync;
