//! Many messages over one body, for sending one to many peers: the references are counted once for all of them, and each
//! message is a plain copy of the same 64 bytes. Called by the fan-out.

use std::mem::ManuallyDrop;

use super::{content, flag, Msg};

/// See the module comment.
pub struct Copies {
    template: ManuallyDrop<Msg>,
    /// Messages still to be made; one reference is held for each.
    left: u32,
}

impl Copies {
    /// `count` messages like `msg`, but without properties: those are of a connection that the copies do not come over.
    pub fn new(mut msg: Msg, count: u32) -> Self {
        msg.set_metadata(None);
        if count == 0 {
            msg = Msg::new();
        }
        if let (Some(content), Some(more @ 1..)) = (msg.content(), count.checked_sub(1)) {
            // SAFETY: `msg` owns a reference.
            unsafe { content::retain(content, more) };
            msg.flags |= flag::SHARED;
        }
        Self { template: ManuallyDrop::new(msg), left: count }
    }

    /// The next message; an empty one after `count`.
    #[inline(always)]
    pub fn make(&mut self) -> Msg {
        if self.left == 0 {
            return Msg::new();
        }
        self.left -= 1;
        // SAFETY: the template stays valid and is never dropped; it owns no properties, and for each copy of its body there is
        // a reference, which passes to the copy here.
        unsafe { std::ptr::read(&*self.template) }
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        if let (Some(content), 1..) = (self.template.content(), self.left) {
            // SAFETY: one reference is held for each message that was not made.
            unsafe { content::release(content, self.left) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_the_body_and_nothing_is_left_over() {
        for size in [0, 48, 49, 70_000] {
            for (count, made) in [(0, 0), (1, 1), (1, 0), (3, 3), (3, 1), (3, 0)] {
                let mut original = Msg::from_slice(&vec![7; size]).unwrap();
                let watch = original.share();
                let mut copies = Copies::new(original, count);
                let messages: Vec<_> = (0..made).map(|_| copies.make()).collect();
                assert!(messages
                    .iter()
                    .all(|m| m.data() == watch.data() && (size <= 48 || m.as_ptr() == watch.as_ptr())));
                drop(copies);
                assert_eq!(watch.is_unique(), size <= 48 || made == 0, "{size} {count} {made}");
                drop(messages);
                assert!(watch.is_unique());
            }
        }
        assert!(Copies::new(Msg::from_small(b"x"), 0).make().is_empty());
    }
}
