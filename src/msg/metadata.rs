//! Properties of the connection that a message came over, shared by all messages of that connection (zmq_msg_gets(3)).
//!
//! Each message holds a reference, which the I/O loop takes and the application gives back, on another processor: a counter
//! that both change for each message would travel between them all the time, at more than the price of the rest. So the
//! loop has a [`Purse`], which takes many references at once and hands them out one by one.

use std::ffi::{CStr, CString};
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Name/value pairs of a connection: `Socket-Type`, `Routing-Id`, `User-Id`, `Peer-Address` and `X-` application metadata.
#[derive(Debug, Default)]
pub struct Metadata {
    entries: Vec<(Box<[u8]>, CString)>,
    /// Descriptor of the connection (ZMQ_SRCFD), -1 where there is none.
    pub fd: i32,
}

impl Metadata {
    /// No properties yet, descriptor `fd`.
    pub fn new(fd: i32) -> Self {
        Self { entries: Vec::new(), fd }
    }

    /// Adds a property; a value is cut at its first NUL, as a C string shows it. The first of two equal names wins.
    pub fn insert(&mut self, name: &[u8], value: &[u8]) {
        let end = value.iter().position(|&b| b == 0).unwrap_or(value.len());
        // The cut leaves no NUL inside.
        let value = CString::new(&value[..end]).unwrap_or_default();
        if self.find(name).is_none() {
            self.entries.push((name.into(), value));
        }
    }

    /// The value of a property. A peer's routing id is found under the name that it travels by, `Identity`.
    pub fn get(&self, name: &[u8]) -> Option<&CStr> {
        self.find(name)
    }

    fn find(&self, name: &[u8]) -> Option<&CStr> {
        self.entries.iter().find(|(n, _)| &**n == name).map(|(_, v)| v.as_c_str())
    }
}

struct Counted {
    refs: AtomicUsize,
    properties: Metadata,
}

impl Counted {
    /// # Safety
    /// The caller owns `n` references and does not use them any more.
    #[inline]
    unsafe fn release(this: NonNull<Self>, n: usize) {
        // SAFETY: alive by contract.
        if n == 0 || unsafe { this.as_ref() }.refs.fetch_sub(n, Ordering::AcqRel) != n {
            return;
        }
        // SAFETY: no reference is left, and it came from a Box.
        drop(unsafe { Box::from_raw(this.as_ptr()) });
    }
}

/// A message's reference to the properties.
pub struct MetadataRef(NonNull<Counted>);

// SAFETY: the properties are only read, the count is atomic.
unsafe impl Send for MetadataRef {}
// SAFETY: as above.
unsafe impl Sync for MetadataRef {}

impl Deref for MetadataRef {
    type Target = Metadata;
    fn deref(&self) -> &Metadata {
        // SAFETY: a reference keeps it alive.
        &unsafe { self.0.as_ref() }.properties
    }
}

impl Clone for MetadataRef {
    fn clone(&self) -> Self {
        // SAFETY: a reference keeps it alive. Relaxed: a new reference is made from an existing one.
        unsafe { self.0.as_ref() }.refs.fetch_add(1, Ordering::Relaxed);
        Self(self.0)
    }
}

impl Drop for MetadataRef {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: this reference is given back.
        unsafe { Counted::release(self.0, 1) };
    }
}

/// See the module comment.
pub struct Purse {
    shared: NonNull<Counted>,
    /// References in it, one of which stays.
    left: usize,
}

// SAFETY: as for the references in it.
unsafe impl Send for Purse {}

/// References taken at once: seldom enough, and so few that no number of connections overflows anything.
const AT_ONCE: usize = 1024;

impl Purse {
    /// A purse of references to `properties`.
    pub fn new(properties: Metadata) -> Self {
        let shared = Box::new(Counted { refs: AtomicUsize::new(AT_ONCE), properties });
        Self { shared: NonNull::from(Box::leak(shared)), left: AT_ONCE }
    }

    /// A reference for a message.
    #[inline]
    pub fn reference(&mut self) -> MetadataRef {
        if self.left == 1 {
            self.refill();
        }
        self.left -= 1;
        MetadataRef(self.shared)
    }

    #[cold]
    fn refill(&mut self) {
        // SAFETY: the reference that stays keeps it alive.
        unsafe { self.shared.as_ref() }.refs.fetch_add(AT_ONCE, Ordering::Relaxed);
        self.left += AT_ONCE;
    }
}

impl Drop for Purse {
    fn drop(&mut self) {
        // SAFETY: these references are the purse's own.
        unsafe { Counted::release(self.shared, self.left) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(value: &str) -> Purse {
        let mut properties = Metadata::new(7);
        properties.insert(b"X-Name", value.as_bytes());
        Purse::new(properties)
    }

    fn name(reference: &MetadataRef) -> Option<&str> {
        reference.get(b"X-Name").and_then(|v| v.to_str().ok())
    }

    #[test]
    fn references_outlive_the_purse_and_are_counted_through_refills() {
        for (taken, kept) in [(0, 0), (1, 1), (AT_ONCE - 1, 2), (AT_ONCE, 1), (3 * AT_ONCE, AT_ONCE + 5)] {
            let mut purse = named("x");
            let mut references: Vec<_> = (0..taken).map(|_| purse.reference()).collect();
            let twin = references.first().cloned();
            references.truncate(kept);
            // SAFETY: the purse keeps it alive.
            let refs = unsafe { purse.shared.as_ref() }.refs.load(Ordering::Relaxed);
            assert_eq!(refs, purse.left + kept + usize::from(twin.is_some()));
            drop(purse);
            assert!(references.iter().chain(&twin).all(|r| name(r) == Some("x") && r.fd == 7));
        }
    }

    #[test]
    fn references_go_on_other_threads() {
        let mut purse = named("y");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let references: Vec<_> = (0..AT_ONCE).map(|_| purse.reference()).collect();
                scope.spawn(move || references.into_iter().for_each(drop));
            }
        });
        // SAFETY: the purse keeps it alive.
        assert_eq!(unsafe { purse.shared.as_ref() }.refs.load(Ordering::Relaxed), purse.left);
    }
}
