//! A link's writing half: messages are encoded in batches (see `zmtp/outbox.rs`) and written until the kernel takes no more; only
//! then is the descriptor watched for writing. After a failed write the link goes on reading: what the peer has sent is
//! delivered before the connection is given up.

use std::os::fd::AsFd;

use super::{Link, Lost};
use crate::error::Error;
use crate::io::Io;
use crate::msg::{Msg, INLINE};
use crate::pipe::Pipe;
use crate::sys;

/// Slices given to one writev.
const SLICES: usize = 32;

impl Link {
    /// Writes what the protocol has to say; and what is in the pipe, if the descriptor takes bytes again. That may be seen here
    /// before anybody tells: then nobody will.
    pub(super) fn write(&mut self, io: &mut Io<'_>, pipe: &mut Option<Pipe>, writable: bool) -> Result<(), Lost> {
        let stalled = self.interest.is_some_and(|i| i.write);
        match pipe {
            Some(pipe) if writable || stalled => self.pump(io, pipe),
            _ => self.flush(io),
        }
    }

    /// Moves messages from the pipe to the wire until the pipe is empty or the kernel takes no more.
    pub(in crate::session) fn pump(&mut self, io: &mut Io<'_>, pipe: &mut Pipe) -> Result<(), Lost> {
        if !self.protocol.ready() {
            return self.flush(io);
        }
        self.heard = false;
        self.cork.pull(pipe)?;
        self.protocol.swap_memory(io.outgoing);
        let pumped = self.pump_all(io, pipe);
        self.protocol.swap_memory(io.outgoing);
        pumped
    }

    fn pump_all(&mut self, io: &mut Io<'_>, pipe: &mut Pipe) -> Result<(), Lost> {
        loop {
            let drained = loop {
                self.encode_waiting(pipe)?;
                if self.is_to_write() {
                    break false;
                }
                if self.cork(io, pipe) || !pipe.can_read() {
                    break true;
                }
            };
            self.hold_little(pipe);
            self.flush(io)?;
            if drained || self.mute || self.protocol.output_len() > 0 {
                return Ok(());
            }
        }
    }

    /// Encodes what is in the pipe, until there is enough to be written.
    pub(super) fn encode_waiting(&mut self, pipe: &mut Pipe) -> Result<(), Lost> {
        let mut msg = Msg::new();
        while !self.is_to_write() && pipe.read_on(&mut msg) {
            let size = msg.len();
            if size > INLINE {
                pipe.foresee();
            }
            self.cork.count(size);
            self.protocol.encode_from(&mut msg)?;
        }
        Ok(())
    }

    /// Whether nothing more is to be encoded now.
    fn is_to_write(&self) -> bool {
        self.mute || self.protocol.output_is_full()
    }

    /// Writes what was encoded; watches for writing if the kernel does not take it all.
    pub(super) fn flush(&mut self, io: &mut Io<'_>) -> Result<(), Lost> {
        while !self.mute && self.protocol.output_len() > 0 {
            let written = match self.protocol.contiguous() {
                Some(bytes) => sys::send(self.fd.as_fd(), bytes),
                None => {
                    let mut slices = [std::io::IoSlice::new(&[]); SLICES];
                    sys::send_vectored(self.fd.as_fd(), self.protocol.output(&mut slices))
                }
            };
            match written {
                Ok(n) => self.protocol.advance(n)?,
                Err(Error::EAGAIN) if self.widen() => {}
                Err(Error::EAGAIN) => return self.watch(io, !self.paused, true),
                Err(_) => self.mute = true,
            }
        }
        match self.interest {
            Some(i) if i.write => self.watch(io, i.read, false),
            _ => Ok(()),
        }
    }
}
