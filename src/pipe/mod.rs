//! The pipe between a socket and one peer: a session in the I/O loop, or another socket over inproc.
//!
//! A pipe has two ends ([`Pipe`]) and two directions, each a queue (`queue.rs`) with a high-water mark. The ends belong to
//! different threads and never share a lock; they tell each other four things through [`Wake`]:
//!
//! | event | told when | by |
//! |---|---|---|
//! | `Readable` | something was written, or the writer left, while the reader had found nothing | writer |
//! | `Writable` | the reader has come to its low-water mark while the writer had found the pipe full | reader |
//! | `Closed` | the other end is gone | either |
//! | `Hiccup` | the connection behind was lost and will be made anew | session |
//!
//! *High-water mark.* Counted in whole messages. A writer at the mark may write again after the reader has taken
//! (hwm + 1) / 2 messages (the low-water mark); over inproc the mark is the sum of both sides' marks, and 0 on either side
//! is unlimited.
//!
//! *No lost wake-ups.* A side that found nothing to do sets its flag and looks again; the other side publishes and then
//! looks at the flag, with sequentially consistent fences between (Dekker). So either the first sees the news or the
//! second sees the flag. The models in `loom_models.rs` hold that.
//!
//! *Leaving.* Dropping an end closes both directions: what it had written stays readable for the peer and then ends
//! ([`Pipe::ended`]); what the peer wrote to it is dropped. [`Pipe::abort`] drops what was written as well.

mod batch;
mod direction;
mod queue;
mod slab;

pub use batch::Batch;
pub use direction::NO_MARK;
pub use slab::{PipeId, Pipes};

use std::sync::Arc;

use crate::msg::{Control, Msg};
use direction::{joint_mark, pack, Direction, UNATTACHED};

use crate::sync::{fence, Ordering};

/// What one end tells the other; see the module comment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PipeEvent {
    /// There may be something to read, or the end of it.
    Readable,
    /// There may be room to write.
    Writable,
    /// The other end is gone.
    Closed,
    /// The connection was lost; what had been queued for it as state (subscriptions) must be said again.
    Hiccup,
}

/// Whoever owns an end: the mailbox of a socket or of an I/O loop.
pub trait Wake: Send + Sync {
    /// Tells the owner that `event` happened at the end it knows as `token`. Called from any thread, must not block.
    fn pipe_event(&self, token: u64, event: PipeEvent);
    /// As [`Self::pipe_event`], at the end of a [`Batch`]: nothing follows at once, so there is nothing to wait for. Whether
    /// [`Self::batch_over`] is to be called when all owners have been told.
    fn batch_event(&self, token: u64, event: PipeEvent) -> bool {
        self.pipe_event(token, event);
        false
    }
    /// Wakes those who wait for what [`Self::batch_event`] has told.
    fn batch_over(&self) {}
    /// The writer of a pipe whose reader has said [`Pipe::set_corked`] has put another armful of messages into it.
    fn take_over(&self, _token: u64) {}
}

/// Messages after which a corked reader is called: few enough to be still in the processor's cache.
const ARMFUL: u64 = 128;

/// How to make one side of a pipe.
#[derive(Clone, Copy)]
pub struct Side {
    /// Mark for what this end writes (ZMQ_SNDHWM), or [`NO_MARK`].
    pub send_mark: i32,
    /// Mark for what this end reads (ZMQ_RCVHWM), or [`NO_MARK`].
    pub recv_mark: i32,
}

/// One end of a pipe. Used by one thread at a time; dropping it closes it. The order of the fields is the layout: one cache
/// line (but 8 bytes) for reading, one for writing.
#[repr(C)]
pub struct Pipe {
    inbound: queue::Reader<Msg, Direction>,
    /// Whole messages taken at this end.
    taken: u64,
    /// The message being read has more parts to come.
    partial_in: bool,
    /// Nothing more is accepted for writing: the peer is gone.
    shut: bool,
    /// What is read is for a lost connection, up to [`Control::Renewed`].
    stale: bool,
    /// Instead of the queues, the last message of each direction.
    conflate: bool,
    out: queue::Writer<Msg, Direction>,
    /// Whole messages written at this end.
    written: u64,
    /// The marks for writing as last seen, and what they make: messages that the reader may be behind.
    marks_seen: u64,
    reach: u64,
}

/// Makes a pipe; with `conflate` each end reads the last message only (ZMQ_CONFLATE). The ends report to nobody until
/// their owners call [`Pipe::attach`].
pub fn pair(a: Side, b: Side, conflate: bool) -> (Pipe, Pipe) {
    let direction = |marks| queue::queue(Direction::new(marks, conflate));
    let (to_a, to_b) = (direction([b.send_mark, a.recv_mark]), direction([a.send_mark, b.recv_mark]));
    let end = |out, inbound| Pipe {
        out,
        inbound,
        written: 0,
        taken: 0,
        // Not looked at yet: no marks are these.
        marks_seen: pack([i32::MIN; 2]),
        reach: 0,
        partial_in: false,
        shut: false,
        stale: false,
        conflate,
    };
    (end(to_b.0, to_a.1), end(to_a.0, to_b.1))
}

impl Pipe {
    #[inline(always)]
    fn reading(&self) -> &Direction {
        self.inbound.beside()
    }

    #[inline(always)]
    fn writing(&self) -> &Direction {
        self.out.beside()
    }

    /// From now on this end's events go to `owner` with `token`. The caller must look once at reading, writing and
    /// [`Self::peer_gone`], for what happened before.
    pub fn attach(&mut self, owner: Arc<dyn Wake>, token: u64) {
        // An end has one owner for life.
        let _ = self.reading().reader.owner.set(owner);
        self.reading().reader.token.store(token, Ordering::SeqCst);
        fence(Ordering::SeqCst);
    }

    /// Whether the other end was dropped.
    pub fn peer_gone(&self) -> bool {
        self.reading().writer_gone.load(Ordering::SeqCst)
    }

    /// Linger, in milliseconds, that the other end left with (-1: for ever).
    pub fn peer_linger(&self) -> i32 {
        self.reading().linger.load(Ordering::SeqCst)
    }

    // --- writing -----------------------------------------------------------------------------------------------------

    /// Whether the mark is reached, as the writer has to see it. True arms the `Writable` event.
    #[inline]
    pub fn is_full(&mut self) -> bool {
        self.at_mark() && self.full_after_all()
    }

    #[cold]
    fn full_after_all(&mut self) -> bool {
        self.writing().writer_waits.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let full = self.at_mark();
        if !full {
            self.writing().writer_waits.store(false, Ordering::Relaxed);
        }
        full
    }

    #[inline]
    fn at_mark(&mut self) -> bool {
        let marks = self.writing().marks.load(Ordering::Relaxed);
        if marks != self.marks_seen {
            self.look_at(marks);
        }
        self.written - self.writing().consumed.load(Ordering::Acquire) >= self.reach
    }

    #[cold]
    fn look_at(&mut self, marks: u64) {
        self.marks_seen = marks;
        self.reach = match joint_mark(marks) {
            mark if mark == 0 || self.conflate => u64::MAX,
            mark => mark,
        };
    }

    /// Whether a first part would be accepted now. False arms the `Writable` event if the mark is the reason.
    #[inline]
    pub fn can_write(&mut self) -> bool {
        !self.shut && !self.is_full()
    }

    /// This end waits until all its peers have room, rather than leave a message out for one.
    pub fn be_patient(&self) {
        let patient = &self.writing().patient;
        if !patient.load(Ordering::Relaxed) {
            patient.store(true, Ordering::Relaxed);
        }
    }

    /// Number of whole messages written at this end so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Whether the peer is gone for writing.
    pub fn is_shut(&self) -> bool {
        self.shut
    }

    /// Accepts nothing more (the peer is gone, or the pipe is about to go).
    pub fn shut(&mut self) {
        self.rollback();
        self.shut = true;
    }

    /// Writes one part without looking at the mark; visible to the peer after the last part and [`Self::flush`].
    /// Gives the message back when the peer is gone.
    #[inline]
    pub fn write(&mut self, msg: Msg) -> Result<(), Msg> {
        if self.shut {
            return Err(msg);
        }
        let (whole, counts) = (!msg.more(), msg.control() != Control::RoutingId);
        if self.conflate {
            if let Some(cell) = &self.writing().conflate {
                *cell.lock() = Some(msg);
            }
            return Ok(());
        }
        self.out.push(msg);
        if whole {
            self.out.seal();
            self.written += u64::from(counts);
        }
        Ok(())
    }

    /// As [`Self::write`], for the path that every message takes: moves the content straight out of `msg`, which is left
    /// empty. False, and nothing happens, when the peer is gone.
    #[inline(always)]
    pub fn write_from(&mut self, msg: &mut Msg) -> bool {
        if self.shut {
            return false;
        }
        if msg.control() != Control::None || self.conflate {
            return self.write(msg.take()).is_ok();
        }
        let whole = !msg.more();
        // SAFETY: `move_to` fills the slot.
        unsafe { self.out.push_with(|slot| msg.move_to(slot)) };
        if whole {
            self.out.seal();
            self.written += 1;
        }
        true
    }

    /// Takes back the parts of a message that was not finished.
    pub fn rollback(&mut self) {
        while self.out.unpush().is_some() {}
    }

    /// Shows the peer every whole message written.
    #[inline]
    pub fn flush(&mut self) {
        if self.publish() {
            fence(Ordering::SeqCst);
            self.call_reader();
        }
    }

    #[cold]
    fn call_corked_reader(&self) {
        let port = &self.writing().reader;
        let owner = port.owner.get().filter(|_| self.writing().corked.load(Ordering::Relaxed));
        owner.into_iter().for_each(|owner| owner.take_over(port.token.load(Ordering::Relaxed)));
    }

    /// First half of [`Self::flush`]; a sequentially consistent fence comes before the second. Whether there was anything.
    #[inline]
    fn publish(&mut self) -> bool {
        self.out.publish() || self.conflate
    }

    /// Second half of [`Self::flush`]: tells a reader that had found nothing, or is corked.
    #[inline]
    fn call_reader(&self) {
        let waits = &self.writing().reader_waits;
        if waits.load(Ordering::Relaxed) && waits.swap(false, Ordering::SeqCst) {
            self.writing().reader.notify(PipeEvent::Readable);
        } else if self.written.is_multiple_of(ARMFUL) {
            self.call_corked_reader();
        }
    }

    // --- reading -----------------------------------------------------------------------------------------------------

    /// Whether there is something to read. False arms the `Readable` event.
    #[inline]
    pub fn can_read(&mut self) -> bool {
        self.ready() || self.ready_after_all()
    }

    #[cold]
    fn ready_after_all(&mut self) -> bool {
        self.reading().reader_waits.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let ready = self.ready();
        if ready {
            self.reading().reader_waits.store(false, Ordering::Relaxed);
        } else {
            // A reader that has taken everything is called for this when the writer sets a lower mark.
            self.account();
        }
        ready
    }

    #[inline]
    fn ready(&mut self) -> bool {
        if self.reading().aborted.load(Ordering::Acquire) {
            return false;
        }
        match self.conflate {
            true => self.reading().conflate.as_ref().is_some_and(|cell| cell.lock().is_some()),
            false => self.inbound.ready(),
        }
    }

    /// Whether nothing will ever be readable again: the peer is gone and everything of it was read.
    pub fn ended(&mut self) -> bool {
        // The order matters: what was published before the writer left must be seen.
        self.peer_gone() && !self.ready()
    }

    /// Takes the next part. None arms the `Readable` event.
    #[inline]
    pub fn read(&mut self) -> Option<Msg> {
        loop {
            let msg = self.take()?;
            if !self.stale {
                return Some(msg);
            }
            self.stale = msg.control() != Control::Renewed;
        }
    }

    #[inline]
    fn take(&mut self) -> Option<Msg> {
        if !self.can_read() {
            return None;
        }
        let msg = match self.conflate {
            true => self.reading().conflate.as_ref().and_then(|cell| cell.lock().take()),
            false => self.inbound.pop(),
        }?;
        self.count(&msg);
        Some(msg)
    }

    /// As [`Self::read`], for the path that every message takes: moves the next part straight into `msg`. False when there
    /// is none.
    #[inline(always)]
    pub fn read_into(&mut self, msg: &mut Msg) -> bool {
        if self.stale || self.conflate {
            return self.read().map(|part| *msg = part).is_some();
        }
        if self.reading().aborted.load(Ordering::Acquire) || !self.pop_into(msg) {
            return self.read_after_all(msg);
        }
        self.next_there().into_iter().for_each(Msg::fetch_head);
        self.count(msg);
        true
    }

    /// As [`Self::read_into`], but arms no event: the caller will look again.
    #[inline(always)]
    pub fn read_on(&mut self, msg: &mut Msg) -> bool {
        if self.stale || self.conflate {
            return self.read_into(msg);
        }
        let found = !self.reading().aborted.load(Ordering::Acquire) && self.pop_into(msg);
        if found {
            self.count(msg);
        }
        found
    }

    /// Calls the body of the next message into the cache, if there is one: for a reader that works through what another
    /// processor has written, before it is done with the last.
    #[inline(always)]
    pub fn foresee(&self) {
        self.next_there().into_iter().for_each(Msg::fetch);
    }

    /// A message that will be read soon, if there is one.
    #[inline(always)]
    fn next_there(&self) -> Option<&Msg> {
        // SAFETY: a published slot holds a message.
        self.inbound.peek().map(|slot| unsafe { slot.assume_init_ref() })
    }

    /// Whether the writer is to call [`Wake::take_over`] after each armful, as a hint for it.
    pub fn set_corked(&self, corked: bool) {
        self.reading().corked.store(corked, Ordering::Relaxed);
    }

    /// Whether the writer has waited for room ([`Self::be_patient`]): nothing is lost if there is less of it.
    pub fn writer_is_patient(&self) -> bool {
        self.reading().patient.load(Ordering::Relaxed)
    }

    #[inline(always)]
    fn pop_into(&mut self, msg: &mut Msg) -> bool {
        // SAFETY: `move_from` takes the message out.
        unsafe { self.inbound.pop_with(|slot| msg.move_from(slot)) }
    }

    /// When there seems to be nothing.
    #[cold]
    fn read_after_all(&mut self, msg: &mut Msg) -> bool {
        let found = self.can_read() && self.pop_into(msg);
        if found {
            self.count(msg);
        }
        found
    }

    /// A part was read.
    #[inline(always)]
    fn count(&mut self, msg: &Msg) {
        self.partial_in = msg.more();
        if !self.partial_in && msg.control() != Control::RoutingId {
            self.taken += 1;
            self.account();
        }
    }

    /// Whether the last part read was not the last of its message.
    pub fn reading_partial(&self) -> bool {
        self.partial_in
    }

    /// Tells the writer at each low-water mark.
    #[inline]
    fn account(&mut self) {
        if self.taken >= self.reading().next_report.load(Ordering::Relaxed) {
            self.report();
        }
    }

    #[cold]
    fn report(&mut self) {
        if !self.schedule_report() {
            return;
        }
        let d = self.reading();
        d.consumed.store(self.taken, Ordering::Release);
        fence(Ordering::SeqCst);
        self.call_writer();
    }

    /// Whether the writer is to be told now; and when to ask next. Reports come at multiples of the low-water mark, and never
    /// further apart than that: so whatever the marks were before, one comes before a writer at the mark has waited in vain.
    fn schedule_report(&self) -> bool {
        let (d, taken) = (self.reading(), self.taken);
        let consumed = d.consumed.load(Ordering::Relaxed);
        // A writer that waits with another mark than this one wants to know how it stands.
        let mut asked = d.next_report.load(Ordering::SeqCst) == 0 && d.writer_waits.load(Ordering::SeqCst);
        loop {
            let low = d.low_mark();
            // Without a mark there is a writer to be told of that, once, and nothing to report until one is set.
            let due = asked || low == 0 || taken.is_multiple_of(low) || taken - consumed >= low;
            let last = if due { taken } else { consumed };
            let next = taken.checked_div(low).map_or(u64::MAX, |marks| ((marks + 1) * low).min(last + low));
            d.next_report.store(next, Ordering::SeqCst);
            fence(Ordering::SeqCst);
            // A change meanwhile is not overwritten unseen.
            if d.low_mark() == low {
                return due;
            }
            asked = d.writer_waits.load(Ordering::SeqCst);
        }
    }

    /// Tells a writer that had found the pipe full.
    fn call_writer(&self) {
        let waits = &self.reading().writer_waits;
        if waits.load(Ordering::Relaxed) && waits.swap(false, Ordering::SeqCst) {
            self.writing().reader.notify(PipeEvent::Writable);
        }
    }

    // --- marks, hiccup, leaving --------------------------------------------------------------------------------------

    /// Sets this side's marks (a late ZMQ_SNDHWM or ZMQ_RCVHWM), wakes a peer that now has room for writing, and calls one that
    /// has read everything without saying so.
    pub fn set_marks(&mut self, send_mark: i32, recv_mark: i32) {
        let (out, inward) = (self.writing(), self.reading());
        let changed = out.set_mark(0, send_mark) != send_mark;
        inward.set_mark(1, recv_mark);
        fence(Ordering::SeqCst);
        inward.consumed.store(self.taken, Ordering::Release);
        if changed {
            out.next_report.store(0, Ordering::SeqCst);
        }
        // The writer is told in any case.
        self.schedule_report();
        self.call_writer();
        // Also a reader that has not looked since, and so does not wait.
        if changed && self.at_mark() {
            self.writing().reader.notify(PipeEvent::Readable);
        }
    }

    /// Session: asks the socket to say its state again; what the socket has queued, or queues before it hears of this, is
    /// dropped.
    pub fn hiccup(&mut self) {
        self.stale = true;
        while self.read().is_some() {}
        self.writing().reader.notify(PipeEvent::Hiccup);
    }

    /// Socket: answers a hiccup; what is written from now on is read again.
    pub fn renew(&mut self) {
        self.rollback();
        // A session that is gone needs no answer.
        let _ = self.write(Msg::new().with_control(Control::Renewed));
        self.flush();
    }

    /// How long the peer may try to deliver what this end has written once this end is dropped, in milliseconds.
    pub fn set_linger(&mut self, linger: i32) {
        self.writing().linger.store(linger, Ordering::SeqCst);
    }

    /// Leaves without dropping this end: nothing more is written, what the peer has written can still be read.
    pub fn leave(&mut self) {
        self.shut();
        self.out.publish();
        self.writing().writer_gone.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        self.writing().reader.notify(PipeEvent::Closed);
    }

    /// Says that the peer is not wanted; to be followed by the drop of this end.
    pub fn refuse(&mut self) {
        self.writing().refused.store(true, Ordering::SeqCst);
    }

    /// Whether the other end has left because it does not want this one.
    pub fn is_refused(&self) -> bool {
        self.reading().refused.load(Ordering::SeqCst)
    }

    /// Closes this end so that the peer does not read what was written and not read yet either.
    pub fn abort(self) {
        self.writing().aborted.store(true, Ordering::SeqCst);
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.rollback();
        self.out.publish();
        self.writing().writer_gone.store(true, Ordering::SeqCst);
        // The owner of this end hears nothing more.
        self.reading().reader.token.store(UNATTACHED, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        self.writing().reader.notify(PipeEvent::Closed);
    }
}

#[cfg(all(test, not(loom)))]
mod corked_tests;
#[cfg(all(test, not(loom)))]
mod marks_tests;

#[cfg(all(test, loom))]
mod loom_models;
