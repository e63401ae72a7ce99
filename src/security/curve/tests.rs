//! Client and server against each other, every octet of every command changed on its way.

use crate::consts::*;
use crate::options::{Mechanism as Kind, Options, Secret};
use crate::security::testing::*;
use crate::security::{zap, Failure, FrameKind};

use super::boxes::Pair as Keys;

const PLAIN: FrameKind = FrameKind { more: false, command: false };

/// Options of both sides, keys made anew.
fn sides() -> (Options, Options) {
    let (of_client, of_server) = (Keys::generate().unwrap(), Keys::generate().unwrap());
    let (mut client, mut server) = (options(Kind::Curve, false), options(Kind::Curve, true));
    server.security.curve_secret = of_server.secret;
    client.security.curve_server = Secret::from(of_server.public);
    client.security.curve_secret = of_client.secret;
    client.security.curve_public = Secret::from(of_client.public);
    (client, server)
}

fn pair_of(client: &Options, server: &Options) -> Pair {
    Pair::new(mechanism(client, ZMQ_DEALER), mechanism(server, ZMQ_ROUTER))
}

fn pair() -> Pair {
    let (client, server) = sides();
    pair_of(&client, &server)
}

fn connected() -> Pair {
    let mut pair = pair();
    pair.run(|_, _| {}).unwrap();
    assert!(pair.done());
    pair
}

fn protocol(code: i32) -> Failure {
    Failure::Protocol(code)
}

#[test]
fn handshake() {
    let (mut client, server) = sides();
    client.routing_id = b"me".to_vec();
    let mut pair = pair_of(&client, &server);
    let mut said = Vec::new();
    pair.run(|by, body| said.push((by, body.clone()))).unwrap();
    assert!(pair.done());
    let sizes: Vec<_> = said.iter().map(|(by, body)| (*by, body.len())).collect();
    // As many as libzmq 4.3.4 sends for the same metadata.
    assert_eq!(sizes, [(By::Client, 200), (By::Server, 168), (By::Client, 294), (By::Server, 65)]);
    let of_client = pair.server.peer_properties();
    assert_eq!(of_client.get(b"Socket-Type"), Some(&b"DEALER"[..]));
    assert_eq!(of_client.get(b"Identity"), Some(&b"me"[..]));
    assert_eq!(pair.client.peer_properties().get(b"Socket-Type"), Some(&b"ROUTER"[..]));
    let asked = zap::Request { mechanism: "CURVE", credentials: vec![client.security.curve_public.to_vec().into()] };
    assert_eq!(pair.asked, Some(asked));
    // Nothing in it is the same the second time, but for names and padding.
    let mut again = Vec::new();
    pair_of(&client, &server).run(|by, body| again.push((by, body.clone()))).unwrap();
    for ((_, a), (_, b)) in said.iter().zip(&again) {
        assert!(a[a.len() - 16..] != b[b.len() - 16..]);
    }
}

/// Whatever octet of whatever command is changed: the other side notices.
#[test]
fn changed_octets() {
    for (by, index, size) in [(By::Client, 0, 200), (By::Server, 0, 168), (By::Client, 1, 292), (By::Server, 1, 65)] {
        for at in 0..size {
            // libzmq does not look at the padding of HELLO, and neither do we.
            if (by, index) == (By::Client, 0) && (8..80).contains(&at) {
                continue;
            }
            let (mut pair, mut seen) = (pair(), 0);
            let outcome = pair.run(|who, body| {
                if who == by {
                    if seen == index {
                        assert_eq!(body.len(), size);
                        body[at] ^= 1;
                    }
                    seen += 1;
                }
            });
            let other = if by == By::Client { By::Server } else { By::Client };
            assert!(
                matches!(outcome, Err((who, Failure::Protocol(_))) if who == other),
                "{by:?} {index} {at}: {outcome:?}"
            );
        }
    }
}

#[test]
fn cut_and_padded_commands() {
    use ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC as CRYPTOGRAPHIC;
    use ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO as HELLO;
    use ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE as INITIATE;
    use ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY as READY;
    use ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED as UNSPECIFIED;
    use ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND as UNEXPECTED;
    for (by, index, sizes, code) in [
        (By::Client, 0, &[8, 199, 201, 400][..], HELLO),
        (By::Client, 0, &[0, 1, 5], UNSPECIFIED),
        (By::Server, 0, &[8, 167, 169, 400], CRYPTOGRAPHIC),
        (By::Client, 1, &[9, 100, 256], INITIATE),
        (By::Server, 1, &[6, 14, 29], READY),
        (By::Server, 1, &[0, 3], UNEXPECTED),
    ] {
        for &size in sizes {
            let (mut pair, mut seen) = (pair(), 0);
            let outcome = pair.run(|who, body| {
                if who == by {
                    if seen == index {
                        body.resize(size, 0);
                    }
                    seen += 1;
                }
            });
            assert_eq!(outcome.map_err(|(_, failure)| failure), Err(protocol(code)), "{by:?} {index} {size}");
        }
    }
}

#[test]
fn wrong_keys() {
    let (client, server) = sides();
    let (other_client, other_server) = sides();
    let outcome = |c: &Options, s: &Options| pair_of(c, s).run(|_, _| {});
    let cryptographic = protocol(ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC);
    assert_eq!(outcome(&client, &other_server), Err((By::Server, cryptographic)));
    assert_eq!(outcome(&other_client, &server), Err((By::Server, cryptographic)));
    // A public key that is not the secret one's.
    let mut liar = client.clone();
    liar.security.curve_public = other_client.security.curve_public.clone();
    assert_eq!(outcome(&liar, &server), Err((By::Server, cryptographic)));
    // No keys at all.
    let bare = options(Kind::Curve, false);
    assert!(outcome(&bare, &server).is_err());
    let mut half = bare.clone();
    half.security.curve_server = client.security.curve_server.clone();
    assert!(outcome(&half, &server).is_err());
}

#[test]
fn commands_out_of_turn() {
    let unexpected = Err(protocol(ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND));
    let mut commands = Vec::new();
    pair().run(|by, body| commands.push((by, body.clone()))).unwrap();
    let by_client: Vec<_> = commands.iter().filter(|(by, _)| *by == By::Client).map(|(_, body)| body).collect();
    let by_server: Vec<_> = commands.iter().filter(|(by, _)| *by == By::Server).map(|(_, body)| body).collect();
    let (client, server) = sides();
    assert_eq!(mechanism(&server, ZMQ_ROUTER).on_command(by_client[1]), unexpected);
    assert_eq!(mechanism(&server, ZMQ_ROUTER).on_command(by_server[0]), unexpected);
    assert_eq!(mechanism(&server, ZMQ_ROUTER).on_command(b"\x05ERROR\x03400"), unexpected);
    let greeted = || {
        let mut client = mechanism(&client, ZMQ_DEALER);
        client.next_command().unwrap();
        client
    };
    let cryptographic = Err(protocol(ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC));
    assert_eq!(greeted().on_command(by_server[1]), cryptographic);
    assert_eq!(greeted().on_command(by_client[0]), unexpected);
    for (status, failure) in [("300", Failure::Auth(300)), ("400", Failure::Auth(400)), ("500", Failure::Auth(500))] {
        assert_eq!(greeted().on_command(format!("\x05ERROR\x03{status}").as_bytes()), Err(failure));
    }
    let malformed = protocol(ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR);
    assert_eq!(greeted().on_command(b"\x05ERROR\x04400"), Err(malformed));
}

/// A HELLO, or an INITIATE, that was recorded from another connection leads nowhere.
#[test]
fn recorded_handshakes() {
    let (client, server) = sides();
    let mut recorded = Vec::new();
    pair_of(&client, &server)
        .run(|by, body| {
            if by == By::Client {
                recorded.push(body.clone())
            }
        })
        .unwrap();
    let mut attacked = mechanism(&server, ZMQ_ROUTER);
    attacked.on_command(&recorded[0]).unwrap();
    assert_eq!(attacked.next_command().unwrap().unwrap().len(), 168);
    assert_eq!(attacked.on_command(&recorded[1]), Err(protocol(ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC)));
}

#[test]
fn verdicts() {
    for (verdict, enforce, expected, says) in [
        (zap::Reply::NoHandler, false, Ok(()), None),
        (zap::Reply::NoHandler, true, Err(Failure::System(crate::error::Error::EFAULT)), None),
        (answered(200), true, Ok(()), None),
        (answered(300), false, Err(Failure::Auth(300)), None),
        (answered(400), false, Err(Failure::Auth(400)), Some(&b"\x05ERROR\x03400"[..])),
        (answered(500), true, Err(Failure::Auth(500)), Some(b"\x05ERROR\x03500")),
    ] {
        let (client, mut server) = sides();
        server.security.zap_domain = b"domain".to_vec();
        server.security.zap_enforce_domain = enforce;
        let mut pair = pair_of(&client, &server);
        pair.verdict = verdict;
        assert_eq!(pair.run(|_, _| {}), expected.map_err(|failure| (By::Server, failure)));
        assert_eq!(pair.done(), expected.is_ok());
        assert_eq!(pair.server.next_command().unwrap().as_deref(), says);
        assert!(pair.server.next_command().unwrap().is_none());
    }
    // The strict rule without a domain: nobody is asked.
    let (client, mut server) = sides();
    server.security.zap_enforce_domain = true;
    let mut pair = pair_of(&client, &server);
    pair.verdict = answered(400);
    pair.run(|_, _| {}).unwrap();
    assert!(pair.done() && pair.asked.is_none());
}

#[test]
fn socket_types_that_do_not_go_together() {
    let (client, server) = sides();
    let mut pair = Pair::new(mechanism(&client, ZMQ_PUB), mechanism(&server, ZMQ_ROUTER));
    assert!(matches!(pair.run(|_, _| {}), Err((By::Server, Failure::Refused(_)))));
}

#[test]
fn traffic_both_ways() {
    let mut pair = connected();
    for size in [0usize, 1, 14, 15, 33, 255, 256, 8192, 100_000] {
        let body: Vec<u8> = (0..size).map(|i| (i * 31) as u8).collect();
        for (more, command) in [(false, false), (true, false), (false, true)] {
            let kind = FrameKind { more, command };
            let wire = encoded(pair.client.as_mut(), kind, &[&body[..size / 3], &body[size / 3..]]);
            assert!(size < 8 || !wire.windows(8).any(|w| w == &body[..8]));
            assert_eq!(decoded(pair.server.as_mut(), wire).unwrap(), (kind, body.clone()));
            let wire = encoded(pair.server.as_mut(), kind, &[&body]);
            assert_eq!(decoded(pair.client.as_mut(), wire).unwrap(), (kind, body.clone()));
        }
    }
}

#[test]
fn messages_open_once_and_only_in_their_direction() {
    let mut pair = connected();
    let first = encoded(pair.client.as_mut(), PLAIN, &[b"first"]);
    let second = encoded(pair.client.as_mut(), PLAIN, &[b"second"]);
    let sequence = Err(protocol(ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE));
    assert_eq!(decoded(pair.server.as_mut(), first.clone()).unwrap().1, b"first");
    assert_eq!(decoded(pair.server.as_mut(), first.clone()), sequence);
    assert_eq!(decoded(pair.server.as_mut(), second.clone()).unwrap().1, b"second");
    assert_eq!(decoded(pair.server.as_mut(), first), sequence);
    // Back to its sender: the count is new there, the direction is not its own.
    let third = encoded(pair.client.as_mut(), PLAIN, &[b"third"]);
    assert_eq!(decoded(pair.client.as_mut(), third), Err(protocol(ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC)));
    // To another connection of the same two.
    let fourth = encoded(connected().client.as_mut(), PLAIN, &[b"fourth"]);
    assert_eq!(decoded(connected().server.as_mut(), fourth), Err(protocol(ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC)));
}

#[test]
fn changed_messages() {
    let wire = |pair: &mut Pair| encoded(pair.client.as_mut(), PLAIN, &[b"message"]);
    let size = wire(&mut connected()).len();
    for at in 0..size {
        let mut pair = connected();
        let mut body = wire(&mut pair);
        body[at] ^= 0x80;
        assert!(decoded(pair.server.as_mut(), body).is_err(), "octet {at}");
    }
    for n in 0..size {
        let mut pair = connected();
        let mut body = wire(&mut pair);
        body.truncate(n);
        assert!(decoded(pair.server.as_mut(), body).is_err(), "cut at {n}");
    }
}

/// Frames that come before the handshake is over are refused, not decrypted with nothing.
#[test]
fn no_traffic_before_its_time() {
    let mut pair = pair();
    assert!(pair.client.encode(PLAIN, &[b"x"], &mut Vec::new()).is_err());
    assert!(pair.server.decode(PLAIN, &mut [0; 60]).is_err());
}
