//! The 64-byte message value, `zmq_msg_t` of the ABI.
//!
//! Up to [`INLINE`] bytes live in the value itself; larger bodies are counted blocks (`content.rs`) or, if they arrived with
//! others, slices of one (`strip.rs`); constants are a pointer.
//! Beside the body travel the flags of the frame, what the library itself says in the pipe ([`Control`]), and a reference
//! to the properties of the connection (`metadata.rs`). Everybody above `sys` uses this type; the C edge lays it over the
//! caller's `zmq_msg_t`.

mod blocks;
mod content;
mod copies;
mod intake;
mod metadata;
mod strip;
pub mod tide;

pub use blocks::{give_back, tidy};
pub use content::{Deferral, FreeFn, Growing};
pub use copies::Copies;
pub use intake::{Intake, Kept, Portion, BLOCK};
pub use metadata::{Metadata, MetadataRef, Purse};
pub use strip::Strip;

use std::mem::ManuallyDrop;

use content::ContentPtr;

use crate::error::Result;
use crate::sys::cache;

/// Largest body that needs no allocation, in bytes.
pub const INLINE: usize = 48;

/// What a frame in a pipe means besides payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Control {
    /// Payload of the application.
    None = 0,
    /// The peer's routing id, first message of a pipe whose owner asked for it (ROUTER, REP, STREAM …).
    RoutingId = 1,
    /// A subscription; the body is the topic.
    Subscribe = 2,
    /// The end of a subscription; the body is the topic.
    Cancel = 3,
    /// What came before in the pipe was for a connection that is lost.
    Renewed = 4,
}

/// How the body is stored. Values are unlikely in memory that was never initialised, so that zmq_msg_* calls on closed or
/// never initialised messages are answered EFAULT.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    Inline = 0x6d,
    Counted = 0x6e,
    Constant = 0x6f,
    /// Part of a counted block that other messages have parts of, too.
    Slice = 0x70,
}

const CLOSED: u8 = 0;

/// Lines of a body that are called into the cache beforehand: header and beginning. After these the processor goes on by itself.
const FETCHED: usize = 4;

mod flag {
    /// More parts of the same message follow.
    pub(super) const MORE: u8 = 1;
    /// The body has been copied and may be shared (ZMQ_SHARED).
    pub(super) const SHARED: u8 = 2;
}

#[derive(Clone, Copy)]
#[repr(C)]
struct Remote {
    content: ContentPtr,
}

/// Begins as a [`Remote`] does.
#[derive(Clone, Copy)]
#[repr(C)]
struct Slice {
    content: ContentPtr,
    data: *const u8,
    size: usize,
}

#[derive(Clone, Copy)]
#[repr(C)]
struct Constant {
    data: *const u8,
    size: usize,
}

#[repr(C, align(8))]
union Body {
    inline: [u8; INLINE],
    counted: Remote,
    constant: Constant,
    slice: Slice,
}

/// One message part. 64 bytes, moved by value; `zmq_msg_t` is this type.
#[repr(C)]
pub struct Msg {
    body: Body,
    metadata: ManuallyDrop<Option<MetadataRef>>,
    routing_id: u32,
    kind: u8,
    size: u8,
    flags: u8,
    /// A [`Control`] as a number: an enum here would give the type a niche, and every `Option<Msg>` would be moved in odd
    /// pieces that stall the processor's store forwarding.
    control: u8,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(std::mem::size_of::<Msg>() == 64 && std::mem::align_of::<Msg>() == 8);

// SAFETY: counted bodies are reference counted atomically; foreign memory may be freed on any thread by the contract of
// zmq_msg_init_data, constants are never written.
unsafe impl Send for Msg {}

impl Default for Msg {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Msg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Msg({:?}, more={}, {:?})", self.data(), self.more(), self.control())
    }
}

impl Msg {
    const fn with(body: Body, kind: Kind, size: u8) -> Self {
        Self {
            body,
            metadata: ManuallyDrop::new(None),
            routing_id: 0,
            kind: kind as u8,
            size,
            flags: 0,
            control: Control::None as u8,
        }
    }

    /// An empty message.
    #[inline]
    pub const fn new() -> Self {
        Self::with(Body { inline: [0; INLINE] }, Kind::Inline, 0)
    }

    fn counted(content: ContentPtr) -> Self {
        Self::with(Body { counted: Remote { content } }, Kind::Counted, 0)
    }

    /// A message over `size` bytes at `data`.
    ///
    /// # Safety
    /// They are part of the content's body and no other message's; the message takes over one reference to the content.
    #[inline]
    unsafe fn slice(content: ContentPtr, data: *const u8, size: usize) -> Self {
        Self::with(Body { slice: Slice { content, data, size } }, Kind::Slice, 0)
    }

    /// The counted block, if the body is (part of) one.
    #[inline]
    fn content(&self) -> Option<ContentPtr> {
        if self.kind != Kind::Counted as u8 && self.kind != Kind::Slice as u8 {
            return None;
        }
        // SAFETY: the kind says that the counted member is live, or the slice, which begins in the same way.
        Some(unsafe { self.body.counted.content })
    }

    /// A message of `size` bytes (unspecified content). ENOMEM when there is no memory for it.
    #[inline]
    pub fn with_size(size: usize) -> Result<Self> {
        if size <= INLINE {
            let mut msg = Self::new();
            msg.size = size as u8;
            return Ok(msg);
        }
        content::allocate(size).map(Self::counted)
    }

    /// A message with a copy of `data`. ENOMEM when there is no memory for it.
    #[inline]
    pub fn from_slice(data: &[u8]) -> Result<Self> {
        let mut msg = Self::with_size(data.len())?;
        // SAFETY: a fresh message of exactly this size, not shared.
        unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), msg.as_mut_ptr(), data.len()) };
        Ok(msg)
    }

    /// A message with a copy of a body known to be small: at most [`INLINE`] bytes are taken.
    pub fn from_small(data: &[u8]) -> Self {
        let n = data.len().min(INLINE);
        let mut inline = [0; INLINE];
        inline[..n].copy_from_slice(&data[..n]);
        Self::with(Body { inline }, Kind::Inline, n as u8)
    }

    /// As [`Self::from_small`], from a window of which the first `size` bytes (at most [`INLINE`]) are the body: a copy of
    /// fixed length.
    #[inline(always)]
    pub fn from_window(window: &[u8; INLINE], size: usize) -> Self {
        Self::with(Body { inline: *window }, Kind::Inline, size.min(INLINE) as u8)
    }

    /// A message over the caller's memory. `free` (if any) is called once with `data` and `hint` when the last copy goes;
    /// without it the memory is taken for constant.
    ///
    /// # Safety
    /// `data` stays readable for `size` bytes until `free` is called (for ever without one), on any thread.
    pub unsafe fn from_foreign(
        data: *mut u8,
        size: usize,
        free: Option<FreeFn>,
        hint: *mut libc::c_void,
    ) -> Result<Self> {
        match free {
            Some(free) => content::adopt(data, size, free, hint).map(Self::counted),
            None => Ok(Self::with(Body { constant: Constant { data, size } }, Kind::Constant, 0)),
        }
    }

    /// The message whose body has arrived completely.
    pub fn from_growing(body: Growing) -> Self {
        Self::counted(body.finish())
    }

    /// Whether memory that should hold a message does: false for closed and never initialised ones.
    ///
    /// # Safety
    /// `msg` is readable for 64 bytes.
    pub unsafe fn is_initialised(msg: *const Self) -> bool {
        // SAFETY: readable by contract; only plain bytes are looked at.
        let kind = unsafe { std::ptr::addr_of!((*msg).kind).read() };
        (Kind::Inline as u8..=Kind::Slice as u8).contains(&kind)
    }

    /// Releases the message in place and marks the memory closed.
    ///
    /// # Safety
    /// `msg` holds an initialised message that nobody else uses.
    pub unsafe fn close(msg: *mut Self) {
        // SAFETY: initialised by contract; afterwards the kind byte says closed and nothing is read again.
        unsafe {
            std::ptr::drop_in_place(msg);
            std::ptr::addr_of_mut!((*msg).kind).write(CLOSED);
        }
    }

    /// The body's address; valid until the message is moved, changed or dropped.
    #[inline]
    pub fn as_ptr(&self) -> *const u8 {
        // SAFETY: the kind says which member of the union is live.
        unsafe {
            if self.kind == Kind::Inline as u8 {
                self.body.inline.as_ptr()
            } else if self.kind == Kind::Counted as u8 {
                self.body.counted.content.as_ref().data
            } else if self.kind == Kind::Slice as u8 {
                self.body.slice.data
            } else {
                self.body.constant.data
            }
        }
    }

    /// As [`Self::as_ptr`], to write through (what zmq_msg_data returns).
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        if self.kind == Kind::Inline as u8 {
            // SAFETY: the kind says that the inline member is live.
            return unsafe { self.body.inline.as_mut_ptr() };
        }
        self.as_ptr().cast_mut()
    }

    /// Size of the body in bytes.
    #[inline]
    pub fn len(&self) -> usize {
        // SAFETY: the kind says which member of the union is live.
        unsafe {
            if self.kind == Kind::Inline as u8 {
                self.size as usize
            } else if self.kind == Kind::Counted as u8 {
                self.body.counted.content.as_ref().size
            } else if self.kind == Kind::Slice as u8 {
                self.body.slice.size
            } else {
                self.body.constant.size
            }
        }
    }

    /// Calls the first lines of a counted body into the cache.
    #[inline]
    pub fn fetch(&self) {
        if self.kind == Kind::Counted as u8 {
            // SAFETY: the kind says which member of the union is live.
            let head = unsafe { self.body.counted }.content.as_ptr();
            (0..FETCHED).for_each(|line| cache::fetch(head.cast::<u8>().wrapping_add(line * cache::LINE)));
        }
    }

    /// As [`Self::fetch`], for a thread that will let the body go and perhaps not look at it: the line that this changes.
    #[inline]
    pub fn fetch_head(&self) {
        if self.kind == Kind::Counted as u8 {
            // SAFETY: the kind says which member of the union is live.
            cache::fetch_to_write(unsafe { self.body.counted }.content.as_ptr());
        }
    }

    /// Whether the body has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The body.
    #[inline]
    pub fn data(&self) -> &[u8] {
        let n = self.len();
        if n == 0 {
            return &[];
        }
        // SAFETY: every kind owns (or was promised) `len` readable bytes at `as_ptr`.
        unsafe { std::slice::from_raw_parts(self.as_ptr(), n) }
    }

    /// The body, to change it; empty unless this message alone has it.
    pub fn data_mut(&mut self) -> &mut [u8] {
        let n = self.len();
        if n == 0 || !self.is_unique() {
            return &mut [];
        }
        // SAFETY: `len` bytes that nobody else sees; constants are never unique.
        unsafe { std::slice::from_raw_parts_mut(self.as_mut_ptr(), n) }
    }

    /// Drops the first `n` bytes of the body (all, if there are not so many); the others stay where they are unless the
    /// body is shared or the caller's, which means a copy. ENOMEM.
    pub fn cut_front(&mut self, n: usize) -> Result<()> {
        let n = n.min(self.len());
        if self.kind == Kind::Inline as u8 {
            self.data_mut().copy_within(n.., 0);
            self.size -= n as u8;
            return Ok(());
        }
        if self.kind == Kind::Slice as u8 {
            // SAFETY: the kind says that the slice is live; it has `n` bytes.
            unsafe {
                self.body.slice.data = self.body.slice.data.add(n);
                self.body.slice.size -= n;
            }
            return Ok(());
        }
        // SAFETY: alive, and nobody else looks at it.
        if self.content().is_some_and(|content| self.is_unique() && unsafe { content::cut_front(content, n) }) {
            return Ok(());
        }
        let (metadata, more) = (self.metadata.take(), self.more());
        *self = Self::from_slice(&self.data()[n..])?;
        *self.metadata = metadata;
        self.set_more(more);
        Ok(())
    }

    /// Whether more parts of the same message follow.
    #[inline]
    pub fn more(&self) -> bool {
        self.flags & flag::MORE != 0
    }

    /// Marks (or unmarks) that more parts follow.
    #[inline]
    pub fn set_more(&mut self, more: bool) {
        self.flags = (self.flags & !flag::MORE) | (more as u8 * flag::MORE);
    }

    /// What the frame means in the pipe.
    #[inline]
    pub fn control(&self) -> Control {
        if self.control > Control::Renewed as u8 {
            return Control::None;
        }
        // SAFETY: every number up to this one is one of the enum's.
        unsafe { std::mem::transmute::<u8, Control>(self.control) }
    }

    /// The same message with another meaning.
    #[must_use]
    pub fn with_control(mut self, control: Control) -> Self {
        self.control = control as u8;
        self
    }

    /// Whether the body may be shared with another message (ZMQ_SHARED): a copy was made of it, or it is constant.
    pub fn is_shared(&self) -> bool {
        self.kind == Kind::Constant as u8 || self.flags & flag::SHARED != 0
    }

    #[inline(always)]
    fn owns_something(&self) -> bool {
        self.kind != Kind::Inline as u8 || self.metadata.is_some()
    }

    /// Gives back what the message owns; it is not used afterwards.
    #[inline(never)]
    fn let_go(&mut self) {
        if let Some(content) = self.content() {
            // SAFETY: this value owns one reference.
            unsafe { content::release(content, 1) };
        }
        // SAFETY: called once, by drop.
        unsafe { ManuallyDrop::drop(&mut self.metadata) };
    }

    /// Another message over the same body (zmq_msg_copy): small bodies are copied, larger ones counted.
    pub fn share(&mut self) -> Self {
        if self.content().is_some() {
            self.flags |= flag::SHARED;
        }
        self.duplicate()
    }

    /// As [`Self::share`], without marking this message as shared.
    pub fn duplicate(&self) -> Self {
        let content = self.content();
        if let Some(content) = content {
            // SAFETY: this message owns a reference.
            unsafe { content::retain(content, 1) };
        }
        // SAFETY: the reference to the body was taken above, and the metadata field is replaced by a counted clone, so nothing
        // is owned twice.
        unsafe {
            let mut copy = ManuallyDrop::new(std::ptr::read(self));
            std::ptr::write(&mut copy.metadata, self.metadata.clone());
            if content.is_some() {
                copy.flags |= flag::SHARED;
            }
            ManuallyDrop::into_inner(copy)
        }
    }

    /// Whether writing into the body is certain to be seen by nobody else.
    pub fn is_unique(&self) -> bool {
        // SAFETY: this message owns a reference.
        let sole = |content| unsafe { content::is_unique(content) };
        self.kind == Kind::Inline as u8 || self.content().is_some_and(sole)
    }

    /// Makes this a message with a copy of `data`; what it held is released. ENOMEM.
    #[inline]
    pub fn assign(&mut self, data: &[u8]) -> Result<()> {
        if data.len() > INLINE {
            *self = Self::from_slice(data)?;
            return Ok(());
        }
        *self = Self::new();
        self.size = data.len() as u8;
        // SAFETY: an inline body has room for INLINE bytes.
        unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), self.body.inline.as_mut_ptr(), data.len()) };
        Ok(())
    }

    /// The message, leaving an empty one behind.
    #[inline]
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// Moves the message to a place that holds none, leaving an empty one behind, whose body keeps unread bytes.
    #[inline(always)]
    pub fn move_to(&mut self, place: &mut std::mem::MaybeUninit<Self>) {
        // SAFETY: the value is copied once, and what stays behind is made a message that owns nothing.
        unsafe {
            std::ptr::copy_nonoverlapping(self, place.as_mut_ptr(), 1);
            std::ptr::write(&mut self.metadata, ManuallyDrop::new(None));
        }
        (self.kind, self.size, self.flags) = (Kind::Inline as u8, 0, 0);
        (self.routing_id, self.control) = (0, Control::None as u8);
    }

    /// Releases what this message holds, and moves the one at `place` here.
    ///
    /// # Safety
    /// A message is at `place`, which is not used as one any more.
    #[inline(always)]
    pub unsafe fn move_from(&mut self, place: &std::mem::MaybeUninit<Self>) {
        if self.owns_something() {
            *self = Self::new();
        }
        // SAFETY: a message by contract, copied once; what is here owns nothing.
        unsafe { std::ptr::copy_nonoverlapping(place.as_ptr(), self, 1) };
    }

    /// Properties of the connection that the message came over.
    pub fn metadata(&self) -> Option<&MetadataRef> {
        self.metadata.as_ref()
    }

    /// Sets or removes the properties.
    #[inline]
    pub fn set_metadata(&mut self, metadata: Option<MetadataRef>) {
        *self.metadata = metadata;
    }

    /// Routing id of a SERVER's or PEER's message, 0 where there is none (draft).
    pub fn routing_id(&self) -> u32 {
        self.routing_id
    }

    /// Sets the routing id (draft).
    pub fn set_routing_id(&mut self, id: u32) {
        self.routing_id = id;
    }
}

impl Drop for Msg {
    /// On the way of every message, most of which own nothing.
    #[inline(always)]
    fn drop(&mut self) {
        if self.owns_something() {
            self.let_go();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_every_size_round_trip() {
        for n in [0, 1, 33, 47, 48, 49, 255, 256, 70_000] {
            let data: Vec<u8> = (0..n).map(|i| i as u8).collect();
            let mut m = Msg::from_slice(&data).unwrap();
            let c = m.share();
            assert_eq!((m.data(), c.data()), (&data[..], &data[..]));
            assert_eq!(c.is_shared(), n > INLINE);
            drop(m);
            assert_eq!(c.data(), data);
        }
    }

    #[test]
    fn the_front_can_be_cut_off() {
        for size in [0, 1, 40, 48, 49, 300, 70_000] {
            let data: Vec<u8> = (0..size).map(|i| i as u8).collect();
            for n in [0, 1, 33, 48, 200, size, size + 1] {
                let mut own = Msg::from_slice(&data).unwrap();
                let mut shared = own.duplicate();
                let copy = shared.duplicate();
                shared.cut_front(n).unwrap();
                assert_eq!((shared.data(), copy.data()), (&data[n.min(size)..], &data[..]));
                drop((shared, copy));
                own.cut_front(n).unwrap();
                own.data_mut().fill(7);
                assert_eq!(own.data(), vec![7; size - n.min(size)]);
            }
        }
    }

    #[test]
    fn absurd_sizes_are_refused() {
        assert_eq!(Msg::with_size(usize::MAX).err(), Some(crate::error::Error::ENOMEM));
        assert_eq!(Msg::with_size(usize::MAX - 8).err(), Some(crate::error::Error::ENOMEM));
    }

    #[test]
    fn growing_body_takes_memory_as_it_arrives() {
        let data: Vec<u8> = (0..1_000_000u32).map(|i| i as u8).collect();
        let mut g = Growing::new(data.len(), 0).unwrap();
        for chunk in data.chunks(70_001) {
            assert_eq!(g.extend(chunk).unwrap(), chunk.len());
        }
        assert_eq!(g.missing(), 0);
        assert_eq!(Msg::from_growing(g).data(), data);
        assert!(Growing::new(1 << 62, 0).is_ok());
    }

    static CALLS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    unsafe extern "C" fn count(_: *mut libc::c_void, _: *mut libc::c_void) {
        CALLS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    }

    #[test]
    fn foreign_memory_is_freed_once_and_after_the_lock() {
        let calls = || CALLS.load(std::sync::atomic::Ordering::SeqCst);
        let mut byte = 7u8;
        // SAFETY: `byte` outlives the messages.
        let m = unsafe { Msg::from_foreign(&mut byte, 1, Some(count), std::ptr::null_mut()) }.unwrap();
        let c = m.duplicate();
        drop(m);
        assert_eq!(calls(), 0);
        {
            let _outer = Deferral::begin();
            drop(c);
            assert_eq!(calls(), 0);
        }
        assert_eq!(calls(), 1);
    }
}
