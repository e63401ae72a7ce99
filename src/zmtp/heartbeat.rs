//! When to send a PING and when silence has lasted too long (RFC 37, "Connection Heartbeating").
//!
//! Any byte from the peer is a sign of life and calls off whatever deadline its silence had started; libzmq wants whole
//! messages and so cuts large slow ones. Arithmetic is in `Duration`, never in sixteen bits.

use std::time::{Duration, Instant};

use crate::options;

use super::Failure;

/// The timers of one connection.
pub(super) struct Heartbeat {
    interval: Option<Duration>,
    /// Time that the peer has to answer a PING.
    patience: Option<Duration>,
    /// What our PING says about how long the peer shall wait for us, in tenths of a second.
    ttl_tenths: u16,
    next_ping: Option<Instant>,
    /// When an unanswered PING of ours ends the connection.
    unanswered: Option<Instant>,
    /// When the time to live of the peer's last PING is over.
    expired: Option<Instant>,
    /// Whether bytes of the peer would be seen. While they are not, its silence means nothing.
    listening: bool,
}

fn millis(value: i32) -> Option<Duration> {
    u64::try_from(value).ok().filter(|&ms| ms > 0).map(Duration::from_millis)
}

impl Heartbeat {
    pub(super) fn new(options: &options::Heartbeat) -> Self {
        let interval = millis(options.ivl);
        let patience = if options.timeout < 0 { interval } else { millis(options.timeout) };
        Self {
            interval,
            patience,
            ttl_tenths: options.ttl_tenths,
            next_ping: None,
            unanswered: None,
            expired: None,
            listening: true,
        }
    }

    /// The handshake is over: the first PING is one interval away.
    pub(super) fn start(&mut self, now: Instant) {
        self.next_ping = self.interval.map(|i| now + i);
    }

    /// Whether there are PINGs to be sent.
    pub(super) fn is_on(&self) -> bool {
        self.interval.is_some()
    }

    /// Bytes came from the peer.
    #[inline]
    pub(super) fn heard(&mut self) {
        self.unanswered = None;
        self.expired = None;
    }

    /// A PING with this time to live came.
    pub(super) fn on_ping(&mut self, ttl_tenths: u16, now: Instant) {
        let ttl = Duration::from_millis(u64::from(ttl_tenths) * 100);
        self.expired = (ttl_tenths > 0).then(|| now + ttl);
    }

    /// Whether the peer's bytes are being read. A receiver that is held by its high-water mark must not take its own
    /// deafness for the peer's silence; deadlines that ran meanwhile start anew.
    pub(super) fn set_listening(&mut self, listening: bool, now: Instant) {
        if listening && !self.listening {
            self.expired = None;
            self.unanswered = self.unanswered.and(self.patience).map(|p| now + p);
        }
        self.listening = listening;
    }

    /// The earliest moment at which [`Self::on_deadline`] has something to do.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let silence = self.silence();
        self.next_ping.into_iter().chain(silence).min()
    }

    /// When silence becomes death.
    fn silence(&self) -> Option<Instant> {
        if !self.listening {
            return None;
        }
        self.unanswered.into_iter().chain(self.expired).min()
    }

    /// Whether a PING is due, and with which time to live; a failure when the peer has been silent for too long.
    pub(super) fn on_deadline(&mut self, now: Instant) -> Result<Option<u16>, Failure> {
        if self.silence().is_some_and(|at| at <= now) {
            return Err(Failure::Silent);
        }
        let (Some(at), Some(interval)) = (self.next_ping, self.interval) else { return Ok(None) };
        if now < at {
            return Ok(None);
        }
        self.next_ping = Some(now + interval);
        if self.unanswered.is_none() {
            self.unanswered = self.patience.map(|p| now + p);
        }
        Ok(Some(self.ttl_tenths))
    }
}
