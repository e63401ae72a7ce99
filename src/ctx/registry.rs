//! The inproc names of a context: who is bound where, and who connected before anybody was (zmq_inproc(7)).

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::pipe::Pipe;
use crate::socket::{Command, Mailbox};

/// What a connecting socket must know of the bound one, and the other way round.
#[derive(Clone)]
pub struct Party {
    /// Where new pipes go.
    pub mailbox: Arc<Mailbox>,
    /// ZMQ_SNDHWM.
    pub sndhwm: i32,
    /// ZMQ_RCVHWM.
    pub rcvhwm: i32,
    /// Its routing id.
    pub routing_id: Vec<u8>,
    /// Whether it wants the other's routing id as a first message.
    pub wants_routing_id: bool,
    /// Its number of the endpoint.
    pub endpoint: u64,
}

/// A pipe whose other side nobody has bound yet.
pub struct Pending {
    /// The end for the socket that will bind.
    pub pipe: Pipe,
    /// Whether the connected socket wants the routing id of the one that binds.
    pub wants_routing_id: bool,
}

/// Bound names and pending connections.
#[derive(Default)]
pub struct Registry {
    bound: HashMap<String, Party>,
    pending: HashMap<String, Vec<Pending>>,
}

impl Registry {
    /// Binds a name and hands over what was pending. EADDRINUSE.
    pub fn bind(&mut self, name: &str, party: Party) -> Result<Vec<Pending>> {
        if self.bound.contains_key(name) {
            return Err(Error::EADDRINUSE);
        }
        self.bound.insert(name.into(), party);
        Ok(self.pending.remove(name).unwrap_or_default())
    }

    /// The socket bound to a name.
    pub fn find(&self, name: &str) -> Option<&Party> {
        self.bound.get(name)
    }

    /// Keeps a connection until somebody binds.
    pub fn wait_for(&mut self, name: &str, pending: Pending) {
        self.pending.entry(name.into()).or_default().push(pending);
    }

    /// Unbinds a name of the socket with this mailbox. ENOENT.
    pub fn unbind(&mut self, name: &str, mailbox: &Arc<Mailbox>) -> Result<()> {
        match self.bound.get(name) {
            Some(p) if Arc::ptr_eq(&p.mailbox, mailbox) => {
                self.bound.remove(name);
                Ok(())
            }
            _ => Err(Error::ENOENT),
        }
    }

    /// Forgets the names of a socket that closes. What it had queued for a name that nobody has bound stays for whoever
    /// binds it.
    pub fn forget(&mut self, mailbox: &Arc<Mailbox>) {
        self.bound.retain(|_, p| !Arc::ptr_eq(&p.mailbox, mailbox));
    }

    /// The context ends: drops every pending connection.
    pub fn clear(&mut self) {
        self.bound.clear();
        self.pending.clear();
    }

    /// Gives a bound socket its new pipe.
    pub fn deliver(party: &Party, pipe: Pipe) {
        party.mailbox.post(Command::Attach(pipe, party.endpoint));
    }
}
