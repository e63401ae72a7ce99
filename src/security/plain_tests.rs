//! PLAIN, client and server against each other.

use super::testing::*;
use super::*;
use crate::consts::*;
use crate::options::Mechanism as Kind;

fn pair_of(user: &[u8], password: &[u8]) -> Pair {
    let mut client = options(Kind::Plain, false);
    client.security.plain_username = user.to_vec().into();
    client.security.plain_password = password.to_vec().into();
    Pair::new(mechanism(&client, ZMQ_DEALER), mechanism(&options(Kind::Plain, true), ZMQ_ROUTER))
}

#[test]
fn credentials_reach_the_handler() {
    for (user, password) in [(&b""[..], &b""[..]), (b"user", b"secret"), (&[b'u'; 255], &[0xff; 255])] {
        let mut pair = pair_of(user, password);
        pair.verdict = answered(200);
        pair.run(|_, _| {}).unwrap();
        assert!(pair.done() && !pair.client.encrypts());
        let credentials = vec![user.to_vec().into(), password.to_vec().into()];
        assert_eq!(pair.asked, Some(zap::Request { mechanism: "PLAIN", credentials }));
        assert_eq!(pair.server.peer_properties().get(b"socket-type"), Some(&b"DEALER"[..]));
        assert_eq!(pair.client.peer_properties().get(b"socket-type"), Some(&b"ROUTER"[..]));
    }
}

#[test]
fn refusals_are_told_but_temporary_ones() {
    for (verdict, failure, says) in [
        (zap::Reply::NoHandler, Failure::System(Error::EFAULT), None),
        (answered(300), Failure::Auth(300), None),
        (answered(400), Failure::Auth(400), Some(&b"^RROR\x03400"[..])),
        (answered(500), Failure::Auth(500), Some(b"^RROR\x03500")),
    ] {
        let mut pair = pair_of(b"user", b"secret");
        pair.verdict = verdict;
        assert_eq!(pair.run(|_, _| {}), Err((By::Server, failure)));
        let said = pair.server.next_command().unwrap();
        assert_eq!(said.as_deref(), says);
        assert!(pair.server.next_command().unwrap().is_none() && pair.server.state() == State::Handshaking);
        if let Some(said) = said {
            assert_eq!(pair.client.on_command(&said), Err(failure));
        }
    }
}

#[test]
fn every_cut_of_hello_is_malformed() {
    use ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO as HELLO;
    let hello = b"\x05HELLO\x04user\x06secret";
    let server = || mechanism(&options(Kind::Plain, true), ZMQ_ROUTER);
    for n in 6..hello.len() {
        assert_eq!(server().on_command(&hello[..n]), Err(Failure::Protocol(HELLO)), "cut at {n}");
    }
    for n in 0..6 {
        assert!(server().on_command(&hello[..n]).is_err());
    }
    assert_eq!(server().on_command(&[&hello[..], b"!"].concat()), Err(Failure::Protocol(HELLO)));
    assert!(server().on_command(hello).is_ok());
}

#[test]
fn the_strict_rule_needs_a_domain() {
    for (domain, outcome) in [(&b""[..], Err((By::Server, Failure::System(Error::EFAULT)))), (b"domain", Ok(()))] {
        let mut server = options(Kind::Plain, true);
        server.security.zap_enforce_domain = true;
        server.security.zap_domain = domain.to_vec();
        let mut pair = Pair::new(pair_of(b"user", b"secret").client, mechanism(&server, ZMQ_ROUTER));
        pair.verdict = answered(200);
        assert_eq!(pair.run(|_, _| {}), outcome);
        assert_eq!(pair.asked.is_some(), outcome.is_ok());
    }
}

#[test]
fn nothing_passes_before_the_handler_has_spoken() {
    let mut pair = pair_of(b"user", b"secret");
    let hello = pair.client.next_command().unwrap().unwrap();
    pair.server.on_command(&hello).unwrap();
    assert_eq!(pair.server.state(), State::AwaitingZap);
    assert!(pair.server.on_command(b"\x08INITIATE").is_err());
}
