//! Options of a context (zmq_ctx_set(3), zmq_ctx_get(3)): values and rows. A context owns one [`ContextOptions`]; new
//! sockets take their defaults from it, its threads are made as [`Threads`] says.

use std::collections::BTreeSet;

use super::codec::{self, int, put, put_padded, read_only, row, write_only, Codec::*, Row, NATURAL};
use crate::consts::*;
use crate::error::{Error, Result};

/// Settings of a context.
#[derive(Clone, Debug)]
pub struct ContextOptions {
    /// ZMQ_IO_THREADS, 0 or more.
    pub io_threads: i32,
    /// ZMQ_MAX_SOCKETS, 1 or more.
    pub max_sockets: i32,
    /// ZMQ_MAX_MSGSZ, bytes.
    pub max_msgsz: i32,
    /// ZMQ_BLOCKY: sockets linger for ever by default.
    pub blocky: bool,
    /// ZMQ_IPV6: the default of new sockets.
    pub ipv6: bool,
    /// ZMQ_ZERO_COPY_RECV: received bodies may be parts of the memory they were read into. For new sockets.
    pub zero_copy_recv: bool,
    /// How threads are made.
    pub thread: Threads,
}

/// How the context's threads are made; before the first socket is.
#[derive(Clone, Debug)]
pub struct Threads {
    /// ZMQ_THREAD_NAME_PREFIX; empty is none.
    pub prefix: String,
    /// ZMQ_THREAD_SCHED_POLICY; -1 leaves the system's.
    pub policy: i32,
    /// ZMQ_THREAD_PRIORITY; -1 leaves the system's.
    pub priority: i32,
    /// ZMQ_THREAD_AFFINITY_CPU_ADD and _REMOVE: processors that they may run on; empty is any.
    pub cpus: BTreeSet<usize>,
}

impl Default for Threads {
    fn default() -> Self {
        let (policy, priority) = (ZMQ_THREAD_SCHED_POLICY_DFLT, ZMQ_THREAD_PRIORITY_DFLT);
        Self { prefix: String::new(), policy, priority, cpus: BTreeSet::new() }
    }
}

impl Default for ContextOptions {
    fn default() -> Self {
        Self {
            io_threads: ZMQ_IO_THREADS_DFLT,
            max_sockets: ZMQ_MAX_SOCKETS_DFLT,
            max_msgsz: i32::MAX,
            blocky: true,
            ipv6: false,
            zero_copy_recv: true,
            thread: Threads::default(),
        }
    }
}

/// Sets an option. EINVAL: there is none of that number, or the value is not of its kind.
pub fn set(options: &mut ContextOptions, id: i32, value: &[u8]) -> Result<()> {
    codec::set(ROWS, options, id, Some(value)).unwrap_or(Err(Error::EINVAL))
}

/// Reads an option into `buf`; the number of bytes. EINVAL as in [`set`].
pub fn get(options: &mut ContextOptions, id: i32, buf: &mut [u8]) -> Result<usize> {
    codec::get(ROWS, options, id, buf).unwrap_or(Err(Error::EINVAL))
}

/// What ZMQ_SOCKET_LIMIT says.
const SOCKET_LIMIT: i32 = 65_535;
/// Size of zmq_msg_t in bytes, part of the ABI.
const MSG_T_SIZE: i32 = 64;
/// Longest prefix of thread names, in bytes.
const LONGEST_PREFIX: usize = 16;

static ROWS: &[Row<ContextOptions>] = &[
    row(ZMQ_IO_THREADS, Int(|o| &mut o.io_threads, NATURAL)),
    row(ZMQ_MAX_SOCKETS, Int(|o| &mut o.max_sockets, 1..=i32::MAX)),
    row(ZMQ_MAX_MSGSZ, Int(|o| &mut o.max_msgsz, NATURAL)),
    row(ZMQ_BLOCKY, Natural(|o| &mut o.blocky)),
    row(ZMQ_IPV6, Natural(|o| &mut o.ipv6)),
    row(ZMQ_ZERO_COPY_RECV, Natural(|o| &mut o.zero_copy_recv)),
    read_only(ZMQ_MSG_T_SIZE, Fact(|_| MSG_T_SIZE)),
    // One number for two options: it is set as ZMQ_THREAD_PRIORITY and read as ZMQ_SOCKET_LIMIT.
    row(ZMQ_THREAD_PRIORITY, Computed(|_| SOCKET_LIMIT, |o, n| natural(n).map(|n| o.thread.priority = n))),
    row(ZMQ_THREAD_SCHED_POLICY, Int(|o| &mut o.thread.policy, NATURAL)),
    write_only(ZMQ_THREAD_AFFINITY_CPU_ADD, Order(add_cpu)),
    write_only(ZMQ_THREAD_AFFINITY_CPU_REMOVE, Order(remove_cpu)),
    row(ZMQ_THREAD_NAME_PREFIX, Custom(set_prefix, get_prefix)),
];

fn natural(n: i32) -> Result<i32> {
    if n < 0 {
        Err(Error::EINVAL)
    } else {
        Ok(n)
    }
}

fn add_cpu(o: &mut ContextOptions, cpu: i32) -> Result<()> {
    o.thread.cpus.insert(usize::try_from(cpu).map_err(|_| Error::EINVAL)?);
    Ok(())
}

fn remove_cpu(o: &mut ContextOptions, cpu: i32) -> Result<()> {
    let was_there = usize::try_from(cpu).is_ok_and(|cpu| o.thread.cpus.remove(&cpu));
    was_there.then_some(()).ok_or(Error::EINVAL)
}

/// Four bytes are a number (zmq_ctx_set), written in decimal; any other size is text (zmq_ctx_set_ext), perhaps with a NUL.
fn set_prefix(o: &mut ContextOptions, value: Option<&[u8]>) -> Result<()> {
    let bytes = value.unwrap_or_default();
    o.thread.prefix = int(bytes).map(|number| number.to_string()).or_else(|_| prefix_of(bytes))?;
    Ok(())
}

fn prefix_of(bytes: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(bytes.strip_suffix(&[0]).unwrap_or(bytes)).map_err(|_| Error::EINVAL)?;
    let fits = text.len() <= LONGEST_PREFIX && !text.contains('\0');
    fits.then(|| text.to_owned()).ok_or(Error::EINVAL)
}

/// Four bytes get the number, 0 when the prefix is none; any other size gets the text with its NUL.
fn get_prefix(o: &mut ContextOptions, buf: &mut [u8]) -> Result<usize> {
    let prefix = &o.thread.prefix;
    if buf.len() != size_of::<i32>() {
        return put_padded(prefix.as_bytes(), 1, buf);
    }
    put(&prefix.parse().unwrap_or(0i32).to_ne_bytes(), buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: i32 = i32::MAX;

    fn put_int(o: &mut ContextOptions, id: i32, n: i32) -> Result<()> {
        set(o, id, &n.to_ne_bytes())
    }

    fn number(o: &mut ContextOptions, id: i32) -> Result<i32> {
        let mut buf = [0; 4];
        get(o, id, &mut buf)?;
        Ok(i32::from_ne_bytes(buf))
    }

    #[test]
    fn every_row_has_its_own_number() {
        let ids: BTreeSet<i32> = ROWS.iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), ROWS.len());
    }

    #[test]
    fn ints_keep_their_ranges() {
        for (id, least, default) in [
            (ZMQ_IO_THREADS, 0, 1),
            (ZMQ_MAX_SOCKETS, 1, 1023),
            (ZMQ_MAX_MSGSZ, 0, MAX),
            (ZMQ_THREAD_SCHED_POLICY, 0, -1),
            (ZMQ_THREAD_NAME_PREFIX, i32::MIN, 0),
        ] {
            let o = &mut ContextOptions::default();
            assert_eq!(number(o, id), Ok(default), "default of {id}");
            for n in [least, MAX] {
                assert_eq!((put_int(o, id, n), number(o, id)), (Ok(()), Ok(n)), "{id}");
            }
            if let Some(n) = least.checked_sub(1) {
                assert_eq!((put_int(o, id, n), number(o, id)), (Err(Error::EINVAL), Ok(MAX)), "{id}");
            }
        }
    }

    #[test]
    fn booleans_are_0_or_more() {
        for (id, default) in [(ZMQ_BLOCKY, 1), (ZMQ_IPV6, 0), (ZMQ_ZERO_COPY_RECV, 1)] {
            let o = &mut ContextOptions::default();
            assert_eq!(number(o, id), Ok(default));
            for (n, truth) in [(0, 0), (1, 1), (0, 0), (MAX, 1)] {
                assert_eq!((put_int(o, id, n), number(o, id)), (Ok(()), Ok(truth)), "{id}");
            }
            assert_eq!((put_int(o, id, -1), number(o, id)), (Err(Error::EINVAL), Ok(1)), "{id}");
        }
    }

    #[test]
    fn the_size_of_messages_is_only_read() {
        let o = &mut ContextOptions::default();
        assert_eq!((number(o, ZMQ_MSG_T_SIZE), put_int(o, ZMQ_MSG_T_SIZE, 64)), (Ok(64), Err(Error::EINVAL)));
    }

    #[test]
    fn one_number_is_priority_when_set_and_limit_when_read() {
        let o = &mut ContextOptions::default();
        assert_eq!((put_int(o, ZMQ_THREAD_PRIORITY, 7), o.thread.priority), (Ok(()), 7));
        assert_eq!((put_int(o, ZMQ_THREAD_PRIORITY, -1), o.thread.priority), (Err(Error::EINVAL), 7));
        assert_eq!(number(o, ZMQ_SOCKET_LIMIT), Ok(65_535));
    }

    #[test]
    fn cpus_are_added_once_and_removed_once() {
        let o = &mut ContextOptions::default();
        let (add, remove) = (ZMQ_THREAD_AFFINITY_CPU_ADD, ZMQ_THREAD_AFFINITY_CPU_REMOVE);
        for (id, cpu, result) in [
            (remove, 3, Err(Error::EINVAL)),
            (add, -1, Err(Error::EINVAL)),
            (add, 3, Ok(())),
            (add, 3, Ok(())),
            (add, MAX, Ok(())),
            (remove, 3, Ok(())),
            (remove, 3, Err(Error::EINVAL)),
        ] {
            assert_eq!(put_int(o, id, cpu), result);
        }
        assert_eq!(o.thread.cpus, BTreeSet::from([MAX as usize]));
        assert_eq!((number(o, add), number(o, remove)), (Err(Error::EINVAL), Err(Error::EINVAL)));
    }

    #[test]
    fn a_prefix_is_a_number_or_text() {
        let o = &mut ContextOptions::default();
        put_int(o, ZMQ_THREAD_NAME_PREFIX, -5).unwrap();
        assert_eq!(o.thread.prefix, "-5");
        for text in [&b"MyApp"[..], b"MyApp\0"] {
            set(o, ZMQ_THREAD_NAME_PREFIX, text).unwrap();
            let mut buf = [0xee; 256];
            assert_eq!(get(o, ZMQ_THREAD_NAME_PREFIX, &mut buf), Ok(6));
            assert_eq!(&buf[..6], b"MyApp\0");
        }
        assert_eq!(number(o, ZMQ_THREAD_NAME_PREFIX), Ok(0));
        assert_eq!(get(o, ZMQ_THREAD_NAME_PREFIX, &mut [0; 5]), Err(Error::EINVAL));
        for bad in [&[b'x'; 17][..], b"My\0App", b"\xff\xfe"] {
            assert_eq!((set(o, ZMQ_THREAD_NAME_PREFIX, bad), &o.thread.prefix[..]), (Err(Error::EINVAL), "MyApp"));
        }
        assert_eq!(set(o, ZMQ_THREAD_NAME_PREFIX, &[b'x'; 16]), Ok(()));
    }

    #[test]
    fn wrong_sizes_and_unknown_numbers() {
        let o = &mut ContextOptions::default();
        for row in ROWS.iter().filter(|row| row.id != ZMQ_THREAD_NAME_PREFIX) {
            for size in [0, 1, 3, 5, 8] {
                assert_eq!(set(o, row.id, &vec![0; size]), Err(Error::EINVAL));
                assert_eq!(get(o, row.id, &mut vec![0; size]), Err(Error::EINVAL));
            }
        }
        for id in [-1, 0, 11, 43, 1000] {
            assert_eq!((put_int(o, id, 1), number(o, id)), (Err(Error::EINVAL), Err(Error::EINVAL)));
        }
    }
}
