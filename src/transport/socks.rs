//! The client's side of SOCKS 5 (RFC 1928) with user name and password (RFC 1929), without I/O: bytes out, bytes in.
//!
//! ```text
//! Greeting ──method 0──────────────────> Reply ──> Done
//!     └──method 2──> Auth ──accepted──────┘
//! ```
//!
//! What follows the proxy's last byte is the peer's, so [`Client::wanted`] says how many bytes may be read at most.

use std::net::IpAddr;

use crate::error::{Error, Result};
use crate::options::{Secret, Socks};
use crate::sys::{net, SockAddr};

const VERSION: u8 = 5;
const AUTH_VERSION: u8 = 1;
const CONNECT: u8 = 1;
const METHOD_NONE: u8 = 0;
const METHOD_PASSWORD: u8 = 2;
const TYPE_IPV4: u8 = 1;
const TYPE_NAME: u8 = 3;
const TYPE_IPV6: u8 = 4;
const GRANTED: u8 = 0;

/// Longest message with user name and password, in bytes.
const CREDENTIALS: usize = 1 + 2 * 256;

/// One conversation with a proxy.
#[derive(Debug)]
pub struct Client {
    state: State,
    /// Bytes to send to the proxy.
    output: Secret<Vec<u8>>,
    /// Bytes of the proxy's current answer so far.
    answer: Vec<u8>,
    credentials: Secret<Vec<u8>>,
    request: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Which method does the proxy choose?
    Greeting,
    /// Does it accept the password?
    Auth,
    /// Does it connect?
    Reply,
    Done,
}

impl Client {
    /// A conversation that asks for a connection to a host, by number where it is one, else by name: the proxy looks it up.
    /// EINVAL: a name, a user name or a password of more than 255 bytes, no name, or port 0.
    pub fn new(host: &str, port: u16, options: &Socks) -> Result<Self> {
        let mut request = vec![VERSION, CONNECT, 0];
        push_host(&mut request, host)?;
        request.extend_from_slice(&Some(port).filter(|p| *p != 0).ok_or(Error::EINVAL)?.to_be_bytes());
        let mut credentials = Secret::from(Vec::with_capacity(CREDENTIALS));
        credentials.push(AUTH_VERSION);
        push_counted(&mut credentials, &options.username)?;
        push_counted(&mut credentials, &options.password)?;
        let method = if options.username.is_empty() { METHOD_NONE } else { METHOD_PASSWORD };
        let output = vec![VERSION, 1, method].into();
        Ok(Self { state: State::Greeting, output, answer: Vec::new(), credentials, request })
    }

    /// Bytes to send now.
    pub fn output(&self) -> &[u8] {
        &self.output
    }

    /// The first `n` bytes of the output have been sent.
    pub fn advance(&mut self, n: usize) {
        let n = n.min(self.output.len());
        self.output.drain(..n);
    }

    /// Whether the way to the peer is open: what comes now is the peer's.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// How many bytes the proxy is known to send still, at least; 0 when done. More must not be read.
    pub fn wanted(&self) -> usize {
        let whole = match self.state {
            State::Greeting | State::Auth => 2,
            State::Reply => reply_length(&self.answer),
            State::Done => 0,
        };
        whole.saturating_sub(self.answer.len())
    }

    /// Takes bytes from the proxy. EPROTO: they make no sense, or are more than wanted; EACCES: it wants another method or
    /// password; ECONNREFUSED: it does not reach the peer. Whatever the error, the conversation is over.
    pub fn input(&mut self, bytes: &[u8]) -> Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let n = self.wanted().min(rest.len());
            if n == 0 {
                return Err(Error::EPROTO);
            }
            self.answer.extend_from_slice(&rest[..n]);
            rest = &rest[n..];
            if self.wanted() == 0 {
                self.take_answer()?;
            }
        }
        Ok(())
    }

    fn take_answer(&mut self) -> Result<()> {
        let answer = std::mem::take(&mut self.answer);
        let (next, output) = match (self.state, &answer[..]) {
            (State::Greeting, [VERSION, METHOD_NONE]) => (State::Reply, self.take_request()),
            (State::Greeting, [VERSION, METHOD_PASSWORD]) => (State::Auth, std::mem::take(&mut self.credentials)),
            (State::Greeting, [VERSION, _]) => return Err(Error::EACCES),
            (State::Auth, [AUTH_VERSION, GRANTED]) => (State::Reply, self.take_request()),
            (State::Auth, [AUTH_VERSION, _]) => return Err(Error::EACCES),
            (State::Reply, [VERSION, GRANTED, 0, TYPE_IPV4 | TYPE_NAME | TYPE_IPV6, ..]) => {
                (State::Done, Secret::default())
            }
            (State::Reply, [VERSION, 1..=8, ..]) => return Err(Error::ECONNREFUSED),
            _ => return Err(Error::EPROTO),
        };
        (self.state, self.output) = (next, output);
        Ok(())
    }

    fn take_request(&mut self) -> Secret<Vec<u8>> {
        std::mem::take(&mut self.request).into()
    }
}

/// Length of the final answer, as far as its beginning tells. An answer that is refused anyway ends with its head.
fn reply_length(answer: &[u8]) -> usize {
    const HEAD: usize = 5;
    const PORT: usize = 2;
    match answer {
        [VERSION, GRANTED, 0, TYPE_IPV4, ..] => HEAD - 1 + 4 + PORT,
        [VERSION, GRANTED, 0, TYPE_IPV6, ..] => HEAD - 1 + 16 + PORT,
        [VERSION, GRANTED, 0, TYPE_NAME, n, ..] => HEAD + usize::from(*n) + PORT,
        [VERSION, GRANTED, 0, TYPE_NAME] => HEAD,
        _ => HEAD - 1,
    }
}

fn push_host(to: &mut Vec<u8>, host: &str) -> Result<()> {
    match number(host) {
        Some(IpAddr::V4(ip)) => {
            to.push(TYPE_IPV4);
            to.extend_from_slice(&ip.octets());
        }
        Some(IpAddr::V6(ip)) => {
            to.push(TYPE_IPV6);
            to.extend_from_slice(&ip.octets());
        }
        None if host.is_empty() => return Err(Error::EINVAL),
        None => {
            to.push(TYPE_NAME);
            push_counted(to, host.as_bytes())?;
        }
    }
    Ok(())
}

/// The host, where it is written in numbers of either version.
fn number(host: &str) -> Option<IpAddr> {
    let read = |ipv6| net::resolve(host, net::Lookup { ipv6, numeric: true }).ok()?.first().and_then(SockAddr::to_std);
    read(false).or_else(|| read(true)).map(|a| a.ip())
}

fn push_counted(to: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    to.push(u8::try_from(bytes.len()).map_err(|_| Error::EINVAL)?);
    to.extend_from_slice(bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRANTED_IPV4: &[u8] = b"\x05\0\0\x01\0\0\0\0\0\0";

    fn client(host: &str, username: &str, password: &str) -> Client {
        let options = Socks {
            username: username.as_bytes().to_vec().into(),
            password: password.as_bytes().to_vec().into(),
            ..Socks::default()
        };
        Client::new(host, 5555, &options).unwrap()
    }

    /// Sends everything and returns it.
    fn said(client: &mut Client) -> Vec<u8> {
        let said = client.output().to_vec();
        client.advance(said.len());
        said
    }

    /// What the client says to each answer; the answers arrive in pieces of `piece` bytes.
    fn talk(mut client: Client, answers: &[&[u8]], piece: usize) -> (Vec<Vec<u8>>, Result<()>, bool) {
        let mut sayings = vec![said(&mut client)];
        for answer in answers {
            for part in answer.chunks(piece) {
                if let Err(e) = client.input(part) {
                    return (sayings, Err(e), client.is_done());
                }
            }
            sayings.push(said(&mut client));
        }
        (sayings, Ok(()), client.is_done())
    }

    /// Recorded from libzmq with a proxy that writes down what it hears.
    #[test]
    fn hosts_are_named_as_libzmq_names_them() {
        for (host, address) in [
            ("10.1.2.3", b"\x01\x0a\x01\x02\x03".to_vec()),
            ("127.1", b"\x01\x7f\0\0\x01".to_vec()),
            ("::1", [b"\x04".as_slice(), &[0; 15], b"\x01"].concat()),
            ("some.host.example", b"\x03\x11some.host.example".to_vec()),
            ("localhost", b"\x03\x09localhost".to_vec()),
            ("*", b"\x03\x01*".to_vec()),
        ] {
            let (sayings, end, done) = talk(client(host, "", ""), &[b"\x05\0", GRANTED_IPV4], 1);
            let request = [b"\x05\x01\0".as_slice(), &address, b"\x15\xb3"].concat();
            assert_eq!((sayings, end, done), (vec![b"\x05\x01\0".to_vec(), request, vec![]], Ok(()), true), "{host}");
        }
    }

    #[test]
    fn a_user_name_offers_the_password_method() {
        for (user, password, words) in
            [("me", "secret", b"\x01\x02me\x06secret".as_slice()), ("me", "", b"\x01\x02me\0")]
        {
            let answers: &[&[u8]] = &[b"\x05\x02", b"\x01\0", GRANTED_IPV4];
            let (sayings, _, done) = talk(client("10.1.2.3", user, password), answers, 100);
            assert_eq!((&sayings[0][..], &sayings[1][..], done), (b"\x05\x01\x02".as_slice(), words, true));
        }
        // A password alone offers nothing; a proxy that does not want the offer may have it.
        assert_eq!(client("10.1.2.3", "", "secret").output(), b"\x05\x01\0");
        assert!(talk(client("10.1.2.3", "me", "secret"), &[b"\x05\0", GRANTED_IPV4], 100).2);
    }

    #[test]
    fn refusals_and_nonsense_end_the_conversation() {
        let cases: &[(&[&[u8]], Error)] = &[
            (&[b"\x05\xff"], Error::EACCES),
            (&[b"\x04\0"], Error::EPROTO),
            (&[b"\x05\x02", b"\x01\x01"], Error::EACCES),
            (&[b"\x05\x02", b"\x05\0"], Error::EPROTO),
            (&[b"\x05\0", b"\x05\x05\0\x01\0\0\0\0\0\0"], Error::ECONNREFUSED),
            (&[b"\x05\0", b"\x04\0\0\x01\0\0\0\0\0\0"], Error::EPROTO),
            (&[b"\x05\0", b"\x05\0\x07\x01\0\0\0\0\0\0"], Error::EPROTO),
            (&[b"\x05\0", b"\x05\0\0\x02\0\0\0\0\0\0"], Error::EPROTO),
            (&[b"\x05\0", b"\x05\0\0\x01\0\0\0\0\0\0\xff"], Error::EPROTO),
        ];
        for (answers, expected) in cases {
            for piece in [1, 3, 100] {
                assert_eq!(talk(client("10.1.2.3", "me", "secret"), answers, piece).1, Err(*expected), "{answers:?}");
            }
        }
    }

    #[test]
    fn answers_have_three_lengths_and_not_a_byte_more_is_wanted() {
        let v6 = [b"\x05\0\0\x04".as_slice(), &[0; 18]].concat();
        for answer in [GRANTED_IPV4, b"\x05\0\0\x03\x04abcd\0\x01", b"\x05\0\0\x03\0\0\x01", &v6] {
            let mut client = client("10.1.2.3", "", "");
            client.input(b"\x05\0").unwrap();
            for (i, byte) in answer.iter().enumerate() {
                assert!(!client.is_done() && (1..=answer.len() - i).contains(&client.wanted()));
                client.input(&[*byte]).unwrap();
            }
            assert!(client.is_done());
            assert_eq!(client.wanted(), 0);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_at_once() {
        let long = "a".repeat(256);
        let with = |username: &str| Socks { username: username.as_bytes().to_vec().into(), ..Socks::default() };
        assert_eq!(Client::new(&long, 1, &with("")).err(), Some(Error::EINVAL));
        assert_eq!(Client::new("a", 1, &with(&long)).err(), Some(Error::EINVAL));
        assert_eq!(Client::new("", 1, &with("")).err(), Some(Error::EINVAL));
        assert_eq!(Client::new("a", 0, &with("")).err(), Some(Error::EINVAL));
        assert!(Client::new(&long[1..], 1, &with(&long[1..])).is_ok());
    }
}
