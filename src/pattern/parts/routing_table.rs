//! Routing id to pipe and back (28/REQREP): how ROUTER, REP and STREAM name their peers.

use std::collections::HashMap;

use super::places::slot;
use super::random_start;
use crate::error::Result;
use crate::msg::Msg;
use crate::pipe::PipeId;

/// See the module comment.
pub struct RoutingTable {
    pipes: HashMap<Box<[u8]>, PipeId>,
    /// By slot of the pipe.
    names: Vec<Option<(PipeId, Msg)>>,
    /// The pipe asked about last: requests and replies come in couples, and then nothing is hashed.
    recent: Option<PipeId>,
    next: u32,
}

impl Default for RoutingTable {
    fn default() -> Self {
        Self { pipes: HashMap::new(), names: Vec::new(), recent: None, next: random_start() }
    }
}

impl RoutingTable {
    /// Names a pipe; the name must not be another's. ENOMEM.
    pub fn insert(&mut self, name: &[u8], pipe: PipeId) -> Result<()> {
        let message = Msg::from_slice(name)?;
        if self.names.len() <= slot(pipe) {
            self.names.resize_with(slot(pipe) + 1, || None);
        }
        self.names[slot(pipe)] = Some((pipe, message));
        self.pipes.insert(name.into(), pipe);
        Ok(())
    }

    /// A name that no pipe has: a zero byte, which peers may not begin theirs with, and four counted bytes.
    pub fn generate(&mut self) -> [u8; 5] {
        loop {
            let [a, b, c, d] = self.next.to_be_bytes();
            self.next = self.next.wrapping_add(1);
            if !self.pipes.contains_key(&[0, a, b, c, d][..]) {
                return [0, a, b, c, d];
            }
        }
    }

    /// Forgets a pipe and its name.
    pub fn remove(&mut self, pipe: PipeId) {
        let entry = self.names.get_mut(slot(pipe)).and_then(|entry| entry.take_if(|(id, _)| *id == pipe));
        if let Some((_, name)) = entry {
            self.pipes.remove(name.data());
        }
    }

    /// The pipe of a name.
    pub fn pipe(&mut self, name: &[u8]) -> Option<PipeId> {
        let recent = self.recent.filter(|&pipe| self.entry(pipe).is_some_and(|known| known.data() == name));
        let found = recent.or_else(|| self.pipes.get(name).copied())?;
        self.recent = Some(found);
        Some(found)
    }

    fn entry(&self, pipe: PipeId) -> Option<&Msg> {
        self.names.get(slot(pipe))?.as_ref().filter(|(id, _)| *id == pipe).map(|(_, name)| name)
    }

    /// The name of a pipe, as a message.
    pub fn name(&mut self, pipe: PipeId) -> Option<Msg> {
        self.recent = Some(pipe);
        self.entry(pipe).map(Msg::duplicate)
    }

    /// All pipes that have a name.
    pub fn pipes(&self) -> impl Iterator<Item = PipeId> + '_ {
        self.pipes.values().copied()
    }
}
