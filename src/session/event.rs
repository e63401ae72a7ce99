//! What happens to connections, told to whoever monitors the socket (zmq_socket_monitor(3)).
//!
//! Sessions and listeners report events here from their loop, the socket from its calls. The socket layer installs a sink
//! that writes the monitor's frames; without one an event costs one load.

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

/// One event. `value` is what the manual says for the event: a descriptor, an errno, an interval in milliseconds, a
/// protocol error or a status code.
#[derive(Clone, Debug)]
pub struct Event {
    /// One ZMQ_EVENT_* bit.
    pub id: u64,
    /// See above.
    pub value: u64,
    /// The endpoint that identifies the connection: the local one of a listener's, the remote one of a connecting one.
    pub endpoint: String,
}

type Sink = Box<dyn Fn(&Event) + Send>;

/// Where a socket's events go.
#[derive(Default)]
pub struct Monitor {
    mask: AtomicU64,
    sink: Mutex<Option<Sink>>,
}

impl Monitor {
    /// Reports an event, if anybody wants it.
    pub fn report(&self, id: i32, value: i64, endpoint: &str) {
        if self.mask.load(Ordering::Relaxed) & id as u64 == 0 {
            return;
        }
        let event = Event { id: id as u64, value: value as u64, endpoint: endpoint.to_string() };
        if let Some(sink) = self.sink.lock().as_ref() {
            sink(&event);
        }
    }

    /// Sends the events of `mask` to `sink` from now on; gives the sink before back.
    pub fn install(&self, mask: u64, sink: Sink) -> Option<Sink> {
        let mut slot = self.sink.lock();
        self.mask.store(mask, Ordering::Relaxed);
        slot.replace(sink)
    }

    /// Takes the sink out; nothing is reported any more.
    pub fn remove(&self) -> Option<Sink> {
        let mut slot = self.sink.lock();
        self.mask.store(0, Ordering::Relaxed);
        slot.take()
    }

    /// Whether events of `id` are wanted.
    pub fn wants(&self, id: i32) -> bool {
        self.mask.load(Ordering::Relaxed) & id as u64 != 0
    }
}
