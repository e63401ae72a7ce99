//! Passing messages from one socket to another while both are locked: what a proxy does all day, without a look-up, a lock
//! and a wake-up for each message.

use super::{enter, Socket};
use crate::error::Result;
use crate::handle::{Guard, Handle};
use crate::msg::{Deferral, Msg};
use crate::pipe::Batch;

/// What went by.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Traffic {
    /// Whole messages.
    pub messages: u64,
    /// Bytes of all parts.
    pub bytes: u64,
}

impl Traffic {
    /// Counts a part.
    pub fn add(&mut self, part: &Msg) {
        self.add_part(part.len(), part.more());
    }

    fn add_part(&mut self, len: usize, more: bool) {
        self.messages += u64::from(!more);
        self.bytes += len as u64;
    }
}

/// Why passing ended.
pub enum Stop {
    /// The source has nothing (any more), or does not give it.
    Empty,
    /// The target has no room; nothing was taken for it.
    Full,
    /// As many messages as were asked for have been passed.
    Enough,
    /// The target did not take this part.
    Refused(Msg),
}

/// Passes up to `most` messages from `source` to `target`, another socket, without waiting: what was passed, and why no more.
/// ENOTSOCK, ETERM.
pub fn relay(source: Handle, target: Handle, most: u64) -> Result<(Traffic, Stop)> {
    let _deferral = Deferral::begin();
    // Who waits for these messages is woken when both sockets are free again.
    let _batch = Batch::begin();
    let (mut source, mut target) = enter_both(source, target)?;
    let mut passed = Traffic::default();
    let stop = pass(&mut source, &mut target, most, &mut passed);
    Ok((passed, stop))
}

/// Everybody who locks two sockets locks the one with the smaller handle first.
fn enter_both(a: Handle, b: Handle) -> Result<(Guard<Socket>, Guard<Socket>)> {
    if a.as_ptr() < b.as_ptr() {
        let first = enter(a)?;
        return Ok((first, enter(b)?));
    }
    let first = enter(b)?;
    Ok((enter(a)?, first))
}

fn pass(source: &mut Socket, target: &mut Socket, most: u64, passed: &mut Traffic) -> Stop {
    if !target.pattern.can_send(&mut target.pipes) {
        return Stop::Full;
    }
    while passed.messages < most {
        let mut part = Msg::new();
        if source.receive(&mut part).is_err() {
            return Stop::Empty;
        }
        let (len, more) = (part.len(), part.more());
        if target.forward(&mut part).is_err() {
            return Stop::Refused(part);
        }
        passed.add_part(len, more);
    }
    Stop::Enough
}

impl Socket {
    fn forward(&mut self, part: &mut Msg) -> Result<()> {
        part.set_metadata(None);
        self.transmit(part)
    }
}
