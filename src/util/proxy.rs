//! zmq_proxy(3) and zmq_proxy_steerable(3): passes messages between two sockets, in both directions.
//!
//! Each direction waits for one thing at a time: for a message of its source, or for room in its target. A message is taken
//! only when there is room for it, so that a slow side holds back its source and its high-water marks go on working; where a
//! burst fills the target all the same, the message in hand is kept until there is room again.

use crate::consts::{ZMQ_DONTWAIT, ZMQ_POLLIN, ZMQ_POLLOUT, ZMQ_REP, ZMQ_SNDMORE, ZMQ_TYPE};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::io::Waiter;
use crate::msg::Msg;
use crate::socket::poll::{poll, poll_as, PollItem};
use crate::socket::relay::{relay, Stop, Traffic};
use crate::socket::{get_option, recv, send};

/// Most messages that one direction passes before the other one and the control socket have their turn.
const BURST: u64 = 1000;

/// Messages that are passed before those who wait for them are woken. A multiple of it is the burst.
const RUN: u64 = 50;

/// What a direction waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Message,
    Room,
}

/// One way through the proxy.
struct Direction {
    source: Handle,
    target: Handle,
    capture: Option<Handle>,
    waiting: Waiting,
    /// First part of a message that found no room.
    held: Option<Msg>,
    received: Traffic,
    sent: Traffic,
}

impl Direction {
    fn new(source: Handle, target: Handle, capture: Option<Handle>) -> Self {
        let (received, sent) = (Traffic::default(), Traffic::default());
        Self { source, target, capture, waiting: Waiting::Message, held: None, received, sent }
    }

    fn poll_item(&self) -> PollItem {
        match self.waiting {
            Waiting::Message => item(self.source, ZMQ_POLLIN),
            Waiting::Room => item(self.target, ZMQ_POLLOUT),
        }
    }

    /// What it waited for has come.
    fn ready(&mut self) -> Result<()> {
        // Between two sockets, with nobody to listen in, there is a short way.
        let short = self.held.is_none() && self.capture.is_none() && self.source != self.target;
        if short {
            return self.pass_runs();
        }
        if self.waiting == Waiting::Message && poll(&mut [item(self.target, ZMQ_POLLOUT)], 0)? == 0 {
            self.waiting = Waiting::Room;
            return Ok(());
        }
        self.pass_burst(0)
    }

    /// As [`Self::pass_burst`], a run of messages at a time.
    fn pass_runs(&mut self) -> Result<()> {
        self.waiting = Waiting::Message;
        for run in 0..BURST / RUN {
            let (passed, stop) = relay(self.source, self.target, RUN)?;
            self.count(passed);
            match stop {
                Stop::Enough => {}
                Stop::Empty => break,
                Stop::Full => {
                    self.waiting = Waiting::Room;
                    break;
                }
                Stop::Refused(part) => return self.hold(part, run * RUN + passed.messages),
            }
        }
        Ok(())
    }

    fn count(&mut self, passed: Traffic) {
        for total in [&mut self.received, &mut self.sent] {
            total.messages += passed.messages;
            total.bytes += passed.bytes;
        }
    }

    /// Goes on with a part that the target did not take after `passed` messages.
    fn hold(&mut self, part: Msg, passed: u64) -> Result<()> {
        self.received.add(&part);
        self.held = Some(part);
        self.pass_burst(passed)
    }

    /// Passes messages until the source is empty, the target is full, or it is time for others; `passed` were already.
    fn pass_burst(&mut self, passed: u64) -> Result<()> {
        for n in passed..BURST {
            let mut first = match self.take_first() {
                Err(Error::EAGAIN) => break,
                first => first?,
            };
            // The target has said that it has room. Should it then refuse (a mandatory ROUTER whose one peer is full), waiting
            // inside send is better than asking it for ever.
            let flags = if n == 0 { 0 } else { ZMQ_DONTWAIT };
            match self.pass_message(&mut first, flags) {
                Err(Error::EAGAIN) => {
                    self.held = Some(first);
                    self.waiting = Waiting::Room;
                    return Ok(());
                }
                done => done?,
            }
        }
        self.waiting = Waiting::Message;
        Ok(())
    }

    fn take_first(&mut self) -> Result<Msg> {
        match self.held.take() {
            Some(first) => Ok(first),
            None => self.take_part(ZMQ_DONTWAIT),
        }
    }

    fn take_part(&mut self, flags: i32) -> Result<Msg> {
        let mut part = Msg::new();
        recv(self.source, &mut part, flags)?;
        self.received.add(&part);
        if let Some(capture) = self.capture {
            send(capture, &mut part.share(), more_flag(&part))?;
        }
        Ok(part)
    }

    /// Sends a message of which the first part was taken. EAGAIN: nothing was sent.
    fn pass_message(&mut self, first: &mut Msg, flags: i32) -> Result<()> {
        let mut more = self.send_part(first, flags)?;
        while more {
            let mut part = self.take_part(0)?;
            more = self.send_part(&mut part, 0)?;
        }
        Ok(())
    }

    /// Whether more parts follow.
    fn send_part(&mut self, part: &mut Msg, flags: i32) -> Result<bool> {
        let (more, mut count) = (part.more(), self.sent);
        count.add(part);
        send(self.target, part, flags | more_flag(part))?;
        self.sent = count;
        Ok(more)
    }

    /// Sends the message in hand, however long it takes.
    fn finish(&mut self) -> Result<()> {
        match self.held.take() {
            Some(mut first) => self.pass_message(&mut first, 0),
            None => Ok(()),
        }
    }
}

fn item(socket: Handle, events: i32) -> PollItem {
    PollItem { socket: socket.as_ptr(), fd: -1, events: events as i16, revents: 0 }
}

fn more_flag(part: &Msg) -> i32 {
    if part.more() {
        ZMQ_SNDMORE
    } else {
        0
    }
}

/// What a control socket asks for.
#[derive(PartialEq, Eq)]
enum Order {
    Pause,
    Resume,
    Statistics,
    Terminate,
    Unknown,
}

impl Order {
    fn parse(text: &[u8]) -> Self {
        match text {
            b"PAUSE" => Self::Pause,
            b"RESUME" => Self::Resume,
            b"STATISTICS" => Self::Statistics,
            b"TERMINATE" => Self::Terminate,
            _ => Self::Unknown,
        }
    }
}

/// The socket that steers a proxy.
struct Control {
    socket: Handle,
    capture: Option<Handle>,
    /// A REP must answer before it hears the next order; others answer STATISTICS alone.
    must_reply: bool,
}

impl Control {
    fn new(socket: Handle, capture: Option<Handle>) -> Result<Self> {
        let mut kind = [0; size_of::<i32>()];
        get_option(socket, ZMQ_TYPE, &mut kind)?;
        Ok(Self { socket, capture, must_reply: i32::from_ne_bytes(kind) == ZMQ_REP })
    }

    /// Takes one order; like all other messages it is captured. One of several parts is none that we know.
    fn take(&self) -> Result<Order> {
        let (mut order, mut more, mut parts) = (Order::Unknown, true, 0);
        while more {
            let mut part = Msg::new();
            recv(self.socket, &mut part, if parts == 0 { ZMQ_DONTWAIT } else { 0 })?;
            (more, parts) = (part.more(), parts + 1);
            order = if parts == 1 { Order::parse(part.data()) } else { Order::Unknown };
            if let Some(capture) = self.capture {
                send(capture, &mut part, if more { ZMQ_SNDMORE } else { 0 })?;
            }
        }
        Ok(order)
    }

    fn reply(&self) -> Result<()> {
        if self.must_reply {
            send(self.socket, &mut Msg::new(), 0)
        } else {
            Ok(())
        }
    }

    fn send_numbers(&self, numbers: &[u64]) -> Result<()> {
        for (n, number) in numbers.iter().enumerate() {
            let flags = if n + 1 < numbers.len() { ZMQ_SNDMORE } else { 0 };
            send(self.socket, &mut Msg::from_small(&number.to_ne_bytes()), flags)?;
        }
        Ok(())
    }
}

struct Proxy {
    /// Frontend to backend, and back; one alone where they are the same socket.
    directions: Vec<Direction>,
    control: Option<Control>,
    paused: bool,
}

impl Proxy {
    /// Waits for the next events and works on them; false once it was told to terminate.
    fn step(&mut self) -> Result<bool> {
        let mut items: Vec<PollItem> = self.control.iter().map(|c| item(c.socket, ZMQ_POLLIN)).collect();
        let controls = items.len();
        if !self.paused {
            items.extend(self.directions.iter().map(Direction::poll_item));
        }
        poll_as(Waiter::Resident, &mut items, -1)?;
        let (ordered, ready) = items.split_at(controls);
        if ordered.iter().any(|i| i.revents != 0) && !self.obey()? {
            return Ok(false);
        }
        if !self.paused {
            for (direction, _) in self.directions.iter_mut().zip(ready).filter(|(_, i)| i.revents != 0) {
                direction.ready()?;
            }
        }
        Ok(true)
    }

    fn obey(&mut self) -> Result<bool> {
        let Some(control) = &self.control else { return Ok(true) };
        let order = match control.take() {
            Err(Error::EAGAIN) => return Ok(true),
            order => order?,
        };
        match order {
            Order::Statistics => control.send_numbers(&self.statistics()).map(|()| true),
            Order::Terminate => {
                self.directions.iter_mut().try_for_each(Direction::finish)?;
                control.reply().map(|()| false)
            }
            order => {
                self.paused = (self.paused || order == Order::Pause) && order != Order::Resume;
                control.reply().map(|()| true)
            }
        }
    }

    /// Messages and bytes: received and sent by the frontend, received and sent by the backend.
    fn statistics(&self) -> [u64; 8] {
        let (there, back) = (self.directions.first(), self.directions.last());
        let count = |d: Option<&Direction>, which: fn(&Direction) -> Traffic| d.map(which).unwrap_or_default();
        let counts = [
            count(there, |d| d.received),
            count(back, |d| d.sent),
            count(back, |d| d.received),
            count(there, |d| d.sent),
        ];
        let mut numbers = [0; 8];
        for (pair, count) in numbers.as_chunks_mut().0.iter_mut().zip(counts) {
            *pair = [count.messages, count.bytes];
        }
        numbers
    }
}

/// Runs a proxy until it is told to terminate. ENOTSOCK, ETERM, EINTR and whatever receiving and sending may say.
pub fn run(frontend: Handle, backend: Handle, capture: Option<Handle>, control: Option<Handle>) -> Result<()> {
    let mut directions = vec![Direction::new(frontend, backend, capture)];
    if frontend != backend {
        directions.push(Direction::new(backend, frontend, capture));
    }
    let control = control.map(|socket| Control::new(socket, capture)).transpose()?;
    let mut proxy = Proxy { directions, control, paused: false };
    while proxy.step()? {}
    Ok(())
}
