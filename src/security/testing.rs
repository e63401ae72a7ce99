//! Two mechanisms that talk to each other without a connection, for the tests of each.

use super::{zap, Failure, FrameKind, Mechanism, State};
use crate::options::{Mechanism as Kind, Options};
use crate::security::{new, Introduction};
use crate::socket_type;

/// Both ends of one handshake.
pub(super) struct Pair {
    pub(super) client: Box<dyn Mechanism>,
    pub(super) server: Box<dyn Mechanism>,
    /// What the ZAP handler says.
    pub(super) verdict: zap::Reply,
    /// What it was asked.
    pub(super) asked: Option<zap::Request>,
}

/// Who says a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum By {
    Client,
    Server,
}

/// A handler's answer.
pub(super) fn answered(status: i32) -> zap::Reply {
    zap::Reply::Answered { status, user_id: Vec::new(), metadata: Default::default() }
}

/// A DEALER's options with this mechanism and role.
pub(super) fn options(kind: Kind, as_server: bool) -> Options {
    let mut options = Options::default();
    (options.security.mechanism, options.security.as_server) = (kind, as_server);
    options
}

/// The mechanism of a socket of this type.
pub(super) fn mechanism(options: &Options, socket_type: i32) -> Box<dyn Mechanism> {
    let row = socket_type::by_id(socket_type).unwrap();
    new(&options.security, Introduction::new(row, options)).unwrap()
}

impl Pair {
    pub(super) fn new(client: Box<dyn Mechanism>, server: Box<dyn Mechanism>) -> Self {
        Self { client, server, verdict: zap::Reply::NoHandler, asked: None }
    }

    /// Lets the two talk to the end; `meddle` sees every command on its way and may change it. What a side fails with is
    /// told with its name.
    pub(super) fn run(&mut self, mut meddle: impl FnMut(By, &mut Vec<u8>)) -> Result<(), (By, Failure)> {
        // Twice as often as a handshake needs.
        for _ in 0..8 {
            while let Some(mut body) = self.client.next_command().map_err(|f| (By::Client, f))? {
                meddle(By::Client, &mut body);
                self.server.on_command(&body).map_err(|f| (By::Server, f))?;
            }
            if let Some(request) = self.server.zap_request() {
                assert_eq!(self.server.state(), State::AwaitingZap);
                assert!(self.server.next_command().unwrap().is_none() && self.server.zap_request().is_none());
                self.asked = Some(request);
                self.server.on_zap_reply(self.verdict.clone()).map_err(|f| (By::Server, f))?;
            }
            while let Some(mut body) = self.server.next_command().map_err(|f| (By::Server, f))? {
                meddle(By::Server, &mut body);
                self.client.on_command(&body).map_err(|f| (By::Client, f))?;
            }
        }
        Ok(())
    }

    /// Whether both are done.
    pub(super) fn done(&self) -> bool {
        self.client.state() == State::Done && self.server.state() == State::Done
    }
}

/// A frame of the traffic as it travels.
pub(super) fn encoded(by: &mut dyn Mechanism, kind: FrameKind, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = b"before".to_vec();
    by.encode(kind, parts, &mut out).unwrap();
    assert_eq!(out.len(), 6 + by.overhead() + parts.iter().map(|p| p.len()).sum::<usize>());
    out.split_off(6)
}

/// The frame at its other end.
pub(super) fn decoded(by: &mut dyn Mechanism, mut body: Vec<u8>) -> Result<(FrameKind, Vec<u8>), Failure> {
    let (kind, start) = by.decode(FrameKind { more: false, command: false }, &mut body)?;
    Ok((kind, body.split_off(start)))
}
