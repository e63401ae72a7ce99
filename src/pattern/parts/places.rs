//! A list of pipes that knows where in it each pipe stands.
//!
//! The orders of pipes (receiving, sending, fan-out) keep classes of pipes as prefixes of one list and move a pipe between
//! classes by swapping it with one at the border. Every such step is O(1): the place of a pipe is looked up by its slot.

use smallvec::SmallVec;

use crate::pipe::PipeId;

/// No pipe of the slot is in the list.
const NOWHERE: u32 = u32::MAX;

/// See the module comment. Of the many sockets of a program most have one peer, and then need no memory of their own here.
#[derive(Default)]
pub struct Places {
    ids: SmallVec<[PipeId; 2]>,
    /// By slot of the pipe: its index in `ids`.
    at: SmallVec<[u32; 4]>,
}

/// A small number that no other living pipe of the socket has: the lower half of the token (see [`PipeId::token`]).
pub fn slot(id: PipeId) -> usize {
    id.token() as u32 as usize
}

impl Places {
    /// Number of pipes.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The pipe at a place.
    #[inline]
    pub fn get(&self, place: usize) -> Option<PipeId> {
        self.ids.get(place).copied()
    }

    /// Where the pipe stands.
    #[inline]
    pub fn of(&self, id: PipeId) -> Option<usize> {
        let place = *self.at.get(slot(id))? as usize;
        (self.get(place) == Some(id)).then_some(place)
    }

    /// All pipes.
    pub fn ids(&self) -> &[PipeId] {
        &self.ids
    }

    /// Appends a pipe that is not in the list.
    pub fn push(&mut self, id: PipeId) {
        if self.at.len() <= slot(id) {
            self.at.resize(slot(id) + 1, NOWHERE);
        }
        self.at[slot(id)] = self.ids.len() as u32;
        self.ids.push(id);
    }

    /// Swaps two places that exist.
    #[inline]
    pub fn swap(&mut self, a: usize, b: usize) {
        if a == b {
            return;
        }
        self.ids.swap(a, b);
        self.at[slot(self.ids[a])] = a as u32;
        self.at[slot(self.ids[b])] = b as u32;
    }

    /// Takes the last pipe out.
    pub fn pop(&mut self) {
        if let Some(id) = self.ids.pop() {
            self.at[slot(id)] = NOWHERE;
        }
    }
}
