//! The NULL mechanism (RFC 37): each side says READY with its metadata, in any order, and that is all.
//!
//! With a ZAP domain the handler is asked first, and READY waits for its consent. Without a handler there is nobody to
//! refuse, so the connection goes on, as in libzmq (unless ZMQ_ZAP_ENFORCE_DOMAIN is set).

use crate::consts::ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND;

use super::{on_error_command, split_command, zap, Cipher, Failure, Introduction, Mechanism, Properties, State};

/// How this side's part stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    AskZap,
    AwaitZap,
    SayReady,
    SaidReady,
    /// With the ZAP status.
    SayError(i32),
    Refused,
}

/// One NULL handshake.
pub struct Null {
    introduction: Introduction,
    need: zap::Need,
    own: Own,
    peer: Option<Properties>,
}

impl Null {
    /// A handshake with this introduction.
    pub fn new(introduction: Introduction, need: zap::Need) -> Self {
        let own = if need == zap::Need::None { Own::SayReady } else { Own::AskZap };
        Self { introduction, need, own, peer: None }
    }
}

impl Cipher for Null {}

impl Mechanism for Null {
    fn next_command(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let (body, next) = match self.own {
            Own::SayReady => (Some(self.introduction.say(b"\x05READY")), Own::SaidReady),
            Own::SayError(status) => (zap::error_command(b"\x05ERROR", status), Own::Refused),
            _ => return Ok(None),
        };
        self.own = next;
        Ok(body)
    }

    fn on_command(&mut self, body: &[u8]) -> Result<(), Failure> {
        match split_command(body) {
            Some((b"READY", data)) => {
                self.peer = Some(self.introduction.hear(data)?);
                Ok(())
            }
            Some((b"ERROR", data)) => Err(on_error_command(data)),
            _ => Err(Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND)),
        }
    }

    fn state(&self) -> State {
        match self.own {
            Own::AskZap | Own::AwaitZap => State::AwaitingZap,
            Own::SaidReady if self.peer.is_some() => State::Done,
            _ => State::Handshaking,
        }
    }

    fn zap_request(&mut self) -> Option<zap::Request> {
        if self.own != Own::AskZap {
            return None;
        }
        self.own = Own::AwaitZap;
        Some(zap::Request { mechanism: "NULL", credentials: Vec::new() })
    }

    fn on_zap_reply(&mut self, reply: zap::Reply) -> Result<(), Failure> {
        let verdict = self.need.verdict(&reply);
        self.own = match verdict {
            Ok(()) => Own::SayReady,
            Err(Failure::Auth(status)) => Own::SayError(status),
            Err(_) => Own::Refused,
        };
        verdict
    }

    fn peer_properties(&mut self) -> Properties {
        self.peer.take().unwrap_or_default()
    }
}
