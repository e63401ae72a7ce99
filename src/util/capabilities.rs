//! What zmq_has(3) answers.

/// Names of what this library has. `draft` is not among them though draft functions are exported: pyzmq would take it for a
/// complete draft API.
const PRESENT: &[&[u8]] = &[b"ipc", b"curve"];

/// Whether the library has the capability of this name. Case matters, as in libzmq.
pub fn has(name: &[u8]) -> bool {
    PRESENT.contains(&name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_exact() {
        assert!(super::has(b"ipc") && super::has(b"curve"));
        assert!(!super::has(b"IPC") && !super::has(b"") && !super::has(b"draft"));
    }
}
