//! The same test bodies for each backend that can run here.

use super::*;
use crate::error::Error;
use crate::sys::Waker;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

const READ: Interest = Interest { read: true, write: false };
const WRITE: Interest = Interest { read: false, write: true };
const NONE: Interest = Interest { read: false, write: false };
const SOON: Option<Duration> = Some(Duration::from_secs(10));
const NOW: Option<Duration> = Some(Duration::ZERO);

macro_rules! backend_tests {
    ($backend:ident) => {
        mod $backend {
            use super::*;
            use crate::io::poll::$backend::Poller;

            fn look(poller: &Poller, timeout: Option<Duration>) -> Vec<Event> {
                let mut events = Events::default();
                poller.wait(&mut events, timeout).unwrap();
                events.iter().collect()
            }

            #[test]
            fn readiness_is_told_as_long_as_it_lasts() {
                let poller = Poller::new().unwrap();
                let (mut a, mut b) = UnixStream::pair().unwrap();
                poller.add(a.as_fd(), 7, READ).unwrap();
                assert!(look(&poller, NOW).is_empty());
                b.write_all(b"x").unwrap();
                for _ in 0..2 {
                    let event = Event { token: 7, readable: true, writable: false, error: false };
                    assert_eq!(look(&poller, SOON), [event]);
                }
                a.read_exact(&mut [0]).unwrap();
                assert!(look(&poller, NOW).is_empty());
            }

            #[test]
            fn interest_and_token_can_be_changed() {
                let poller = Poller::new().unwrap();
                let (a, mut b) = UnixStream::pair().unwrap();
                poller.add(a.as_fd(), 1, READ).unwrap();
                poller.modify(a.as_fd(), 2, WRITE).unwrap();
                let event = Event { token: 2, readable: false, writable: true, error: false };
                assert_eq!(look(&poller, SOON), [event]);
                b.write_all(b"x").unwrap();
                poller.modify(a.as_fd(), u64::MAX - 1, Interest { read: true, write: true }).unwrap();
                let seen = look(&poller, SOON);
                assert!(seen.iter().all(|e| e.token == u64::MAX - 1));
                assert!(seen.iter().any(|e| e.readable) && seen.iter().any(|e| e.writable));
                poller.modify(a.as_fd(), 3, NONE).unwrap();
                assert!(look(&poller, NOW).is_empty());
            }

            #[test]
            #[cfg_attr(not(any(target_os = "linux", oxizmq_poll_backend)), ignore = "kqueue does not mind")]
            fn mistakes_are_answered() {
                let poller = Poller::new().unwrap();
                let (a, _b) = UnixStream::pair().unwrap();
                assert_eq!(poller.modify(a.as_fd(), 1, READ), Err(Error::ENOENT));
                assert_eq!(poller.delete(a.as_fd()), Err(Error::ENOENT));
                poller.add(a.as_fd(), 1, READ).unwrap();
                assert_eq!(poller.add(a.as_fd(), 1, READ), Err(Error::EEXIST));
                poller.delete(a.as_fd()).unwrap();
                poller.add(a.as_fd(), 1, READ).unwrap();
            }

            #[test]
            fn a_hang_up_is_told() {
                let poller = Poller::new().unwrap();
                let (a, b) = UnixStream::pair().unwrap();
                poller.add(a.as_fd(), 1, READ).unwrap();
                drop(b);
                let seen = look(&poller, SOON);
                assert!(seen.len() == 1 && seen[0].readable && seen[0].error, "{seen:?}");
            }

            #[test]
            fn time_runs_out_but_not_early() {
                let poller = Poller::new().unwrap();
                let start = Instant::now();
                assert!(look(&poller, Some(Duration::from_micros(20_300))).is_empty());
                assert!(start.elapsed() >= Duration::from_micros(20_300));
            }

            #[test]
            fn another_thread_may_add_modify_and_delete_during_a_wait() {
                let poller = Poller::new().unwrap();
                let (first, second) = (Waker::new().unwrap(), Waker::new().unwrap());
                first.wake();
                second.wake();
                std::thread::scope(|scope| {
                    let waiter = scope.spawn(|| look(&poller, SOON));
                    std::thread::sleep(Duration::from_millis(50));
                    poller.add(first.fd(), 1, NONE).unwrap();
                    poller.delete(first.fd()).unwrap();
                    poller.add(second.fd(), 2, NONE).unwrap();
                    std::thread::sleep(Duration::from_millis(50));
                    assert!(!waiter.is_finished());
                    poller.modify(second.fd(), 3, READ).unwrap();
                    let seen = waiter.join().unwrap();
                    assert_eq!(seen.iter().map(|e| e.token).collect::<Vec<_>>(), [3]);
                });
            }

            #[test]
            fn more_descriptors_than_one_batch_are_all_told() {
                let poller = Poller::new().unwrap();
                let wakers: Vec<_> = (0..300).map(|_| Waker::new().unwrap()).collect();
                for (i, waker) in wakers.iter().enumerate() {
                    waker.wake();
                    poller.add(waker.fd(), i as u64, READ).unwrap();
                }
                let mut left: std::collections::BTreeSet<u64> = (0..300).collect();
                while !left.is_empty() {
                    let seen = look(&poller, SOON);
                    assert!(!seen.is_empty());
                    for event in seen {
                        left.remove(&event.token);
                        wakers[event.token as usize].drain();
                    }
                }
                assert!(look(&poller, NOW).is_empty());
            }
        }
    };
}

backend_tests!(backend);
backend_tests!(portable);
