//! Properties of the connection that a message came over, shared by all messages of that connection (zmq_msg_gets(3)).

use std::ffi::{CStr, CString};

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
