//! The server's side of the CURVE handshake: has a permanent key pair, and asks the ZAP handler about the client's.
//!
//! As RFC 26 asks, the transient key of this side is not kept between WELCOME and INITIATE: the client holds it, in a
//! cookie that only this connection's cookie key opens.

use crate::consts::*;
use crate::options::{self, Key, Secret};
use crate::security::{split_command, zap, Failure, Introduction, Mechanism, Properties, State};

use super::boxes::{long_nonce, random, short_nonce, Pair, Shared, KEY};
use super::traffic::{Side, Traffic};
use super::{cryptographic, protocol, take, Counter, COOKIE, HELLO, INITIATE_MIN, WELCOME};

/// One handshake and its traffic.
pub struct Server {
    /// The permanent secret key; wiped when the handshake is over.
    secret: Key,
    need: zap::Need,
    step: Step,
    introduction: Introduction,
    peer: Properties,
    /// The client's permanent key, for the ZAP handler.
    client: [u8; KEY],
    sent: Counter,
    received: Counter,
}

enum Step {
    WaitHello,
    /// With the client's transient key.
    SayWelcome([u8; KEY]),
    WaitInitiate {
        client: [u8; KEY],
        cookie_key: Shared,
    },
    AskZap(Shared),
    AwaitZap(Shared),
    SayReady(Shared),
    Done(Traffic),
    /// With the ZAP status.
    SayError(i32),
    Failed,
}

impl Server {
    /// With the options' secret key. Costs no cryptography until the client has said something.
    pub fn new(options: &options::Security, need: zap::Need, introduction: Introduction) -> Self {
        Self {
            secret: options.curve_secret.clone(),
            need,
            step: Step::WaitHello,
            introduction,
            peer: Properties::default(),
            client: [0; KEY],
            sent: Counter::default(),
            received: Counter::default(),
        }
    }

    fn on_hello(&mut self, body: &[u8]) -> Result<(), Failure> {
        let malformed = Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO);
        let mut data = body.strip_prefix(b"\x05HELLO\x01\x00").filter(|_| body.len() == HELLO).ok_or(malformed)?;
        let _padding: &[u8; 72] = take(&mut data).ok_or(malformed)?;
        let client = *take(&mut data).ok_or(malformed)?;
        let count = u64::from_be_bytes(*take(&mut data).ok_or(malformed)?);
        let shared = Shared::between(&client, &self.secret).ok_or_else(cryptographic)?;
        shared.opened(&short_nonce(b"CurveZMQHELLO---", count), data).ok_or_else(cryptographic)?;
        self.received = Counter::begun(count);
        self.step = Step::SayWelcome(client);
        Ok(())
    }

    fn welcome(&mut self, client: [u8; KEY]) -> Result<Vec<u8>, Failure> {
        let transient = Pair::generate()?;
        let cookie_key = Shared::own()?;
        let (cookie_random, welcome_random) = (random()?, random()?);
        let cookie = cookie_key.sealed(&long_nonce(b"COOKIE--", &cookie_random), &[&client, &*transient.secret]);
        let shared = Shared::between(&client, &self.secret).ok_or_else(cryptographic)?;
        let sealed =
            shared.sealed(&long_nonce(b"WELCOME-", &welcome_random), &[&transient.public, &cookie_random, &cookie]);
        self.step = Step::WaitInitiate { client, cookie_key };
        let welcome = [b"\x07WELCOME", &welcome_random[..], &sealed].concat();
        debug_assert_eq!(welcome.len(), WELCOME);
        Ok(welcome)
    }

    fn on_initiate(&mut self, client: [u8; KEY], cookie_key: &Shared, body: &[u8]) -> Result<(), Failure> {
        let malformed = Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE);
        let mut data = body.strip_prefix(b"\x08INITIATE").filter(|_| body.len() >= INITIATE_MIN).ok_or(malformed)?;
        let secret = open_cookie(take(&mut data).ok_or(malformed)?, &client, cookie_key)?;
        let shared = Shared::between(&client, &secret).ok_or_else(cryptographic)?;
        let count = u64::from_be_bytes(*take(&mut data).ok_or(malformed)?);
        let text = shared.opened(&short_nonce(b"CurveZMQINITIATE", count), data).ok_or_else(cryptographic)?;
        if !self.received.admit(count) {
            return protocol(ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE);
        }
        let mut text = &text[..];
        self.client = *take(&mut text).ok_or(malformed)?;
        let vouch_random = take(&mut text).ok_or(malformed)?;
        let vouch = take(&mut text).ok_or(malformed)?;
        self.check_vouch(&client, &secret, vouch_random, vouch)?;
        self.peer = self.introduction.hear(text)?;
        self.step = if self.need == zap::Need::None { Step::SayReady(shared) } else { Step::AskZap(shared) };
        Ok(())
    }

    /// Whoever has the client's permanent key says that this connection with this server is its own.
    fn check_vouch(
        &self,
        client: &[u8; KEY],
        secret: &Key,
        random: &[u8; 16],
        vouch: &[u8; 80],
    ) -> Result<(), Failure> {
        let shared = Shared::between(&self.client, secret).ok_or_else(cryptographic)?;
        let text = shared.opened(&long_nonce(b"VOUCH---", random), vouch).ok_or_else(cryptographic)?;
        // Public keys all, so no need to hide where they differ.
        let server = Pair::of(self.secret.clone()).public;
        if text[..KEY] != *client || text[KEY..] != server {
            return protocol(ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE);
        }
        Ok(())
    }

    fn ready(&mut self, shared: Shared) -> Result<Vec<u8>, Failure> {
        let count = self.sent.next()?;
        let metadata = self.introduction.say(b"");
        let sealed = shared.sealed(&short_nonce(b"CurveZMQREADY---", count), &[&metadata]);
        let (sent, received) = (std::mem::take(&mut self.sent), std::mem::take(&mut self.received));
        self.step = Step::Done(Traffic::new(shared, true, sent, received));
        self.secret = Key::default();
        Ok([b"\x05READY", &count.to_be_bytes()[..], &sealed].concat())
    }

    fn take_step(&mut self) -> Step {
        std::mem::replace(&mut self.step, Step::Failed)
    }
}

/// The transient secret key from the cookie; it must be the cookie that this client was given.
fn open_cookie(cookie: &[u8; COOKIE], client: &[u8; KEY], key: &Shared) -> Result<Key, Failure> {
    let mut sealed = &cookie[..];
    let nonce = long_nonce(b"COOKIE--", take(&mut sealed).ok_or_else(cryptographic)?);
    let text = key.opened(&nonce, sealed).ok_or_else(cryptographic)?;
    match text.split_first_chunk::<KEY>() {
        Some((of, secret)) if of == client => {
            secret.first_chunk().map(|secret| Secret::from(*secret)).ok_or_else(cryptographic)
        }
        _ => Err(cryptographic()),
    }
}

impl Side for Server {
    fn traffic(&mut self) -> Option<&mut Traffic> {
        match &mut self.step {
            Step::Done(traffic) => Some(traffic),
            _ => None,
        }
    }
}

impl Mechanism for Server {
    fn next_command(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match self.take_step() {
            Step::SayWelcome(client) => self.welcome(client).map(Some),
            Step::SayReady(shared) => self.ready(shared).map(Some),
            Step::SayError(status) => Ok(zap::error_command(b"\x05ERROR", status)),
            other => {
                self.step = other;
                Ok(None)
            }
        }
    }

    fn on_command(&mut self, body: &[u8]) -> Result<(), Failure> {
        let malformed = Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED);
        let (name, _) = split_command(body).ok_or(malformed)?;
        match (name, self.take_step()) {
            (b"HELLO", Step::WaitHello) => self.on_hello(body),
            (b"INITIATE", Step::WaitInitiate { client, cookie_key }) => self.on_initiate(client, &cookie_key, body),
            _ => protocol(ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND),
        }
    }

    fn state(&self) -> State {
        match self.step {
            Step::AskZap(_) | Step::AwaitZap(_) => State::AwaitingZap,
            Step::Done(_) => State::Done,
            _ => State::Handshaking,
        }
    }

    fn zap_request(&mut self) -> Option<zap::Request> {
        match self.take_step() {
            Step::AskZap(shared) => {
                self.step = Step::AwaitZap(shared);
                Some(zap::Request { mechanism: "CURVE", credentials: vec![self.client.to_vec().into()] })
            }
            other => {
                self.step = other;
                None
            }
        }
    }

    fn on_zap_reply(&mut self, reply: zap::Reply) -> Result<(), Failure> {
        let verdict = self.need.verdict(&reply);
        self.step = match (verdict, self.take_step()) {
            (Ok(()), Step::AwaitZap(shared)) => Step::SayReady(shared),
            (Err(Failure::Auth(status)), _) => Step::SayError(status),
            _ => Step::Failed,
        };
        verdict
    }

    fn peer_properties(&mut self) -> Properties {
        std::mem::take(&mut self.peer)
    }
}
