//! What a REQ socket may receive at all (RFC 28): a reply is an empty part, or a request id of four bytes and an empty part
//! (ZMQ_REQ_CORRELATE of the peer's), and then at least one part of content. A peer that sends anything else is cut off,
//! as libzmq does.

use crate::consts::ZMQ_REQ;
use crate::msg::Msg;

/// Where in a reply the connection is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Delimiter,
    Content,
}

/// Checks the parts that come in on one connection.
pub(super) struct Envelope {
    at: At,
    checked: bool,
}

impl Envelope {
    /// For a socket of this kind; all but REQ take anything.
    pub(super) fn new(kind: i32) -> Self {
        Self { at: At::Start, checked: kind == ZMQ_REQ }
    }

    /// Whether the part may come next.
    #[inline]
    pub(super) fn admits(&mut self, msg: &Msg) -> bool {
        !self.checked || self.step(msg)
    }

    fn step(&mut self, msg: &Msg) -> bool {
        self.at = match (self.at, msg.more(), msg.len()) {
            (At::Start, true, 4) => At::Delimiter,
            (At::Start | At::Delimiter, true, 0) => At::Content,
            (At::Content, true, _) => At::Content,
            (At::Content, false, _) => At::Start,
            _ => return false,
        };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(data: &[u8], more: bool) -> Msg {
        let mut msg = Msg::from_small(data);
        msg.set_more(more);
        msg
    }

    fn admitted(parts: &[(&[u8], bool)]) -> bool {
        let mut envelope = Envelope::new(ZMQ_REQ);
        parts.iter().all(|(data, more)| envelope.admits(&part(data, *more)))
    }

    #[test]
    fn replies_need_their_delimiter() {
        assert!(admitted(&[(b"", true), (b"a", true), (b"b", false), (b"", true), (b"c", false)]));
        assert!(admitted(&[(b"1234", true), (b"", true), (b"a", false)]));
        assert!(!admitted(&[(b"a", false)]));
        assert!(!admitted(&[(b"", false)]));
        assert!(!admitted(&[(b"abc", true)]));
        assert!(!admitted(&[(b"1234", true), (b"x", true)]));
    }
}
