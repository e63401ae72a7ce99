//! The client's side of the CURVE handshake: knows the server's permanent key and has a pair of its own.

use crate::consts::*;
use crate::options::{self, Key};
use crate::security::{on_error_command, split_command, Failure, Introduction, Mechanism, Properties, State};

use super::boxes::{long_nonce, random, short_nonce, Pair, Shared, KEY};
use super::traffic::{Side, Traffic};
use super::{cryptographic, protocol, take, Counter, COOKIE, HELLO, READY_MIN, WELCOME};

/// One handshake and its traffic.
pub struct Client {
    /// The server's permanent public key.
    server: Key,
    /// The permanent pair of this side; its secret is wiped when the handshake is over.
    public: Key,
    secret: Key,
    step: Step,
    introduction: Introduction,
    peer: Properties,
    sent: Counter,
}

enum Step {
    SayHello,
    /// With the transient pair of this side.
    WaitWelcome(Pair),
    /// With what the WELCOME brought.
    SayInitiate {
        transient: Pair,
        server: [u8; KEY],
        cookie: [u8; COOKIE],
    },
    WaitReady(Shared),
    Done(Traffic),
    Failed,
}

impl Client {
    /// With the options' keys.
    pub fn new(options: &options::Security, introduction: Introduction) -> Self {
        Self {
            server: options.curve_server.clone(),
            public: options.curve_public.clone(),
            secret: options.curve_secret.clone(),
            step: Step::SayHello,
            introduction,
            peer: Properties::default(),
            sent: Counter::default(),
        }
    }

    /// A server's key that nobody can have a secret for is as good as a wrong one.
    fn shared(public: &[u8; KEY], secret: &Key) -> Result<Shared, Failure> {
        Shared::between(public, secret).ok_or(Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE))
    }

    fn hello(&mut self) -> Result<Vec<u8>, Failure> {
        let transient = Pair::generate()?;
        let count = self.sent.next()?;
        let nonce = short_nonce(b"CurveZMQHELLO---", count);
        let signature = Self::shared(&self.server, &transient.secret)?.sealed(&nonce, &[&[0; 64]]);
        // Padding makes it larger than the answer, so that a forged sender's address is no weapon.
        let (head, padding) = (&b"\x05HELLO\x01\x00"[..], &[0; 72][..]);
        let hello = [head, padding, &transient.public, &count.to_be_bytes(), &signature].concat();
        debug_assert_eq!(hello.len(), HELLO);
        self.step = Step::WaitWelcome(transient);
        Ok(hello)
    }

    fn on_welcome(&mut self, transient: Pair, body: &[u8], mut data: &[u8]) -> Result<(), Failure> {
        // libzmq's word for one of another size too: the box does not open.
        let malformed = cryptographic();
        if body.len() != WELCOME {
            return Err(malformed);
        }
        let nonce = long_nonce(b"WELCOME-", take(&mut data).ok_or(malformed)?);
        let shared = Self::shared(&self.server, &transient.secret)?;
        let text = shared.opened(&nonce, data).ok_or_else(cryptographic)?;
        let mut text = &text[..];
        let server = *take(&mut text).ok_or(malformed)?;
        let cookie = *take(&mut text).ok_or(malformed)?;
        self.step = Step::SayInitiate { transient, server, cookie };
        Ok(())
    }

    fn initiate(&mut self, transient: &Pair, server: &[u8; KEY], cookie: &[u8; COOKIE]) -> Result<Vec<u8>, Failure> {
        let vouch_random = random()?;
        let vouch = Self::shared(server, &self.secret)?
            .sealed(&long_nonce(b"VOUCH---", &vouch_random), &[&transient.public, &*self.server]);
        let shared = Self::shared(server, &transient.secret)?;
        let count = self.sent.next()?;
        let metadata = self.introduction.say(b"");
        let sealed =
            shared.sealed(&short_nonce(b"CurveZMQINITIATE", count), &[&*self.public, &vouch_random, &vouch, &metadata]);
        self.step = Step::WaitReady(shared);
        Ok([b"\x08INITIATE", &cookie[..], &count.to_be_bytes(), &sealed].concat())
    }

    fn on_ready(&mut self, shared: Shared, body: &[u8], mut data: &[u8]) -> Result<(), Failure> {
        let malformed = Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY);
        if body.len() < READY_MIN {
            return Err(malformed);
        }
        let count = u64::from_be_bytes(*take(&mut data).ok_or(malformed)?);
        let text = shared.opened(&short_nonce(b"CurveZMQREADY---", count), data).ok_or_else(cryptographic)?;
        let bad = Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA);
        self.peer = self.introduction.hear(&text).map_err(|_| bad)?;
        let sent = std::mem::take(&mut self.sent);
        self.secret = Key::default();
        self.step = Step::Done(Traffic::new(shared, false, sent, Counter::begun(count)));
        Ok(())
    }
}

impl Side for Client {
    fn traffic(&mut self) -> Option<&mut Traffic> {
        match &mut self.step {
            Step::Done(traffic) => Some(traffic),
            _ => None,
        }
    }
}

impl Mechanism for Client {
    fn next_command(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match std::mem::replace(&mut self.step, Step::Failed) {
            Step::SayHello => self.hello().map(Some),
            Step::SayInitiate { transient, server, cookie } => self.initiate(&transient, &server, &cookie).map(Some),
            other => {
                self.step = other;
                Ok(None)
            }
        }
    }

    fn on_command(&mut self, body: &[u8]) -> Result<(), Failure> {
        match (split_command(body), std::mem::replace(&mut self.step, Step::Failed)) {
            (Some((b"WELCOME", data)), Step::WaitWelcome(transient)) => self.on_welcome(transient, body, data),
            (Some((b"READY", data)), Step::WaitReady(shared)) => self.on_ready(shared, body, data),
            // No key is agreed on that could open it.
            (Some((b"READY", _)), Step::WaitWelcome(_)) => Err(cryptographic()),
            (Some((b"ERROR", data)), _) => Err(on_error_command(data)),
            _ => protocol(ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND),
        }
    }

    fn state(&self) -> State {
        if matches!(self.step, Step::Done(_)) {
            State::Done
        } else {
            State::Handshaking
        }
    }

    fn peer_properties(&mut self) -> Properties {
        std::mem::take(&mut self.peer)
    }
}
