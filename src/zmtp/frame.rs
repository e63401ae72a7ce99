//! Frames: cutting the stream into them, and their headers.
//!
//! Two framings exist. ZMTP 1.0 counts the flags octet into the length: `length flags body`, length 0xff meaning that
//! eight octets of length follow. ZMTP 2.0 and later: `flags length body`, with a flag for eight octets. A header is
//! parsed from the slice whole or not at all; only a body that has not arrived completely is kept between calls, in memory
//! that grows with what arrives.

use crate::msg::{Growing, Msg, Strip, INLINE};

use super::Failure;

/// Flag octet: more frames of this message follow. Both framings.
pub(super) const MORE: u8 = 1;
/// Flag octet: the length has eight octets. ZMTP 2.0 and later.
const LONG: u8 = 2;
/// Flag octet: the body is a command. ZMTP 3.
pub(super) const COMMAND: u8 = 4;

/// What commands may have whatever ZMQ_MAXMSGSIZE says, in octets: a PING and its context.
const COMMAND_MIN: u64 = 32;

/// Longest header of both framings: ten octets in ZMTP 1.0, nine later.
pub(super) const HEADER_MAX: usize = 10;

/// How frames look on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Framing {
    /// ZMTP 1.0 (RFC 13).
    V1,
    /// ZMTP 2.0 and later (RFC 15, 23, 37).
    V2,
}

/// One frame from the peer: its flags in the sense of ZMTP 3 and its body.
pub(super) struct Frame {
    pub(super) command: bool,
    /// The body, with the more flag set as on the wire.
    pub(super) body: Msg,
}

#[derive(Clone, Copy)]
struct Header {
    /// Octets of the header itself.
    length: usize,
    flags: u8,
    /// Octets of the body.
    size: u64,
}

impl Framing {
    /// The header at the front of `b`. None: it is cut short.
    #[inline]
    fn parse(self, b: &[u8]) -> Result<Option<Header>, Failure> {
        match self {
            Self::V2 => Ok(Self::parse_v2(b)),
            Self::V1 => Self::parse_v1(b),
        }
    }

    #[inline]
    fn parse_v2(b: &[u8]) -> Option<Header> {
        let (&flags, rest) = b.split_first()?;
        if flags & LONG == 0 {
            return rest.first().map(|&size| Header { length: 2, flags, size: size.into() });
        }
        let size = rest.first_chunk::<8>()?;
        Some(Header { length: 9, flags, size: u64::from_be_bytes(*size) })
    }

    fn parse_v1(b: &[u8]) -> Result<Option<Header>, Failure> {
        let Some((&first, rest)) = b.split_first() else { return Ok(None) };
        let (size, flags, length) = if first < 0xff {
            (first.into(), rest.first(), 2)
        } else {
            let Some((size, rest)) = rest.split_first_chunk::<8>() else { return Ok(None) };
            (u64::from_be_bytes(*size), rest.first(), 10)
        };
        let size = size.checked_sub(1).ok_or(Failure::Refused("a ZMTP 1.0 frame has length zero"))?;
        // Only the lowest bit has a meaning here; the others must not look like a command.
        Ok(flags.map(|&flags| Header { length, flags: flags & MORE, size }))
    }

    /// Appends the header of a body of `size` octets.
    #[inline]
    pub(super) fn write_header(self, out: &mut Vec<u8>, flags: u8, size: usize) {
        match (self, u8::try_from(size)) {
            (Self::V2, Ok(short)) => out.extend_from_slice(&[flags, short]),
            (Self::V2, Err(_)) => {
                let [a, b, c, d, e, f, g, h] = (size as u64).to_be_bytes();
                out.extend_from_slice(&[flags | LONG, a, b, c, d, e, f, g, h]);
            }
            (Self::V1, Ok(short @ ..=0xfd)) => out.extend_from_slice(&[short + 1, flags & MORE]),
            (Self::V1, _) => {
                let [a, b, c, d, e, f, g, h] = (size as u64 + 1).to_be_bytes();
                out.extend_from_slice(&[0xff, a, b, c, d, e, f, g, h, flags & MORE]);
            }
        }
    }
}

/// A body that has not arrived completely; it comes first, for it says whether there is one.
#[repr(C)]
struct Partial {
    body: Growing,
    /// How much had arrived when it was last looked at.
    seen: usize,
    flags: u8,
}

/// Cuts what the peer sends into frames. What a whole frame needs comes first.
#[repr(C)]
pub(super) struct Reader {
    /// Largest body of a message that is let in, in octets; commands may have [`COMMAND_MIN`] in any case.
    limit: u64,
    framing: Framing,
    head_length: u8,
    partial: Option<Partial>,
    /// A header that was cut short, from its first octet.
    head: [u8; HEADER_MAX],
}

impl Reader {
    pub(super) fn new(framing: Framing, limit: u64) -> Self {
        Self { limit, framing, head: [0; HEADER_MAX], head_length: 0, partial: None }
    }

    pub(super) fn framing(&self) -> Framing {
        self.framing
    }

    pub(super) fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// Starts anew with another framing and the first octets of the first header.
    pub(super) fn restart(&mut self, framing: Framing, mut head: &[u8]) {
        self.framing = framing;
        self.keep_head(&mut head);
    }

    /// Whether bytes were read into [`Self::arriving`] since the last call of `next`.
    pub(super) fn moved(&self) -> bool {
        self.partial.as_ref().is_some_and(|p| p.body.filled() != p.seen)
    }

    /// The body that the next bytes belong to.
    pub(super) fn arriving(&mut self) -> Option<&mut Growing> {
        self.partial.as_mut().map(|p| &mut p.body)
    }

    /// The most frequent frame by far: a message of ZMTP 2.0 or later that fits into the message value and has arrived
    /// completely. None: something else is at the front, and nothing was taken.
    #[inline(always)]
    pub(super) fn small_message(&mut self, input: &mut &[u8]) -> Option<Msg> {
        let [flags @ (0 | MORE), size, tail @ ..] = *input else { return None };
        let (body, rest) = tail.split_at_checked(*size as usize)?;
        if body.len() > INLINE || !self.between_frames() || body.len() as u64 > self.limit {
            return None;
        }
        // What follows the body in the buffer comes along unseen: a copy of fixed length is the quickest.
        let mut msg = match tail.first_chunk::<INLINE>() {
            Some(window) => Msg::from_window(window, body.len()),
            None => Msg::from_small(body),
        };
        *input = rest;
        msg.set_more(*flags == MORE);
        Some(msg)
    }

    /// As [`Self::small_message`], for bodies that are somewhat larger; their memory comes from the strip.
    #[inline(always)]
    pub(super) fn medium_message(&mut self, input: &mut &[u8], strip: &mut Strip<'_>) -> Option<Msg> {
        let header = Framing::parse_v2(input).filter(|h| h.flags & !(MORE | LONG) == 0)?;
        let tail = &input[header.length..];
        let (body, rest) = tail.split_at_checked(usize::try_from(header.size).ok()?)?;
        if !(INLINE..=strip.largest()).contains(&body.len()) || !self.between_frames() || header.size > self.limit {
            return None;
        }
        let mut msg = strip.message(body, tail.len())?;
        *input = rest;
        msg.set_more(header.flags & MORE != 0);
        Some(msg)
    }

    #[inline]
    fn between_frames(&self) -> bool {
        self.head_length == 0 && self.partial.is_none()
    }

    /// The next frame. None: more bytes are needed, and `input` is used up.
    #[inline]
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Result<Option<Frame>, Failure> {
        if self.between_frames() {
            return self.whole(input);
        }
        self.resume(input)
    }

    /// The common case: the frame starts at the front of the slice.
    #[inline]
    fn whole(&mut self, input: &mut &[u8]) -> Result<Option<Frame>, Failure> {
        let Some(header) = self.framing.parse(input)? else {
            self.keep_head(input);
            return Ok(None);
        };
        let rest = &input[header.length.min(input.len())..];
        self.check(header)?;
        match usize::try_from(header.size).ok().and_then(|size| rest.split_at_checked(size)) {
            Some((body, rest)) => {
                *input = rest;
                finished(header.flags, body_of(body)?).map(Some)
            }
            None => {
                *input = rest;
                self.begin(header, input)
            }
        }
    }

    /// Goes on with a header or body that earlier bytes began.
    #[cold]
    fn resume(&mut self, input: &mut &[u8]) -> Result<Option<Frame>, Failure> {
        while self.partial.is_none() {
            if let Some(header) = self.framing.parse(&self.head[..self.head_length.into()])? {
                self.head_length = 0;
                self.check(header)?;
                return self.begin(header, input);
            }
            let (Some((&next, rest)), Some(slot)) =
                (input.split_first(), self.head.get_mut(usize::from(self.head_length)))
            else {
                return Ok(None);
            };
            *slot = next;
            *input = rest;
            self.head_length += 1;
        }
        self.fill(input)
    }

    /// Keeps what there is of a header for `resume`.
    fn keep_head(&mut self, input: &mut &[u8]) {
        let n = input.len().min(HEADER_MAX);
        self.head[..n].copy_from_slice(&input[..n]);
        self.head_length = n as u8;
        *input = &input[n..];
    }

    #[inline]
    fn check(&self, header: Header) -> Result<(), Failure> {
        let limit = if header.flags & COMMAND == 0 { self.limit } else { self.limit.max(COMMAND_MIN) };
        if header.size > limit {
            return Err(Failure::TooLarge);
        }
        Ok(())
    }

    fn begin(&mut self, header: Header, input: &mut &[u8]) -> Result<Option<Frame>, Failure> {
        let size = usize::try_from(header.size).map_err(|_| Failure::TooLarge)?;
        self.partial = Some(Partial { flags: header.flags, body: Growing::new(size, input.len())?, seen: 0 });
        self.fill(input)
    }

    fn fill(&mut self, input: &mut &[u8]) -> Result<Option<Frame>, Failure> {
        let Some(mut partial) = self.partial.take() else { return Ok(None) };
        let taken = partial.body.extend(input)?;
        *input = input.get(taken..).unwrap_or_default();
        partial.seen = partial.body.filled();
        if partial.body.missing() > 0 {
            self.partial = Some(partial);
            return Ok(None);
        }
        finished(partial.flags, Msg::from_growing(partial.body)).map(Some)
    }
}

#[inline]
fn body_of(body: &[u8]) -> Result<Msg, Failure> {
    if body.len() <= INLINE {
        return Ok(Msg::from_small(body));
    }
    Ok(Msg::from_slice(body)?)
}

#[inline]
fn finished(flags: u8, mut body: Msg) -> Result<Frame, Failure> {
    body.set_more(flags & MORE != 0);
    Ok(Frame { command: flags & COMMAND != 0, body })
}
