//! Sending one message to many pipes.
//!
//! Before the first part the owner says which pipes it is for ([`FanOut::select`]). They stand at the front of the list for
//! all parts of the message; whoever comes, subscribes or gets room meanwhile takes part from the next message on. A pipe
//! that is full when the first part comes is left out (the message is dropped for it) and stands behind the border until
//! it is writable again. Bodies are shared, not copied, and what is counted or ordered between threads is counted and ordered
//! once for all pipes. Called by XPUB and XSUB.

use super::places::Places;
use crate::msg::{Copies, Msg};
use crate::pipe::{PipeId, Pipes};

/// See the module comment.
#[derive(Default)]
pub struct FanOut {
    pipes: Places,
    /// Pipes before this place get the current message.
    selected: usize,
    /// Pipes before this place may have room.
    ready: usize,
    /// The first part is out, others follow.
    more: bool,
}

impl FanOut {
    /// Takes a pipe in.
    pub fn attach(&mut self, id: PipeId) {
        self.pipes.push(id);
        self.activate(id);
    }

    /// Forgets a pipe.
    pub fn detach(&mut self, id: PipeId) {
        self.deselect(id);
        let Some(mut place) = self.pipes.of(id) else { return };
        if place < self.ready {
            self.ready -= 1;
            self.pipes.swap(place, self.ready);
            place = self.ready;
        }
        self.pipes.swap(place, self.pipes.len() - 1);
        self.pipes.pop();
    }

    /// Whether the pipe was taken in.
    pub fn knows(&self, id: PipeId) -> bool {
        self.pipes.of(id).is_some()
    }

    /// All pipes.
    pub fn ids(&self) -> &[PipeId] {
        self.pipes.ids()
    }

    /// The pipe may have room again.
    pub fn activate(&mut self, id: PipeId) {
        if let Some(place) = self.pipes.of(id).filter(|&place| place >= self.ready) {
            self.pipes.swap(place, self.ready);
            self.ready += 1;
        }
    }

    /// All pipes are looked at again, the full ones too.
    pub fn activate_all(&mut self) {
        self.ready = self.pipes.len();
    }

    /// Whether parts of the message that was begun are still to come.
    pub fn in_message(&self) -> bool {
        self.more
    }

    /// The message to come is for this pipe (too).
    pub fn select(&mut self, id: PipeId) {
        if let Some(place) = self.pipes.of(id).filter(|place| (self.selected..self.ready).contains(place)) {
            self.pipes.swap(place, self.selected);
            self.selected += 1;
        }
    }

    /// The message to come is for every pipe.
    pub fn select_all(&mut self) {
        self.selected = self.ready;
    }

    /// The message to come, or the rest of the current one, is not for this pipe.
    pub fn deselect(&mut self, id: PipeId) {
        if let Some(place) = self.pipes.of(id).filter(|&place| place < self.selected) {
            self.selected -= 1;
            self.pipes.swap(place, self.selected);
        }
    }

    /// The message to come is for nobody.
    pub fn deselect_all(&mut self) {
        self.selected = 0;
    }

    /// Whether a selected pipe is full, for an owner that will not leave it out, and so waits.
    pub fn is_blocked(&self, pipes: &mut Pipes) -> bool {
        let selected = &self.pipes.ids()[..self.selected];
        let blocked = selected.iter().any(|&id| pipes.is_full(id));
        if blocked {
            selected.iter().for_each(|&id| pipes.be_patient(id));
        }
        blocked
    }

    /// Sends a part to the selected pipes. Never fails: whoever cannot take it is left out.
    pub fn send(&mut self, pipes: &mut Pipes, msg: &mut Msg) {
        let (first, last) = (!self.more, !msg.more());
        self.more = !last;
        if first {
            self.drop_full(pipes);
        }
        self.write(pipes, msg.take());
        if last {
            pipes.flush_all(&self.pipes.ids()[..self.selected]);
            self.selected = 0;
        }
    }

    /// Leaves out the selected pipes that have no room.
    fn drop_full(&mut self, pipes: &mut Pipes) {
        self.each_selected(|id| pipes.can_write(id));
    }

    fn write(&mut self, pipes: &mut Pipes, msg: Msg) {
        let mut copies = Copies::new(msg, self.selected as u32);
        self.each_selected(|id| pipes.write(id, copies.make()).is_ok());
    }

    /// Calls `f` for each selected pipe; those for which it is false are deselected and count as full.
    fn each_selected(&mut self, mut f: impl FnMut(PipeId) -> bool) {
        // Downwards: what swapping brings into a place has been visited already.
        for place in (0..self.selected).rev() {
            if self.pipes.get(place).is_some_and(&mut f) {
                continue;
            }
            self.selected -= 1;
            self.pipes.swap(place, self.selected);
            self.ready -= 1;
            self.pipes.swap(self.selected, self.ready);
        }
    }
}
