//! ZAP, the dialogue with the application's authentication handler (RFC 27): what is asked, and what an answer says. The
//! frames are made and read here; who carries them is the business of the session.
//!
//! ```text
//! request: "" "1.0" id domain address routing-id mechanism credentials…
//! reply:   "" "1.0" id status text user-id metadata
//! ```

use crate::consts::*;
use crate::options::{self, Secret};

use super::{Failure, Properties};

const VERSION: &[u8] = b"1.0";
/// One request is under way on a pipe, so one id is enough; it is libzmq's.
const ID: &[u8] = b"1";
/// Status of an error that may pass: the peer is not told, so that it tries again.
pub const TEMPORARY: i32 = 300;

/// Whether NULL and CURVE need the handler; PLAIN always does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// It is not asked.
    None,
    /// It is asked if there is one.
    Optional,
    /// Without one nobody gets in (ZMQ_ZAP_ENFORCE_DOMAIN).
    Required,
}

impl Need {
    /// For NULL: a domain says that the handler is wanted.
    pub fn of_null(options: &options::Security) -> Self {
        match (options.zap_domain.is_empty(), options.zap_enforce_domain) {
            (true, _) => Self::None,
            (false, false) => Self::Optional,
            (false, true) => Self::Required,
        }
    }

    /// For CURVE: by the strict rule as for NULL, else the handler is always wanted.
    pub fn of_curve(options: &options::Security) -> Self {
        if options.zap_enforce_domain {
            Self::of_null(options)
        } else {
            Self::Optional
        }
    }

    /// What an answer, or the lack of a handler, means for the peer.
    pub fn verdict(self, reply: &Reply) -> Result<(), Failure> {
        match reply {
            Reply::NoHandler if self == Self::Required => Err(Failure::System(crate::error::Error::EFAULT)),
            Reply::NoHandler | Reply::Answered { status: 200, .. } => Ok(()),
            Reply::Answered { status, .. } => Err(Failure::Auth(*status)),
        }
    }
}

/// The part of a request that the mechanism knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Name of the mechanism.
    pub mechanism: &'static str,
    /// Its credentials: none for NULL, user name and password for PLAIN, the client's public key for CURVE.
    pub credentials: Vec<Secret<Vec<u8>>>,
}

impl Request {
    /// The frames that the handler gets: beside the mechanism's part the domain, the peer's address and (as libzmq has it)
    /// this socket's own routing id.
    pub fn frames<'a>(&'a self, domain: &'a [u8], address: &'a [u8], routing_id: &'a [u8]) -> Vec<&'a [u8]> {
        let fixed = [&[], VERSION, ID, domain, address, routing_id, self.mechanism.as_bytes()];
        fixed.into_iter().chain(self.credentials.iter().map(|c| &c[..])).collect()
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// No handler is bound; each mechanism has its own rule for that.
    NoHandler,
    /// The handler answered.
    Answered {
        /// 200, 300, 400 or 500.
        status: i32,
        /// Becomes the User-Id of the connection's messages.
        user_id: Vec<u8>,
        /// Properties that become part of the connection's metadata.
        metadata: Properties,
    },
}

impl Reply {
    /// Frames of a reply.
    pub const FRAMES: usize = 7;

    /// Reads a reply's frames; what is wrong with it is told as libzmq's monitor tells it.
    pub fn read(frames: &[&[u8]]) -> Result<Self, Failure> {
        let &[delimiter, version, id, status, _text, user_id, metadata] = frames else {
            return Err(Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY));
        };
        let check = |good: bool, code| if good { Ok(()) } else { Err(Failure::Protocol(code)) };
        check(delimiter.is_empty(), ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED)?;
        check(version == VERSION, ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION)?;
        check(id == ID, ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID)?;
        let status = read_status(status).ok_or(Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE))?;
        let metadata =
            Properties::read(metadata).map_err(|_| Failure::Protocol(ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA))?;
        Ok(Self::Answered { status, user_id: user_id.to_vec(), metadata })
    }
}

fn read_status(text: &[u8]) -> Option<i32> {
    match text {
        b"200" => Some(200),
        b"300" => Some(TEMPORARY),
        b"400" => Some(400),
        b"500" => Some(500),
        _ => None,
    }
}

/// The command that tells a peer that it was refused; None for a temporary error. `name` has its length before it.
pub fn error_command(name: &[u8], status: i32) -> Option<Vec<u8>> {
    (status != TEMPORARY).then(|| [name, b"\x03", status.to_string().as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: [&[u8]; 7] = [b"", b"1.0", b"1", b"200", b"OK", b"joe", b"\x05Hello\0\0\0\x05World"];

    fn code(frames: &[&[u8]]) -> Option<i32> {
        match Reply::read(frames) {
            Err(Failure::Protocol(code)) => Some(code),
            Ok(_) => None,
            Err(other) => panic!("{other:?}"),
        }
    }

    fn with(at: usize, frame: &'static [u8]) -> [&'static [u8]; 7] {
        let mut frames = GOOD;
        frames[at] = frame;
        frames
    }

    #[test]
    fn a_good_reply() {
        let Ok(Reply::Answered { status: 200, user_id, metadata }) = Reply::read(&GOOD) else { panic!() };
        assert_eq!((&user_id[..], metadata.get(b"hello")), (&b"joe"[..], Some(&b"World"[..])));
    }

    /// Codes recorded from libzmq 4.3.4.
    #[test]
    fn malformed_replies() {
        for n in [0, 1, 4, 6] {
            assert_eq!(code(&GOOD[..n]), Some(ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY));
        }
        assert_eq!(code(&[&GOOD[..], &[b""]].concat()), Some(ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY));
        for (at, frame, expected) in [
            (0, &b"x"[..], ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED),
            (1, b"1.1", ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION),
            (1, b"", ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION),
            (2, b"2", ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID),
            (2, b"", ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID),
            (3, b"201", ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE),
            (3, b"", ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE),
            (3, b"2000", ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE),
            (6, b"\x05Hello\0\0\0\x05Worl", ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA),
            (6, b"\x05", ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA),
        ] {
            assert_eq!(code(&with(at, frame)), Some(expected), "{frame:?}");
        }
    }

    #[test]
    fn a_temporary_error_is_not_told() {
        assert_eq!(error_command(b"\x05ERROR", 300), None);
        assert_eq!(error_command(b"\x05ERROR", 400).as_deref(), Some(&b"\x05ERROR\x03400"[..]));
    }

    proptest! {
        #[test]
        fn any_frames_are_answered(frames in proptest::collection::vec(any::<Vec<u8>>(), 0..9)) {
            let _ = Reply::read(&frames.iter().map(|f| &f[..]).collect::<Vec<_>>());
        }
    }
}
