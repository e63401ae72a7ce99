//! zmq_socket_monitor(3): a PAIR socket of the library's own, bound to an inproc name, that sends each event as two frames:
//! six bytes (event and value in native byte order) and the endpoint.
//!
//! Events are sent without blocking: one that nobody takes is lost, as the connection behind it must not wait.

use std::sync::Arc;

use super::{enter, Socket};
use crate::consts::{ZMQ_DONTWAIT, ZMQ_EVENT_MONITOR_STOPPED, ZMQ_LINGER, ZMQ_PAIR, ZMQ_SNDMORE};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::msg::{Deferral, Msg};
use crate::session::{Event, Monitor};
use crate::transport::{self, Scheme};

/// The monitor's own socket; closes with the sink that holds it.
struct Outlet(Handle);

impl Drop for Outlet {
    fn drop(&mut self) {
        // It may be closed already when the context is gone.
        let _ = super::close(self.0);
    }
}

impl Outlet {
    fn send(&self, event: &Event) {
        let mut head = [0; 6];
        head[..2].copy_from_slice(&(event.id as u16).to_ne_bytes());
        head[2..].copy_from_slice(&(event.value as u32).to_ne_bytes());
        let Ok(mut endpoint) = Msg::from_slice(event.endpoint.as_bytes()) else { return };
        // A monitor that nobody reads loses events rather than holding up the connection.
        if super::send(self.0, &mut Msg::from_small(&head), ZMQ_SNDMORE | ZMQ_DONTWAIT).is_ok() {
            let _ = super::send(self.0, &mut endpoint, ZMQ_DONTWAIT);
        }
    }
}

/// Starts, changes or (with no endpoint) ends the monitoring of a socket. ENOTSOCK, ETERM; EINVAL for events or versions that
/// do not exist; EPROTONOSUPPORT for another transport than inproc; EADDRINUSE.
pub fn monitor(handle: Handle, endpoint: Option<&str>, events: u64, version: i32, kind: i32) -> Result<()> {
    let _deferral = Deferral::begin();
    let mut socket = enter(handle)?;
    // Version 2 of the frames belongs to the draft API.
    if version != 1 || kind != ZMQ_PAIR {
        return Err(Error::EINVAL);
    }
    let Some(endpoint) = endpoint else {
        stop(&socket.monitor);
        return Ok(());
    };
    if events & !0xffff != 0 {
        return Err(Error::EINVAL);
    }
    if transport::split(endpoint)?.0 != Scheme::Inproc {
        return Err(Error::EPROTONOSUPPORT);
    }
    stop(&socket.monitor);
    socket.start_monitor(endpoint, events)
}

/// Ends a monitor with its last event.
fn stop(monitor: &Monitor) {
    let wanted = monitor.wants(ZMQ_EVENT_MONITOR_STOPPED);
    let Some(sink) = monitor.remove() else { return };
    if wanted {
        sink(&Event { id: ZMQ_EVENT_MONITOR_STOPPED as u64, value: 0, endpoint: String::new() });
    }
}

impl Socket {
    pub(super) fn stop_monitor(&self) {
        stop(&self.monitor);
    }

    fn start_monitor(&mut self, endpoint: &str, events: u64) -> Result<()> {
        let outlet = Arc::new(Outlet(super::open(self.ctx(), ZMQ_PAIR)?));
        // Termination never waits for events that nobody reads.
        super::set_option(outlet.0, ZMQ_LINGER, Some(&0i32.to_ne_bytes()))?;
        super::bind(outlet.0, endpoint)?;
        self.monitor.install(events, Box::new(move |event| outlet.send(event)));
        Ok(())
    }
}
