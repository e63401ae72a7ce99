//! Environment variables that switch the fast paths off, for tests and comparisons. Read once; the I/O loop asks, and sockets.

use std::sync::OnceLock;

use super::poll::Poller;

/// OXIZMQ_INLINE=0 leaves all writing to the I/O threads, for tests and comparisons.
pub(super) fn inline_allowed() -> bool {
    static ALLOWED: OnceLock<bool> = OnceLock::new();
    *ALLOWED.get_or_init(|| is_switched_on("OXIZMQ_INLINE"))
}

/// OXIZMQ_LEAD=0 leaves all reading to the I/O threads, for tests and comparisons.
pub(super) fn lending_allowed() -> bool {
    static ALLOWED: OnceLock<bool> = OnceLock::new();
    *ALLOWED.get_or_init(|| Poller::SHARED && is_switched_on("OXIZMQ_LEAD"))
}

/// OXIZMQ_PATIENCE=0 makes every wait for a peer a sleep from its beginning, for I/O threads as well, and sends of large
/// messages return at once, for tests and comparisons.
pub fn patience_allowed() -> bool {
    static ALLOWED: OnceLock<bool> = OnceLock::new();
    *ALLOWED.get_or_init(|| is_switched_on("OXIZMQ_PATIENCE"))
}

fn is_switched_on(name: &str) -> bool {
    std::env::var_os(name).is_none_or(|v| v != "0")
}
