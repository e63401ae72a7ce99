//! Sockets for the tests of the patterns: a pattern, its pipes, and what `src/socket` does around them, in one thread.

use std::sync::Arc;

use parking_lot::Mutex;

use super::{create, wants_routing_id, Pattern};
use crate::error::Result;
use crate::msg::{Control, Msg};
use crate::options::Options;
use crate::pipe::{pair, PipeEvent, PipeId, Pipes, Side, Wake};

#[derive(Default)]
struct Inbox(Mutex<Vec<(u64, PipeEvent)>>);

impl Wake for Inbox {
    fn pipe_event(&self, token: u64, event: PipeEvent) {
        self.0.lock().push((token, event));
    }
}

pub struct Sock {
    kind: i32,
    pub pattern: Box<dyn Pattern>,
    pub pipes: Pipes,
    inbox: Arc<Inbox>,
    pub name: &'static [u8],
    /// High-water mark of each direction at this side.
    pub hwm: i32,
}

impl Sock {
    pub fn new(kind: i32) -> Self {
        let inbox = Arc::new(Inbox::default());
        let pattern = create(kind).unwrap();
        Self { kind, pattern, pipes: Pipes::new(inbox.clone()), inbox, name: b"", hwm: 1000 }
    }

    pub fn named(kind: i32, name: &'static [u8]) -> Self {
        Self { name, ..Self::new(kind) }
    }

    pub fn with(kind: i32, options: &[i32]) -> Self {
        let mut sock = Self::new(kind);
        options.iter().for_each(|&id| assert_eq!(sock.set(id, 1), Some(Ok(()))));
        sock
    }

    pub fn set(&mut self, id: i32, value: i32) -> Option<Result<()>> {
        self.set_bytes(id, &value.to_ne_bytes())
    }

    pub fn set_bytes(&mut self, id: i32, value: &[u8]) -> Option<Result<()>> {
        self.pattern.set_option(&mut self.pipes, id, value)
    }

    pub fn invert(&mut self) {
        self.pattern.configure(&Options { invert_matching: true, ..Options::default() });
    }

    /// As the socket does at the beginning of a call.
    pub fn work(&mut self) {
        let events = std::mem::take(&mut *self.inbox.0.lock());
        for (token, event) in events {
            let id = PipeId::from_token(token);
            let Some(pipe) = self.pipes.get(id) else { continue };
            match event {
                PipeEvent::Readable => self.pattern.readable(&mut self.pipes, id),
                PipeEvent::Writable => self.pattern.writable(&mut self.pipes, id),
                PipeEvent::Hiccup => {
                    if let Some(pipe) = self.pipes.get(id) {
                        pipe.renew();
                    }
                    self.pattern.hiccuped(&mut self.pipes, id);
                }
                PipeEvent::Closed => {
                    pipe.shut();
                    self.pattern.readable(&mut self.pipes, id);
                }
            }
            self.pipes.note_end(id);
        }
        self.reap();
    }

    fn reap(&mut self) {
        for id in self.pipes.take_ended() {
            self.leave(id);
        }
    }

    /// Lets a pipe go; the peer will notice.
    pub fn leave(&mut self, id: PipeId) {
        self.pattern.detach(&mut self.pipes, id);
        drop(self.pipes.remove(id));
    }

    pub fn leave_all(&mut self) {
        self.pipes.ids().into_iter().for_each(|(id, _)| self.leave(id));
    }

    pub fn part(&mut self, data: &[u8], more: bool) -> Result<()> {
        self.work();
        let mut msg = Msg::from_slice(data).unwrap();
        msg.set_more(more);
        let sent = self.pattern.send(&mut self.pipes, &mut msg);
        assert_eq!(msg.data(), if sent.is_ok() { b"" } else { data }, "taken on success, untouched on failure");
        self.reap();
        sent
    }

    pub fn send(&mut self, parts: &[&[u8]]) -> Result<()> {
        for (i, part) in parts.iter().enumerate() {
            self.part(part, i + 1 < parts.len())?;
        }
        Ok(())
    }

    pub fn recv_msg(&mut self) -> Result<Msg> {
        self.work();
        let mut msg = Msg::new();
        let received = self.pattern.recv(&mut self.pipes, &mut msg);
        self.reap();
        received.map(|()| msg)
    }

    pub fn recv_part(&mut self) -> Result<(Vec<u8>, bool)> {
        self.recv_msg().map(|msg| (msg.data().to_vec(), msg.more()))
    }

    /// A whole message, its parts as text separated by `|`.
    pub fn recv(&mut self) -> Result<String> {
        let mut parts = Vec::new();
        loop {
            let (part, more) = self.recv_part()?;
            parts.push(String::from_utf8_lossy(&part).replace('\0', "\\0").replace('\u{1}', "\\1"));
            if !more {
                return Ok(parts.join("|"));
            }
        }
    }

    /// All messages there are.
    pub fn drain(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.recv().ok()).collect()
    }

    /// "IO" as in ZMQ_POLLIN and ZMQ_POLLOUT, "-" for what is not.
    pub fn events(&mut self) -> String {
        self.work();
        let i = if self.pattern.can_recv(&mut self.pipes) { 'I' } else { '-' };
        let o = if self.pattern.can_send(&mut self.pipes) { 'O' } else { '-' };
        self.reap();
        format!("{i}{o}")
    }

    fn side(&self) -> Side {
        Side { send_mark: self.hwm, recv_mark: self.hwm }
    }
}

fn introduce(from: &mut Sock, id: PipeId, to: &Sock) {
    if wants_routing_id(to.kind) {
        let name = Msg::from_slice(from.name).unwrap().with_control(Control::RoutingId);
        from.pipes.write(id, name).unwrap();
        from.pipes.flush(id);
    }
}

/// Connects `local` to `bound`; their ends.
pub fn connect(local: &mut Sock, bound: &mut Sock) -> (PipeId, PipeId) {
    let (a, b) = pair(local.side(), bound.side(), false);
    let (a, b) = (local.pipes.insert(a, 0), bound.pipes.insert(b, 0));
    introduce(local, a, bound);
    introduce(bound, b, local);
    local.pattern.attach(&mut local.pipes, a, true);
    bound.pattern.attach(&mut bound.pipes, b, false);
    local.work();
    bound.work();
    (a, b)
}

/// Two connected sockets.
pub fn couple(local: i32, bound: i32) -> (Sock, Sock) {
    let (mut a, mut b) = (Sock::new(local), Sock::new(bound));
    connect(&mut a, &mut b);
    (a, b)
}
