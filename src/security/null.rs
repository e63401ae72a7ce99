//! The NULL mechanism (RFC 37): each side says READY with its metadata, in any order, and that is all.
//!
//! With a ZAP domain the handler is asked first, and READY waits for its consent. Without a handler there is nobody to
//! refuse, so the connection goes on, as in libzmq.

use crate::consts::ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND;

use super::{on_error_command, split_command, zap, Failure, Mechanism, Properties, State};

/// How this side's part stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    AskZap,
    AwaitZap,
    SayReady,
    SaidReady,
}

/// One NULL handshake.
pub struct Null {
    properties: Properties,
    own: Own,
    peer: Option<Properties>,
}

impl Null {
    /// A handshake that will say `properties`; `ask_zap` if a ZAP domain is set.
    pub fn new(properties: Properties, ask_zap: bool) -> Self {
        Self { properties, own: if ask_zap { Own::AskZap } else { Own::SayReady }, peer: None }
    }
}

impl Mechanism for Null {
    fn next_command(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.own != Own::SayReady {
            return Ok(None);
        }
        self.own = Own::SaidReady;
        let mut body = b"\x05READY".to_vec();
        self.properties.write(&mut body);
        Ok(Some(body))
    }

    fn on_command(&mut self, body: &[u8]) -> Result<(), Failure> {
        match split_command(body) {
            Some((b"READY", data)) => {
                self.peer = Some(Properties::read(data)?);
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
        match reply {
            zap::Reply::NoHandler | zap::Reply::Answered { status: 200, .. } => {
                self.own = Own::SayReady;
                Ok(())
            }
            zap::Reply::Answered { status, .. } => Err(Failure::Auth(status)),
        }
    }

    fn peer_properties(&mut self) -> Properties {
        self.peer.take().unwrap_or_default()
    }
}
