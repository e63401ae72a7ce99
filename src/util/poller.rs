//! zmq_poller(3) of the draft API: a list of sockets and descriptors that is kept between the waits.

use crate::consts::{ZMQ_POLLERR, ZMQ_POLLIN, ZMQ_POLLOUT, ZMQ_POLLPRI};
use crate::error::{Error, Result};
use crate::handle::{Guard, Handle, Table};
use crate::socket::poll::{poll, PollItem};

static POLLERS: Table<Vec<Entry>> = Table::new(13);

/// What can be registered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Object {
    /// A socket of this library.
    Socket(Handle),
    /// A descriptor of the system.
    Fd(i32),
}

#[derive(Clone, Copy)]
struct Entry {
    object: Object,
    user_data: usize,
    events: i16,
}

/// A registered object that has events.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found {
    /// The object.
    pub object: Object,
    /// What it was registered with.
    pub user_data: usize,
    /// ZMQ_POLL bits.
    pub events: i16,
}

/// A socket to register. ENOTSOCK.
pub fn socket(handle: Handle) -> Result<Object> {
    crate::socket::has_more(handle).map(|_| Object::Socket(handle))
}

fn lock(poller: Handle) -> Result<Guard<Vec<Entry>>> {
    POLLERS.lock(poller).ok_or(Error::EFAULT)
}

/// An empty poller. EMFILE when there are too many.
pub fn create() -> Result<Handle> {
    POLLERS.insert(Vec::new())
}

/// Ends a poller. EFAULT for a bad handle.
pub fn destroy(poller: Handle) -> Result<()> {
    POLLERS.remove(poller).map(drop).ok_or(Error::EFAULT)
}

/// Number of registered objects. EFAULT for a bad handle.
pub fn size(poller: Handle) -> Result<usize> {
    Ok(lock(poller)?.len())
}

/// Registers an object. EFAULT, the object's own error, EINVAL for unknown events or an object that is registered.
pub fn add(poller: Handle, object: Result<Object>, user_data: usize, events: i16) -> Result<()> {
    let mut entries = lock(poller)?;
    let object = object?;
    if entries.iter().any(|e| e.object == object) {
        return Err(Error::EINVAL);
    }
    entries.push(Entry { object, user_data, events: known(events)? });
    Ok(())
}

/// Registers an object for other events. EFAULT, the object's own error, EINVAL for unknown events or an unknown object.
pub fn modify(poller: Handle, object: Result<Object>, events: i16) -> Result<()> {
    let mut entries = lock(poller)?;
    let object = object?;
    entries.iter_mut().find(|e| e.object == object).ok_or(Error::EINVAL)?.events = known(events)?;
    Ok(())
}

fn known(events: i16) -> Result<i16> {
    const ALL: i32 = ZMQ_POLLIN | ZMQ_POLLOUT | ZMQ_POLLERR | ZMQ_POLLPRI;
    if i32::from(events) & !ALL != 0 {
        Err(Error::EINVAL)
    } else {
        Ok(events)
    }
}

/// Forgets an object. EFAULT, the object's own error, EINVAL for an unknown object.
pub fn remove(poller: Handle, object: Result<Object>) -> Result<()> {
    let mut entries = lock(poller)?;
    let object = object?;
    let index = entries.iter().position(|e| e.object == object).ok_or(Error::EINVAL)?;
    entries.remove(index);
    Ok(())
}

/// Waits until objects have events; at most `room` of them. Where the wait could never end (no object with events asked for,
/// no timeout) it is EFAULT. EAGAIN when time is up; EFAULT, ENOTSOCK, ETERM, EINTR.
pub fn wait(poller: Handle, timeout: i64, room: usize) -> Result<Vec<Found>> {
    // A copy, so that the poller is not locked during the wait. Who asks for nothing is not polled: descriptors would still
    // show errors.
    let entries: Vec<Entry> = lock(poller)?.iter().filter(|e| e.events != 0).copied().collect();
    if timeout < 0 && entries.is_empty() {
        return Err(Error::EFAULT);
    }
    let mut items: Vec<PollItem> = entries.iter().map(item).collect();
    if poll(&mut items, timeout)? == 0 {
        return Err(Error::EAGAIN);
    }
    let ready = entries.iter().zip(&items).filter(|(_, item)| item.revents != 0);
    Ok(ready
        .map(|(e, item)| Found { object: e.object, user_data: e.user_data, events: item.revents })
        .take(room)
        .collect())
}

fn item(entry: &Entry) -> PollItem {
    let (socket, fd) = match entry.object {
        Object::Socket(handle) => (handle.as_ptr(), -1),
        Object::Fd(fd) => (std::ptr::null_mut(), fd),
    };
    PollItem { socket, fd, events: entry.events, revents: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN: i16 = ZMQ_POLLIN as i16;

    #[test]
    fn objects_are_registered_once() {
        let poller = create().unwrap();
        assert_eq!(add(poller, Ok(Object::Fd(0)), 0, 0), Ok(()));
        assert_eq!(add(poller, Ok(Object::Fd(0)), 0, IN), Err(Error::EINVAL));
        assert_eq!(modify(poller, Ok(Object::Fd(1)), IN), Err(Error::EINVAL));
        assert_eq!(modify(poller, Ok(Object::Fd(0)), 0x100), Err(Error::EINVAL));
        assert_eq!(add(poller, socket(Handle::from_ptr(std::ptr::null())), 0, IN), Err(Error::ENOTSOCK));
        assert_eq!(size(poller), Ok(1));
        assert_eq!(remove(poller, Ok(Object::Fd(0))), Ok(()));
        assert_eq!(destroy(poller), Ok(()));
        assert_eq!(size(poller), Err(Error::EFAULT));
    }

    #[test]
    fn waits_that_could_not_end_are_refused() {
        let poller = create().unwrap();
        assert_eq!(wait(poller, -1, 1), Err(Error::EFAULT));
        assert_eq!(wait(poller, 1, 1), Err(Error::EAGAIN));
        add(poller, Ok(Object::Fd(0)), 0, 0).unwrap();
        assert_eq!(wait(poller, -1, 1), Err(Error::EFAULT));
    }

    #[test]
    fn readable_descriptors_are_found() {
        use std::io::Write;
        use std::os::fd::AsRawFd;
        let (mut near, far) = std::os::unix::net::UnixStream::pair().unwrap();
        let (poller, object) = (create().unwrap(), Object::Fd(far.as_raw_fd()));
        add(poller, Ok(object), 42, IN).unwrap();
        assert_eq!(wait(poller, 0, 1), Err(Error::EAGAIN));
        near.write_all(b"x").unwrap();
        assert_eq!(wait(poller, -1, 1), Ok(vec![Found { object, user_data: 42, events: IN }]));
    }
}
