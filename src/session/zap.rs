//! The ZAP client: carries a connection's question to the application's handler and the answer back (RFC 27).
//!
//! Each question is a small actor of its own beside the session, in the same loop, with a pipe of its own to the handler's
//! socket. So questions of different connections overtake each other, a late answer reaches nobody, and neither a slow nor a
//! dead handler holds up anything but the connections that wait for it; those end with their handshake's time.

use super::Owner;
use crate::error::{Error, Result};
use crate::io::{Actor, Group, Io, Key, Note};
use crate::msg::Msg;
use crate::pipe::{Pipe, PipeEvent};
use crate::security::zap::{Reply, Request};
use crate::security::Failure;

/// No endpoint's group: a socket that closes may still have messages for a peer whose handshake needs the answer. The link
/// that asked stops its question itself.
const ALONE: Group = 0;

/// How a session reaches the handler of its context.
pub trait ZapDoor: Send + Sync {
    /// A pipe to the socket that is bound to inproc://zeromq.zap.01; None if there is none.
    fn open(&self) -> Option<Pipe>;
}

/// Asks the handler about the peer at `address`; the answer comes to the running actor as [`Note::Zap`] under the key that
/// is returned. None: there is no handler. ENOMEM.
pub(super) fn ask(io: &Io<'_>, owner: &Owner, address: &str, request: &Request) -> Result<Option<Key>> {
    let Some(mut pipe) = owner.zap.open() else { return Ok(None) };
    let security = &owner.options.security;
    let frames = request.frames(&security.zap_domain, address.as_bytes(), &owner.options.routing_id);
    let mut left = frames.len();
    for frame in frames {
        left -= 1;
        let mut msg = Msg::from_slice(frame)?;
        msg.set_more(left > 0);
        // A handler that goes away at this moment shows at the end of the pipe.
        let _ = pipe.write(msg);
    }
    pipe.flush();
    Ok(Some(io.this().add(Box::new(Dialogue { pipe, asker: io.key(), reply: Vec::new() }), ALONE)))
}

/// One question.
struct Dialogue {
    pipe: Pipe,
    asker: Key,
    /// Frames of the reply that have come.
    reply: Vec<Msg>,
}

impl Dialogue {
    fn read(&mut self, io: &mut Io<'_>) {
        while let Some(msg) = self.pipe.read() {
            let last = !msg.more();
            // One frame too many tells that there are too many.
            if self.reply.len() <= Reply::FRAMES {
                self.reply.push(msg);
            }
            if last {
                let frames: Vec<_> = self.reply.iter().map(Msg::data).collect();
                return self.finish(io, Reply::read(&frames));
            }
        }
        if self.pipe.ended() {
            self.finish(io, Err(Failure::System(Error::EFAULT)));
        }
    }

    fn finish(&mut self, io: &mut Io<'_>, answer: std::result::Result<Reply, Failure>) {
        io.this().note(self.asker, Note::Zap(io.key(), answer));
        io.finish();
    }
}

impl Actor for Dialogue {
    fn start(&mut self, io: &mut Io<'_>) {
        self.pipe.attach(io.this(), io.key());
        self.read(io);
    }

    fn on_ready(&mut self, _io: &mut Io<'_>, _readable: bool, _writable: bool) {}

    fn on_pipe(&mut self, io: &mut Io<'_>, _event: PipeEvent) {
        self.read(io);
    }

    fn on_note(&mut self, io: &mut Io<'_>, note: Note) {
        if matches!(note, Note::Stop) {
            io.finish();
        }
    }
}
