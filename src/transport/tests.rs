//! Listeners and targets against the system, over the loop-back only.

use super::*;
use crate::sys::{self, SockAddr};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[test]
fn endpoints_are_taken_apart() {
    for text in ["", "tcp", "tcp:", "tcp:/", "tcp://", "://", "://x", "foo:bar", "ipc://", "inproc://"] {
        assert_eq!(split(text), Err(Error::EINVAL), "{text}");
    }
    for text in ["foo://x", "TCP://127.0.0.1:0", "Tcp://127.0.0.1:9", " tcp://127.0.0.1:9", "tcp ://a:9", ";tcp://a:9"]
    {
        assert_eq!(split(text), Err(Error::EPROTONOSUPPORT), "{text}");
    }
    assert_eq!(split("tcp:///a:9"), Ok((Scheme::Tcp, "/a:9")));
    assert_eq!(split("ipc://a://b"), Ok((Scheme::Ipc, "a://b")));
    for row in &SCHEMES {
        assert_eq!(split(&format!("{}://x", row.name)), Ok((row.scheme, "x")));
        assert_eq!(row.scheme.name(), row.name);
    }
}

#[test]
fn transports_suit_socket_types() {
    for kind in [ZMQ_PUB, ZMQ_SUB, ZMQ_XPUB, ZMQ_XSUB, ZMQ_REQ, ZMQ_STREAM, ZMQ_PAIR, ZMQ_PUSH, ZMQ_DEALER] {
        for scheme in [Scheme::Tcp, Scheme::Ipc, Scheme::Inproc] {
            assert_eq!(check(scheme, kind), Ok(()));
        }
        assert_eq!(check(Scheme::Udp, kind), Err(Error::ENOCOMPATPROTO));
        assert_eq!(check(Scheme::Vmci, kind), Err(Error::EPROTONOSUPPORT));
        let multicast = if PUBSUB.contains(&kind) { Error::EPROTONOSUPPORT } else { Error::ENOCOMPATPROTO };
        assert_eq!(check(Scheme::Pgm, kind), Err(multicast));
    }
}

/// A directory of the test's own, removed in the end.
struct Dir(PathBuf);

impl Dir {
    fn new() -> Self {
        Self(sys::file::make_temporary_dir(&std::env::temp_dir()).unwrap().into())
    }

    fn ipc(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_string()
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn wait_writable(fd: &impl AsFd) {
    let mut fds = [libc::pollfd { fd: fd.as_fd().as_raw_fd(), events: libc::POLLOUT, revents: 0 }];
    assert_eq!(sys::poll(&mut fds, Some(Duration::from_secs(10))), Ok(1));
}

fn accept(listener: &Listener, o: &Options) -> Result<Accepted> {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        match listener.accept(o) {
            Ok(Some(accepted)) => return Ok(accepted),
            Err(e) => return Err(e),
            Ok(None) => assert!(Instant::now() < end, "nobody came"),
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Connects to an endpoint, as a session does it.
fn dial(endpoint: &str, o: &Options) -> Result<std::os::fd::OwnedFd> {
    let (scheme, address) = split(endpoint)?;
    let target = parse_target(scheme, address, o)?;
    assert_eq!(target.endpoint, endpoint);
    let mut last = Error::EINVAL;
    for addr in target.resolve()? {
        let began = start_connect(&target, &addr, o).and_then(|connecting| {
            wait_writable(&connecting.fd);
            finish_connect(&target, connecting.fd.as_fd(), o).map(|()| connecting.fd)
        });
        match began {
            Ok(fd) => return Ok(fd),
            Err(e) => last = e,
        }
    }
    Err(last)
}

fn listen(endpoint: &str, o: &Options) -> Result<Listener> {
    let (scheme, address) = split(endpoint)?;
    bind(scheme, address, o).map_err(|refused| refused.error)
}

/// Both ends of a connection to a fresh listener.
fn connection(endpoint: &str, o: &Options) -> (Listener, std::os::fd::OwnedFd, Accepted) {
    let listener = listen(endpoint, o).unwrap();
    assert!(listener.accept(o).unwrap().is_none());
    let dialled = dial(&listener.endpoint, o).unwrap();
    let accepted = accept(&listener, o).unwrap();
    (listener, dialled, accepted)
}

fn local_endpoint(fd: BorrowedFd<'_>) -> String {
    socket::local_addr(fd).unwrap().to_string()
}

#[test]
fn tcp_connections_stand_and_know_their_ends() {
    for (endpoint, ipv6, host) in [
        ("tcp://127.0.0.1:*", false, "127.0.0.1"),
        ("tcp://127.0.0.1:*", true, "::ffff:127.0.0.1"),
        ("tcp://[::1]:0", true, "::1"),
        ("tcp://lo:*", false, "127.0.0.1"),
    ] {
        let o = Options { ipv6, ..Options::default() };
        let (listener, dialled, accepted) = connection(endpoint, &o);
        assert!(!listener.endpoint.ends_with(":0"));
        assert_eq!((accepted.peer.as_str(), peer_name(dialled.as_fd()).as_str()), (host, host));
        assert_eq!(local_endpoint(accepted.fd.as_fd()), listener.endpoint);
        assert_eq!(sys::send(dialled.as_fd(), b"hello"), Ok(5));
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(sys::recv_slice(accepted.fd.as_fd(), &mut [0; 9]), Ok(5));
    }
}

#[test]
fn wildcards_show_as_what_they_became() {
    let shown = |ipv6| listen("tcp://*:*", &Options { ipv6, ..Options::default() }).unwrap().endpoint;
    assert!(shown(false).starts_with("tcp://0.0.0.0:"));
    assert!(shown(true).starts_with("tcp://[::]:"));
}

#[test]
fn an_ipv6_wildcard_takes_ipv4_peers() {
    let o = Options { ipv6: true, ..Options::default() };
    let listener = listen("tcp://*:*", &o).unwrap();
    let _peer = dial(&listener.endpoint.replace("[::]", "127.0.0.1"), &Options::default()).unwrap();
    assert_eq!(accept(&listener, &o).unwrap().peer, "::ffff:127.0.0.1");
}

#[test]
fn errors_of_binding_are_the_truth() {
    let o = Options::default();
    let taken = listen("tcp://127.0.0.1:*", &o).unwrap();
    let dir = Dir::new();
    std::fs::write(dir.0.join("file"), "").unwrap();
    let long = dir.ipc(&"x".repeat(108));
    for (endpoint, error) in [
        (taken.endpoint.clone(), Error::EADDRINUSE),
        ("tcp://192.0.2.77:*".into(), Error::EADDRNOTAVAIL),
        ("tcp://localhost:*".into(), Error::ENODEV),
        ("tcp://127.0.0.1".into(), Error::EINVAL),
        (format!("ipc://{}", dir.ipc("none/x")), Error::ENOENT),
        (format!("ipc://{}", dir.ipc("")), Error::EADDRINUSE),
        (format!("ipc://{}", dir.ipc("file/x")), Error(libc::ENOTDIR)),
        (format!("ipc://{long}"), Error::ENAMETOOLONG),
        ("ipc://@".into(), Error::EINVAL),
        ("udp://127.0.0.1:5".into(), Error::EPROTONOSUPPORT),
    ] {
        assert_eq!(listen(&endpoint, &o).err(), Some(error), "{endpoint}");
    }
}

#[test]
fn errors_of_connecting_come_when_they_show() {
    let o = Options::default();
    let gone = listen("tcp://127.0.0.1:*", &o).unwrap().endpoint;
    let dir = Dir::new();
    for (endpoint, error) in [
        (gone.as_str(), Error::ECONNREFUSED),
        ("tcp://127.0.0.1:65536", Error::EINVAL),
        ("tcp://[::1]:5", Error::EINVAL),
        ("tcp://192.0.2.77:0;127.0.0.1:5", Error::EADDRNOTAVAIL),
        ("tcp://localhost:0;127.0.0.1:5", Error::ENODEV),
        ("tcp://127.0.0.1;127.0.0.1:5", Error::EINVAL),
        ("tcp://127.0.0.1:5;", Error::EINVAL),
        ("tcp://127.0.0.1:0;127.0.0.1:0;127.0.0.1:5", Error::EINVAL),
        (&format!("ipc://{}", dir.ipc("none")), Error::ENOENT),
    ] {
        assert_eq!(dial(endpoint, &o).err(), Some(error), "{endpoint}");
    }
    for (endpoint, error) in [
        ("tcp://127.0.0.1:*", Error::EINVAL),
        ("tcp://127.0.0.1", Error::EINVAL),
        ("ipc://@", Error::EINVAL),
        (&format!("ipc://{}", "x".repeat(108)), Error::ENAMETOOLONG),
        ("inproc://x", Error::EPROTONOSUPPORT),
    ] {
        let (scheme, address) = split(endpoint).unwrap();
        assert_eq!(parse_target(scheme, address, &o).err(), Some(error), "{endpoint}");
    }
}

#[test]
fn only_names_need_looking_up() {
    let numeric = |endpoint: &str| {
        let (scheme, address) = split(endpoint).unwrap();
        parse_target(scheme, address, &Options::default()).unwrap().numeric().map(|a| a[0].to_string())
    };
    assert_eq!(numeric("tcp://127.0.0.1:0;127.0.0.1:5").as_deref(), Some("tcp://127.0.0.1:5"));
    assert_eq!(numeric("ipc:///a/b").as_deref(), Some("ipc:///a/b"));
    assert_eq!(numeric("tcp://localhost:5"), None);
}

#[test]
fn a_source_address_is_where_the_connection_comes_from() {
    let o = Options::default();
    let listener = listen("tcp://127.0.0.1:*", &o).unwrap();
    let destination = listener.endpoint.strip_prefix("tcp://").unwrap();
    let _from_2 = dial(&format!("tcp://127.0.0.2:0;{destination}"), &o).unwrap();
    assert_eq!(accept(&listener, &o).unwrap().peer, "127.0.0.2");
    let _from_lo = dial(&format!("tcp://lo:0;{destination}"), &o).unwrap();
    assert_eq!(accept(&listener, &o).unwrap().peer, "127.0.0.1");
}

#[test]
fn a_proxy_is_dialled_in_the_place_of_the_peer() {
    let mut o = Options::default();
    o.socks.proxy = b"127.0.0.1:1080".to_vec();
    let target = parse_target(Scheme::Tcp, "127.0.0.1:0;some.host:5555", &o).unwrap();
    assert_eq!(
        (target.endpoint.as_str(), target.dialled.as_str()),
        ("tcp://127.0.0.1:0;some.host:5555", "tcp://127.0.0.1:1080")
    );
    assert_eq!(target.numeric().unwrap()[0].to_string(), "tcp://127.0.0.1:1080");
    assert_eq!(target.socks(&o).unwrap().unwrap().output(), b"\x05\x01\0");
    let direct = parse_target(Scheme::Tcp, "some.host:5555", &Options::default()).unwrap();
    assert!(direct.socks(&o).unwrap().is_none());
    for bad in ["some.host:0", "some.host:65536"] {
        assert_eq!(parse_target(Scheme::Tcp, bad, &o).unwrap().socks(&o).err(), Some(Error::EINVAL));
    }
}

#[cfg(target_os = "linux")]
fn option(fd: &impl AsFd, level: i32, name: i32) -> i32 {
    sys::option::get_int(fd.as_fd(), level, name).unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn options_reach_the_descriptors() {
    let mut o = Options { ipv6: true, ..Options::default() };
    let plain = connection("tcp://127.0.0.1:*", &o);
    (o.tcp.sndbuf, o.tcp.rcvbuf, o.tcp.tos, o.tcp.priority, o.tcp.maxrt) = (30_000, 40_000, 0x20, 3, 12_345);
    (o.tcp.keepalive, o.tcp.keepalive_cnt, o.tcp.keepalive_idle, o.tcp.keepalive_intvl) = (1, 3, 44, 55);
    o.tcp.bind_to_device = b"lo".to_vec();
    let (_listener, dialled, accepted) = connection("tcp://127.0.0.1:*", &o);
    for fd in [&dialled, &accepted.fd] {
        for (level, name, value) in [
            (libc::SOL_SOCKET, libc::SO_SNDBUF, 2 * 30_000),
            (libc::SOL_SOCKET, libc::SO_RCVBUF, 2 * 40_000),
            (libc::IPPROTO_IP, libc::IP_TOS, 0x20),
            (libc::IPPROTO_IPV6, libc::IPV6_TCLASS, 0x20),
            (libc::SOL_SOCKET, libc::SO_PRIORITY, 3),
            (libc::IPPROTO_TCP, libc::TCP_NODELAY, 1),
            (libc::SOL_SOCKET, libc::SO_KEEPALIVE, 1),
            (libc::IPPROTO_TCP, libc::TCP_KEEPCNT, 3),
            (libc::IPPROTO_TCP, libc::TCP_KEEPIDLE, 44),
            (libc::IPPROTO_TCP, libc::TCP_KEEPINTVL, 55),
            (libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT, 12_345),
        ] {
            assert_eq!(option(fd, level, name), value, "{level} {name}");
        }
    }
    for (name, value) in [(libc::SO_KEEPALIVE, 0), (libc::SO_PRIORITY, 0)] {
        assert_eq!(option(&plain.1, libc::SOL_SOCKET, name), value);
    }
    o.tcp.keepalive = 0;
    assert_eq!(option(&connection("tcp://127.0.0.1:*", &o).1, libc::SOL_SOCKET, libc::SO_KEEPALIVE), 0);
    o.tcp.bind_to_device = b"none9".to_vec();
    assert_eq!(listen("tcp://127.0.0.1:*", &o).err(), Some(Error::ENODEV));
}

#[test]
fn accept_filters_let_in_whom_they_name() {
    for (filters, passes) in
        [(&["127.0.0.1"][..], true), (&["10.0.0.0/8"], false), (&["10.0.0.0/8", "127.0.0.0/8"], true), (&[], true)]
    {
        let mut o = Options::default();
        let read = |text: &&str| crate::options::AcceptFilter::parse(text.as_bytes(), false).unwrap();
        o.tcp.accept_filters = filters.iter().map(read).collect();
        let listener = listen("tcp://127.0.0.1:*", &o).unwrap();
        let _peer = dial(&listener.endpoint, &o).unwrap();
        assert_eq!(accept(&listener, &o).err(), (!passes).then_some(Error::EACCES), "{filters:?}");
    }
}

#[test]
fn ipc_filters_let_in_whom_they_name() {
    let own = own_credentials();
    let cases = [
        (vec![], vec![], vec![], true),
        (vec![own.uid], vec![], vec![], true),
        (vec![own.uid + 1], vec![], vec![], false),
        (vec![own.uid + 1], vec![own.gid], vec![], true),
        (vec![], vec![4_294_000_000], vec![], false),
        (vec![], vec![], vec![std::process::id()], true),
        (vec![], vec![], vec![1], false),
    ];
    let dir = Dir::new();
    for (uids, gids, pids, passes) in cases {
        let o = Options { ipc: crate::options::IpcFilters { uids, gids, pids }, ..Options::default() };
        let listener = listen(&format!("ipc://{}", dir.ipc("f")), &o).unwrap();
        let _peer = dial(&listener.endpoint, &o).unwrap();
        assert_eq!(accept(&listener, &o).err(), (!passes).then_some(Error::EACCES), "{:?}", o.ipc);
    }
}

fn own_credentials() -> sys::socket::Credentials {
    let (a, _b) = std::os::unix::net::UnixStream::pair().unwrap();
    sys::socket::peer_credentials(a.as_fd()).unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn ipc_connections_know_the_peer_by_its_process() {
    let own = own_credentials();
    let expected = format!("localhost:{}:{}:{}", own.uid, own.gid, std::process::id());
    let dir = Dir::new();
    for endpoint in
        [format!("ipc://{}", dir.ipc("s")), format!("ipc://@oxizmq-test-{}", std::process::id()), "ipc://*".into()]
    {
        let (listener, dialled, accepted) = connection(&endpoint, &Options::default());
        assert_eq!(local_endpoint(accepted.fd.as_fd()), listener.endpoint);
        assert_eq!((&accepted.peer, &peer_name(dialled.as_fd())), (&expected, &expected));
        if !endpoint.ends_with('*') {
            assert_eq!(listener.endpoint, endpoint);
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn abstract_names_are_taken_once() {
    let (o, name) = (Options::default(), format!("ipc://@oxizmq-test-twice-{}", std::process::id()));
    let first = listen(&name, &o).unwrap();
    assert_eq!(listen(&name, &o).err(), Some(Error::EADDRINUSE));
    first.close();
    listen(&name, &o).unwrap();
}

#[test]
fn a_path_is_taken_over_and_stays() {
    let (o, dir) = (Options::default(), Dir::new());
    let endpoint = format!("ipc://{}", dir.ipc("s"));
    let first = listen(&endpoint, &o).unwrap();
    let second = listen(&endpoint, &o).unwrap();
    first.close();
    let _peer = dial(&endpoint, &o).unwrap();
    accept(&second, &o).unwrap();
    second.close();
    assert!(dir.0.join("s").exists());
    assert_eq!(dial(&endpoint, &o).err(), Some(Error::ECONNREFUSED));
    listen(&endpoint, &o).unwrap();
}

#[test]
fn a_wildcard_directory_goes_with_its_listener() {
    let listener = listen("ipc://*", &Options::default()).unwrap();
    let socket = PathBuf::from(listener.endpoint.strip_prefix("ipc://").unwrap());
    let dir = socket.parent().unwrap();
    assert!(socket.exists());
    assert!(socket.ends_with("socket") && dir.file_name().unwrap().to_str().unwrap().starts_with("tmp"));
    listener.close();
    assert!(!dir.exists());
}

#[test]
fn a_descriptor_of_the_application_is_used_as_it_is() {
    let given = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = given.local_addr().unwrap().port();
    let fd = given.into_raw_fd();
    let o = Options { use_fd: fd, ..Options::default() };
    let listener = listen("tcp://127.0.0.1:9", &o).unwrap();
    assert_eq!((listener.raw_fd(), listener.endpoint.clone()), (fd, format!("tcp://127.0.0.1:{port}")));
    let _peer = dial(&listener.endpoint, &Options::default()).unwrap();
    accept(&listener, &o).unwrap();
    assert!(listener.accept(&o).unwrap().is_none());
    let closed = Options { use_fd: i32::MAX, ..Options::default() };
    assert_eq!(listen("tcp://127.0.0.1:9", &closed).err(), Some(Error::EBADF));
    let dir = Dir::new();
    let path = dir.ipc("given");
    let given = std::os::unix::net::UnixListener::bind(Path::new(&path)).unwrap();
    let o = Options { use_fd: given.into_raw_fd(), ..Options::default() };
    let listener = listen("ipc://*", &o).unwrap();
    assert_eq!(listener.endpoint, format!("ipc://{path}"));
    listener.close();
    assert!(Path::new(&path).exists());
}

#[test]
fn errors_of_accepting_are_weather_or_not() {
    for e in [Error::ECONNABORTED, Error::EPROTO, Error::EACCES, Error(libc::EPERM), Error::ENETDOWN] {
        assert!(sys::socket::is_transient(e), "{e:?}");
    }
    for e in [Error::EMFILE, Error(libc::ENFILE), Error::ENOBUFS, Error::ENOMEM, Error::EBADF, Error::EINVAL] {
        assert!(!sys::socket::is_transient(e), "{e:?}");
    }
}

#[test]
fn every_address_of_a_target_keeps_its_port() {
    let target = parse_target(Scheme::Tcp, "localhost:4445", &Options { ipv6: true, ..Options::default() }).unwrap();
    let ports = |a: &SockAddr| a.to_std().map(|a| a.port());
    assert!(target.resolve().unwrap().iter().all(|a| ports(a) == Some(4445)));
}

#[test]
fn a_lack_of_descriptors_is_an_error_and_leaves_nothing_behind() {
    let o = Options::default();
    let listener = listen("tcp://127.0.0.1:*", &o).unwrap();
    let target = parse_target(Scheme::Tcp, listener.endpoint.strip_prefix("tcp://").unwrap(), &o).unwrap();
    let addr = target.numeric().unwrap()[0];
    let _waiting = dial(&listener.endpoint, &o).unwrap();
    let dir = Dir::new();
    assert!(sys::fork::in_child(|| {
        std::env::set_var("TMPDIR", &dir.0);
        sys::fork::exhaust_descriptors();
        assert_eq!(listener.accept(&o).err(), Some(Error::EMFILE));
        assert_eq!(listen("tcp://127.0.0.1:*", &o).err(), Some(Error::EMFILE));
        assert_eq!(listen("ipc://*", &o).err(), Some(Error::EMFILE));
        assert_eq!(start_connect(&target, &addr, &o).err(), Some(Error::EMFILE));
        assert_eq!(sys::Waker::new().err(), Some(Error::EMFILE));
        assert_eq!(crate::io::poll::Poller::new().err(), Some(Error::EMFILE));
    }));
    assert_eq!(std::fs::read_dir(&dir.0).unwrap().count(), 0);
    accept(&listener, &o).unwrap();
}
