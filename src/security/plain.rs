//! The PLAIN mechanism (RFC 24): the client says user name and password in clear, the ZAP handler judges them.
//!
//! ```text
//! client: HELLO(user, password)          INITIATE(metadata)
//! server:                       WELCOME                     READY(metadata)
//! ```
//!
//! Without a handler nobody could tell a good password from a bad one, so the server refuses everybody, as libzmq does; and
//! also where ZMQ_ZAP_ENFORCE_DOMAIN forbids to ask because there is no domain (there libzmq aborts).
//!
//! libzmq (to 4.3.4 at least) means to write the name of the ERROR command here, `5 "ERROR"`, and writes `^RROR`: its C
//! source has a hexadecimal escape that swallows the E. Both ends of it agree, so this is what the server says, or a libzmq
//! client would not know why it was refused; the client understands both.

use crate::consts::*;
use crate::error::Error;
use crate::options::{self, Secret};

use super::{on_error_command, split_command, zap, Cipher, Failure, Introduction, Mechanism, Properties, State};

/// ERROR as libzmq's PLAIN writes it; see above.
const ERROR: &[u8] = b"^RROR";

fn unexpected() -> Failure {
    Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND)
}

/// A length octet and as many bytes, from the front of `data`.
fn short_string<'a>(data: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (&length, rest) = data.split_first()?;
    let (text, rest) = rest.split_at_checked(length as usize)?;
    *data = rest;
    Some(text)
}

fn push_short_string(body: &mut Vec<u8>, text: &[u8]) {
    // The options take no more than 255 bytes.
    let text = &text[..text.len().min(255)];
    body.push(text.len() as u8);
    body.extend_from_slice(text);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ClientStep {
    SayHello,
    WaitWelcome,
    SayInitiate,
    WaitReady,
    Done,
}

/// The client's side of one handshake.
pub struct Client {
    step: ClientStep,
    username: Secret<Vec<u8>>,
    password: Secret<Vec<u8>>,
    own: Introduction,
    peer: Properties,
}

impl Client {
    /// A handshake with these credentials, at most 255 bytes each, that will say `own` about this side.
    pub fn new(username: Secret<Vec<u8>>, password: Secret<Vec<u8>>, own: Introduction) -> Self {
        Self { step: ClientStep::SayHello, username, password, own, peer: Properties::default() }
    }

    fn hello(&self) -> Vec<u8> {
        // Enough for all, so that no shorter copy of the password stays behind in the heap.
        let mut body = Vec::with_capacity(8 + self.username.len() + self.password.len());
        body.extend_from_slice(b"\x05HELLO");
        push_short_string(&mut body, &self.username);
        push_short_string(&mut body, &self.password);
        body
    }
}

impl Cipher for Client {}

impl Mechanism for Client {
    fn next_command(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match self.step {
            ClientStep::SayHello => {
                self.step = ClientStep::WaitWelcome;
                Ok(Some(self.hello()))
            }
            ClientStep::SayInitiate => {
                self.step = ClientStep::WaitReady;
                Ok(Some(self.own.say(b"\x08INITIATE")))
            }
            _ => Ok(None),
        }
    }

    fn on_command(&mut self, body: &[u8]) -> Result<(), Failure> {
        if let Some(data) = body.strip_prefix(ERROR) {
            return Err(on_error_command(data));
        }
        match (split_command(body).ok_or_else(unexpected)?, self.step) {
            ((b"WELCOME", data), ClientStep::WaitWelcome) => {
                if !data.is_empty() {
                    return Err(Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME));
                }
                self.step = ClientStep::SayInitiate;
            }
            ((b"READY", data), ClientStep::WaitReady) => {
                let bad = Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA);
                self.peer = self.own.hear(data).map_err(|_| bad)?;
                self.step = ClientStep::Done;
            }
            ((b"ERROR", data), _) => return Err(on_error_command(data)),
            _ => return Err(unexpected()),
        }
        Ok(())
    }

    fn state(&self) -> State {
        if self.step == ClientStep::Done {
            State::Done
        } else {
            State::Handshaking
        }
    }

    fn peer_properties(&mut self) -> Properties {
        std::mem::take(&mut self.peer)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ServerStep {
    WaitHello,
    AskZap,
    AwaitZap,
    SayWelcome,
    WaitInitiate,
    SayReady,
    Done,
    /// With the ZAP status.
    SayError(i32),
    Refused,
}

/// The server's side of one handshake.
pub struct Server {
    step: ServerStep,
    /// Whether the handler may be asked.
    may_ask: bool,
    credentials: Vec<Secret<Vec<u8>>>,
    own: Introduction,
    peer: Properties,
}

impl Server {
    /// A handshake that will say `own` about this side.
    pub fn new(options: &options::Security, own: Introduction) -> Self {
        let may_ask = !options.zap_domain.is_empty() || !options.zap_enforce_domain;
        Self { step: ServerStep::WaitHello, may_ask, credentials: Vec::new(), own, peer: Properties::default() }
    }

    fn on_hello(&mut self, mut data: &[u8]) -> Result<(), Failure> {
        let malformed = || Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO);
        let username = short_string(&mut data).ok_or_else(malformed)?;
        let password = short_string(&mut data).filter(|_| data.is_empty()).ok_or_else(malformed)?;
        if !self.may_ask {
            return Err(Failure::System(Error::EFAULT));
        }
        self.credentials = vec![username.to_vec().into(), password.to_vec().into()];
        self.step = ServerStep::AskZap;
        Ok(())
    }
}

impl Cipher for Server {}

impl Mechanism for Server {
    fn next_command(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let (body, next) = match self.step {
            ServerStep::SayWelcome => (Some(b"\x07WELCOME".to_vec()), ServerStep::WaitInitiate),
            ServerStep::SayReady => (Some(self.own.say(b"\x05READY")), ServerStep::Done),
            ServerStep::SayError(status) => (zap::error_command(ERROR, status), ServerStep::Refused),
            _ => return Ok(None),
        };
        self.step = next;
        Ok(body)
    }

    fn on_command(&mut self, body: &[u8]) -> Result<(), Failure> {
        let malformed = Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED);
        match (split_command(body).ok_or(malformed)?, self.step) {
            ((b"HELLO", data), ServerStep::WaitHello) => self.on_hello(data),
            ((b"INITIATE", data), ServerStep::WaitInitiate) => {
                self.peer = self.own.hear(data)?;
                self.step = ServerStep::SayReady;
                Ok(())
            }
            _ => Err(unexpected()),
        }
    }

    fn state(&self) -> State {
        match self.step {
            ServerStep::AskZap | ServerStep::AwaitZap => State::AwaitingZap,
            ServerStep::Done => State::Done,
            _ => State::Handshaking,
        }
    }

    fn zap_request(&mut self) -> Option<zap::Request> {
        if self.step != ServerStep::AskZap {
            return None;
        }
        self.step = ServerStep::AwaitZap;
        Some(zap::Request { mechanism: "PLAIN", credentials: std::mem::take(&mut self.credentials) })
    }

    fn on_zap_reply(&mut self, reply: zap::Reply) -> Result<(), Failure> {
        let verdict = zap::Need::Required.verdict(&reply);
        self.step = match verdict {
            Ok(()) => ServerStep::SayWelcome,
            Err(Failure::Auth(status)) => ServerStep::SayError(status),
            Err(_) => ServerStep::Refused,
        };
        verdict
    }

    fn peer_properties(&mut self) -> Properties {
        std::mem::take(&mut self.peer)
    }
}
