//! The pipes of one socket: a slab that gives each pipe an id, and what the socket knows about it.
//!
//! Patterns see pipes only through ids and this type, so that they stay plain logic: ids and messages in, ids and messages
//! out. A pipe whose peer has left and whose last message was read is put on the list of ended ones; the socket detaches it
//! from the pattern after the call.

use std::sync::Arc;

use super::{Pipe, Wake};
use crate::msg::Msg;
use crate::sync::{fence, Ordering};

/// Names a pipe of a socket; never reused for another one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PipeId {
    index: u32,
    generation: u32,
}

impl PipeId {
    /// As a token of the pipe's events.
    pub fn token(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.index)
    }

    /// The id in a token.
    pub fn from_token(token: u64) -> Self {
        Self { index: token as u32, generation: (token >> 32) as u32 }
    }
}

/// Two cache lines: the second is for writing to the pipe (see [`Pipe`]).
#[repr(C, align(64))]
struct Entry {
    generation: u32,
    /// Put on the list of ended pipes already.
    ended: bool,
    pipe: Pipe,
}

#[cfg(all(not(loom), target_pointer_width = "64"))]
const _: () = assert!(std::mem::size_of::<Option<Entry>>() == 128);

/// All pipes of a socket. What every message needs comes last, as in the socket itself.
#[repr(C)]
pub struct Pipes {
    owner: Arc<dyn Wake>,
    /// Of each entry, the socket's number for the endpoint that made the pipe.
    endpoints: Vec<u64>,
    free: Vec<u32>,
    next_generation: u32,
    count: usize,
    ended: Vec<PipeId>,
    entries: Vec<Option<Entry>>,
}

impl Pipes {
    /// No pipes yet; events of those to come go to `owner`.
    pub fn new(owner: Arc<dyn Wake>) -> Self {
        Self {
            owner,
            entries: Vec::new(),
            endpoints: Vec::new(),
            free: Vec::new(),
            next_generation: 0,
            ended: Vec::new(),
            count: 0,
        }
    }

    /// Takes a pipe in; `endpoint` is the socket's number for the endpoint that made it.
    pub fn insert(&mut self, mut pipe: Pipe, endpoint: u64) -> PipeId {
        // u32::MAX stays unused, so that no token is ever the one of an unattached end.
        self.next_generation = (self.next_generation + 1) % u32::MAX;
        let index = self.free.pop().unwrap_or(self.entries.len() as u32);
        let id = PipeId { index, generation: self.next_generation };
        pipe.attach(self.owner.clone(), id.token());
        if index as usize == self.entries.len() {
            self.entries.push(None);
            self.endpoints.push(0);
        }
        self.entries[index as usize] = Some(Entry { pipe, generation: id.generation, ended: false });
        self.endpoints[index as usize] = endpoint;
        self.count += 1;
        id
    }

    /// Takes a pipe out.
    pub fn remove(&mut self, id: PipeId) -> Option<Pipe> {
        self.entry(id)?;
        let entry = self.entries[id.index as usize].take()?;
        self.free.push(id.index);
        self.count -= 1;
        Some(entry.pipe)
    }

    #[inline]
    fn entry(&mut self, id: PipeId) -> Option<&mut Entry> {
        self.entries.get_mut(id.index as usize)?.as_mut().filter(|e| e.generation == id.generation)
    }

    #[inline]
    fn pipe(&mut self, id: PipeId) -> Option<&mut Pipe> {
        self.entry(id).map(|e| &mut e.pipe)
    }

    /// Direct access, for the socket.
    #[inline]
    pub fn get(&mut self, id: PipeId) -> Option<&mut Pipe> {
        self.pipe(id)
    }

    /// Number of pipes.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is no pipe.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Every id, with the number of the endpoint that made it.
    pub fn ids(&self) -> Vec<(PipeId, u64)> {
        let live = |(i, e): (usize, &Option<Entry>)| {
            e.as_ref().map(|e| (PipeId { index: i as u32, generation: e.generation }, self.endpoints[i]))
        };
        self.entries.iter().enumerate().filter_map(live).collect()
    }

    /// Pipes whose last message has been read since the last call.
    pub fn take_ended(&mut self) -> Vec<PipeId> {
        std::mem::take(&mut self.ended)
    }

    /// Whether [`Self::take_ended`] has something.
    #[inline]
    pub fn has_ended(&self) -> bool {
        !self.ended.is_empty()
    }

    /// Whether the first part of a message would be accepted: the peer is there and the mark not reached. False because
    /// of the mark arms `Pattern::writable`.
    #[inline]
    pub fn can_write(&mut self, id: PipeId) -> bool {
        self.pipe(id).is_some_and(Pipe::can_write)
    }

    /// Whether the peer is there but the mark is reached (arms `Pattern::writable`).
    #[inline]
    pub fn is_full(&mut self, id: PipeId) -> bool {
        self.pipe(id).is_some_and(|p| !p.is_shut() && p.is_full())
    }

    /// See [`Pipe::be_patient`].
    pub fn be_patient(&mut self, id: PipeId) {
        if let Some(pipe) = self.pipe(id) {
            pipe.be_patient();
        }
    }

    /// Writes a part, without looking at the mark. Gives it back when the peer is gone.
    #[inline]
    pub fn write(&mut self, id: PipeId, msg: Msg) -> Result<(), Msg> {
        match self.pipe(id) {
            Some(pipe) => pipe.write(msg),
            None => Err(msg),
        }
    }

    /// Shows the peer what was written; after each whole message.
    #[inline]
    pub fn flush(&mut self, id: PipeId) {
        if let Some(pipe) = self.pipe(id) {
            pipe.flush();
        }
    }

    /// [`Self::flush`] for many pipes: the memory barrier, which costs more than the rest, is theirs together.
    pub fn flush_all(&mut self, ids: &[PipeId]) {
        for &id in ids {
            if let Some(pipe) = self.pipe(id) {
                pipe.publish();
            }
        }
        fence(Ordering::SeqCst);
        for &id in ids {
            if let Some(pipe) = self.pipe(id) {
                pipe.call_reader();
            }
        }
    }

    /// Takes back the parts of an unfinished message.
    pub fn rollback(&mut self, id: PipeId) {
        if let Some(pipe) = self.pipe(id) {
            pipe.rollback();
        }
    }

    /// Whether there is something to read. False arms `Pattern::readable`, or the pipe has ended.
    #[inline]
    pub fn can_read(&mut self, id: PipeId) -> bool {
        let Some(pipe) = self.pipe(id) else { return false };
        let ready = pipe.can_read();
        if !ready {
            self.note_end(id);
        }
        ready
    }

    /// Takes the next part. None arms `Pattern::readable`, or the pipe has ended.
    #[inline]
    pub fn read(&mut self, id: PipeId) -> Option<Msg> {
        let msg = self.pipe(id)?.read();
        if msg.is_none() {
            self.note_end(id);
        }
        msg
    }

    /// As [`Self::read`], straight into `msg`. False when there is nothing.
    #[inline(always)]
    pub fn read_into(&mut self, id: PipeId, msg: &mut Msg) -> bool {
        let found = self.pipe(id).is_some_and(|pipe| pipe.read_into(msg));
        if !found {
            self.note_end(id);
        }
        found
    }

    /// Puts the pipe on the list of ended ones if nothing will ever be read from it again.
    #[cold]
    pub fn note_end(&mut self, id: PipeId) {
        let Some(entry) = self.entry(id) else { return };
        if !entry.ended && entry.pipe.ended() {
            entry.ended = true;
            self.ended.push(id);
        }
    }

    /// As [`Self::terminate`], for a peer that is not wanted: over a connection that stays open, unheard, so that it does not
    /// come back again and again.
    pub fn refuse(&mut self, id: PipeId) {
        if let Some(pipe) = self.pipe(id) {
            pipe.refuse();
        }
        self.terminate(id);
    }

    /// The pattern is done with the pipe (a refused peer, a handed-over routing id): both directions go, nothing more is
    /// read or written, and the socket detaches it after the call.
    pub fn terminate(&mut self, id: PipeId) {
        let Some(entry) = self.entry(id) else { return };
        entry.pipe.shut();
        if !std::mem::replace(&mut entry.ended, true) {
            self.ended.push(id);
        }
    }
}
