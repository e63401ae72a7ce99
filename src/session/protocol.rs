//! What a link speaks: ZMTP, or raw bytes. One shape for both, so that the link does not care.

use std::io::IoSlice;
use std::time::Instant;

use super::Owner;
use crate::error::Error;
use crate::msg::{Growing, Msg, Strip};
use crate::pattern::Wire;
use crate::security::{zap, Failure};
use crate::zmtp::{Connection, Event, Raw};

/// What a link hears from its protocol.
pub(super) enum Heard {
    /// The peer is known; traffic may flow.
    Ready,
    /// A part of a message, or a subscription.
    Message(Msg),
    /// The ZAP handler is to be asked; nothing goes on until [`Protocol::on_zap_reply`].
    Zap(zap::Request),
}

/// See the module comment.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are ZMTP, and a box is one more place for the processor to fetch"
)]
pub(super) enum Protocol {
    Zmtp(Connection),
    /// The flag: `Ready` has been said.
    Raw(Raw, bool),
}

impl Protocol {
    /// ENOMEM; ENOTSUP for a mechanism that is not built.
    pub(super) fn new(owner: &Owner) -> Result<Self, Error> {
        Ok(match owner.wire {
            Wire::Zmtp => Self::Zmtp(Connection::new(owner.kind, &owner.options, Instant::now())?),
            Wire::Raw { .. } => Self::Raw(Raw::new(), false),
        })
    }

    #[inline]
    pub(super) fn decode(&mut self, input: &mut &[u8], now: Instant) -> Result<Option<Heard>, Failure> {
        match self {
            Self::Zmtp(c) => Ok(c.decode(input, now)?.map(|event| match event {
                Event::Message(msg) => Heard::Message(msg),
                Event::Ready => Heard::Ready,
                Event::Zap(request) => Heard::Zap(request),
            })),
            Self::Raw(_, said @ false) => {
                *said = true;
                Ok(Some(Heard::Ready))
            }
            Self::Raw(raw, true) => Ok(raw.decode(input)?.map(Heard::Message)),
        }
    }

    pub(super) fn on_zap_reply(&mut self, reply: zap::Reply) -> Result<(), Failure> {
        match self {
            Self::Zmtp(c) => c.on_zap_reply(reply),
            Self::Raw(..) => Ok(()),
        }
    }

    pub(super) fn arriving(&mut self) -> Option<&mut Growing> {
        match self {
            Self::Zmtp(c) => c.arriving(),
            Self::Raw(..) => None,
        }
    }

    /// Runs of small messages of ZMTP; see [`Connection::decode_run`].
    #[inline(always)]
    pub(super) fn decode_run(&mut self, input: &mut &[u8], strip: &mut Strip<'_>, sink: impl FnMut(Msg) -> bool) {
        if let Self::Zmtp(c) = self {
            c.decode_run(input, strip, sink);
        }
    }

    #[inline]
    pub(super) fn encode_from(&mut self, msg: &mut Msg) -> Result<(), Failure> {
        match self {
            Self::Zmtp(c) => c.encode_from(msg),
            Self::Raw(raw, _) => raw.encode(msg.take()),
        }
    }

    /// Whether encoding a small message merely copies it.
    pub(super) fn is_plain(&self) -> bool {
        self.zmtp().is_some_and(Connection::is_plain)
    }

    /// All that is to be written, where it lies in one piece.
    #[inline]
    pub(super) fn contiguous(&self) -> Option<&[u8]> {
        match self {
            Self::Zmtp(c) => c.contiguous(),
            Self::Raw(raw, _) => raw.contiguous(),
        }
    }

    pub(super) fn output<'a, 's>(&'a self, slices: &'s mut [IoSlice<'a>]) -> &'s [IoSlice<'a>] {
        match self {
            Self::Zmtp(c) => c.output(slices),
            Self::Raw(raw, _) => raw.output(slices),
        }
    }

    /// Takes turns with others in the use of one memory for what is encoded; nothing happens while something waits.
    pub(super) fn swap_memory(&mut self, other: &mut Vec<u8>) {
        if let Self::Zmtp(c) = self {
            c.swap_memory(other);
        }
    }

    #[inline]
    pub(super) fn output_len(&self) -> usize {
        match self {
            Self::Zmtp(c) => c.output_len(),
            Self::Raw(raw, _) => raw.output_len(),
        }
    }

    #[inline]
    pub(super) fn output_is_full(&self) -> bool {
        match self {
            Self::Zmtp(c) => c.output_is_full(),
            Self::Raw(raw, _) => raw.output_is_full(),
        }
    }

    pub(super) fn advance(&mut self, n: usize) -> Result<(), Failure> {
        match self {
            Self::Zmtp(c) => c.advance(n),
            Self::Raw(raw, _) => {
                raw.advance(n);
                Ok(())
            }
        }
    }

    pub(super) fn ready(&self) -> bool {
        match self {
            Self::Zmtp(c) => c.ready(),
            Self::Raw(_, said) => *said,
        }
    }

    pub(super) fn set_reading(&mut self, reading: bool, now: Instant) {
        if let Self::Zmtp(c) = self {
            c.set_reading(reading, now);
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Zmtp(c) => c.deadline(),
            Self::Raw(..) => None,
        }
    }

    pub(super) fn on_deadline(&mut self, now: Instant) -> Result<(), Failure> {
        match self {
            Self::Zmtp(c) => c.on_deadline(now),
            Self::Raw(..) => Ok(()),
        }
    }

    /// The ZMTP connection, if it is one.
    pub(super) fn zmtp(&self) -> Option<&Connection> {
        match self {
            Self::Zmtp(c) => Some(c),
            Self::Raw(..) => None,
        }
    }
}
