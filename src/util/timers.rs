//! zmq_timers(3): handlers that run every so many milliseconds, when the application calls [`execute`].
//!
//! Timers are kept in the order of their due times. A cancelled timer stays in the list, unknown to [`cancel`] only, until its
//! turn comes: so does libzmq, and it shows in what [`reset`] and [`set_interval`] answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::handle::{Guard, Handle, Table};

/// What a timer runs; it is told the timer's id.
pub type Handler = Arc<dyn Fn(i32) + Send + Sync>;

static TIMERS: Table<Timers> = Table::new(11);

#[derive(Clone)]
struct Timer {
    id: i32,
    /// Milliseconds.
    interval: u64,
    handler: Handler,
    cancelled: bool,
}

/// Milliseconds since the set was made, and a number that keeps timers of the same millisecond in their order.
type Due = (u64, u64);

struct Timers {
    start: Instant,
    last_id: i32,
    sequence: u64,
    timers: BTreeMap<Due, Timer>,
}

impl Timers {
    fn new() -> Self {
        Self { start: Instant::now(), last_id: 0, sequence: 0, timers: BTreeMap::new() }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// One interval from `now`.
    fn schedule(&mut self, timer: Timer, now: u64) {
        self.sequence += 1;
        self.timers.insert((now.saturating_add(timer.interval), self.sequence), timer);
    }

    fn find(&self, id: i32) -> Result<Due> {
        self.timers.iter().find(|(_, timer)| timer.id == id).map(|(&due, _)| due).ok_or(Error::EINVAL)
    }

    fn add(&mut self, interval: u64, handler: Handler) -> i32 {
        self.last_id = self.last_id.wrapping_add(1);
        self.schedule(Timer { id: self.last_id, interval, handler, cancelled: false }, self.now());
        self.last_id
    }

    fn cancel(&mut self, id: i32) -> Result<()> {
        let due = self.find(id)?;
        let timer = self.timers.get_mut(&due).filter(|timer| !timer.cancelled).ok_or(Error::EINVAL)?;
        timer.cancelled = true;
        Ok(())
    }

    /// Begins the interval anew, perhaps another one.
    fn restart(&mut self, id: i32, interval: Option<u64>) -> Result<()> {
        let due = self.find(id)?;
        if let Some(mut timer) = self.timers.remove(&due) {
            timer.interval = interval.unwrap_or(timer.interval);
            self.schedule(timer, self.now());
        }
        Ok(())
    }

    fn timeout(&mut self) -> Option<u64> {
        while let Some(first) = self.timers.first_entry() {
            if !first.get().cancelled {
                return Some(first.key().0.saturating_sub(self.now()));
            }
            first.remove();
        }
        None
    }

    /// The first timer that is due and was scheduled no later than as number `sequence`; it is scheduled anew.
    fn next_due(&mut self, now: u64, sequence: u64) -> Option<Timer> {
        loop {
            let (&due, _) = self.timers.range(..=(now, sequence)).next()?;
            let timer = self.timers.remove(&due)?;
            if !timer.cancelled {
                self.schedule(timer.clone(), now);
                return Some(timer);
            }
        }
    }
}

fn lock(timers: Handle) -> Result<Guard<Timers>> {
    TIMERS.lock(timers).ok_or(Error::EFAULT)
}

/// An empty set of timers. EMFILE when there are too many.
pub fn create() -> Result<Handle> {
    TIMERS.insert(Timers::new())
}

/// Ends a set of timers. EFAULT for a bad handle.
pub fn destroy(timers: Handle) -> Result<()> {
    TIMERS.remove(timers).map(drop).ok_or(Error::EFAULT)
}

/// Adds a timer; its id, from 1. EFAULT for a bad handle.
pub fn add(timers: Handle, interval: u64, handler: Handler) -> Result<i32> {
    Ok(lock(timers)?.add(interval, handler))
}

/// Cancels a timer. EFAULT; EINVAL if there is no such timer or it is cancelled.
pub fn cancel(timers: Handle, id: i32) -> Result<()> {
    lock(timers)?.cancel(id)
}

/// Gives a timer another interval from now on. EFAULT; EINVAL if there is no such timer.
pub fn set_interval(timers: Handle, id: i32, interval: u64) -> Result<()> {
    lock(timers)?.restart(id, Some(interval))
}

/// Begins a timer's interval anew. EFAULT; EINVAL if there is no such timer.
pub fn reset(timers: Handle, id: i32) -> Result<()> {
    lock(timers)?.restart(id, None)
}

/// Milliseconds until the next timer is due; None without timers. EFAULT for a bad handle.
pub fn timeout(timers: Handle) -> Result<Option<u64>> {
    Ok(lock(timers)?.timeout())
}

/// Runs the handler of each timer that is due now, once. The set is not locked meanwhile, so that handlers may change it, or
/// even destroy it. EFAULT for a bad handle.
pub fn execute(timers: Handle) -> Result<()> {
    let (now, sequence) = lock(timers).map(|t| (t.now(), t.sequence))?;
    while let Some(timer) = TIMERS.lock(timers).and_then(|mut t| t.next_due(now, sequence)) {
        (timer.handler)(timer.id);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;

    use super::*;

    /// A set of timers, and the ids of those that ran.
    fn set(intervals: &[u64]) -> (Handle, Arc<Mutex<Vec<i32>>>) {
        let (timers, ran) = (create().unwrap(), Arc::new(Mutex::new(Vec::new())));
        for &interval in intervals {
            let ran = ran.clone();
            add(timers, interval, Arc::new(move |id| ran.lock().push(id))).unwrap();
        }
        (timers, ran)
    }

    #[test]
    fn due_timers_run_once_in_their_order() {
        let (timers, ran) = set(&[0, 60_000, 0]);
        execute(timers).unwrap();
        assert_eq!(*ran.lock(), [1, 3]);
        execute(timers).unwrap();
        assert_eq!(*ran.lock(), [1, 3, 1, 3]);
        assert_eq!(timeout(timers), Ok(Some(0)));
        destroy(timers).unwrap();
        assert_eq!(timeout(timers), Err(Error::EFAULT));
    }

    #[test]
    fn cancelled_timers_are_known_until_their_turn() {
        let (timers, _) = set(&[60_000]);
        assert_eq!(cancel(timers, 1), Ok(()));
        assert_eq!(cancel(timers, 1), Err(Error::EINVAL));
        assert_eq!(reset(timers, 1), Ok(()));
        assert_eq!(timeout(timers), Ok(None));
        assert_eq!(reset(timers, 1), Err(Error::EINVAL));
        assert_eq!(set_interval(timers, 99, 1), Err(Error::EINVAL));
    }

    #[test]
    fn handlers_may_change_the_set() {
        let (timers, ran) = set(&[]);
        let more = ran.clone();
        let handler = move |_| {
            cancel(timers, 2).unwrap();
            let more = more.clone();
            add(timers, 0, Arc::new(move |id| more.lock().push(id))).unwrap();
        };
        add(timers, 0, Arc::new(handler)).unwrap();
        add(timers, 0, Arc::new(|_| panic!("it was cancelled"))).unwrap();
        execute(timers).unwrap();
        assert!(ran.lock().is_empty());
        cancel(timers, 1).unwrap();
        add(timers, 0, Arc::new(move |_| destroy(timers).unwrap())).unwrap();
        execute(timers).unwrap();
        assert_eq!(*ran.lock(), [3]);
        assert_eq!(timeout(timers), Err(Error::EFAULT));
    }

    #[test]
    fn absurd_intervals_do_not_wrap() {
        let (timers, ran) = set(&[u64::MAX]);
        assert!(timeout(timers).unwrap() > Some(1 << 62));
        execute(timers).unwrap();
        assert!(ran.lock().is_empty());
    }
}
