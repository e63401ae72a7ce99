//! The stopwatch of zmq_utils.h.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::handle::{Handle, Table};

static WATCHES: Table<Instant> = Table::new(7);

/// Starts a watch. EMFILE when there are too many.
pub fn start() -> Result<Handle> {
    WATCHES.insert(Instant::now())
}

/// Time since the start. EFAULT for a bad handle.
pub fn elapsed(watch: Handle) -> Result<Duration> {
    WATCHES.lock(watch).map(|start| start.elapsed()).ok_or(Error::EFAULT)
}

/// Time since the start; the watch is gone. EFAULT for a bad handle.
pub fn stop(watch: Handle) -> Result<Duration> {
    WATCHES.remove(watch).map(|start| start.elapsed()).ok_or(Error::EFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watch_is_stopped_once() {
        let watch = start().unwrap();
        let early = elapsed(watch).unwrap();
        assert!(stop(watch).unwrap() >= early);
        assert_eq!(stop(watch), Err(Error::EFAULT));
        assert_eq!(elapsed(watch), Err(Error::EFAULT));
    }
}
