"""A relay between two ends of a ZMTP connection that makes each see an older peer.

Both ends greet in steps and go on as the other's greeting asks for. So it is
enough to rewrite the first octets that each of them says; from there on they
speak the older protocol with each other, and everything passes untouched:

  3.0          the minor version becomes 0
  2.0          the revision becomes 1: no mechanism, a routing id in a frame
  1.0          the revision becomes 0: the same, in the frames of ZMTP 1.0
  unversioned  no greeting: the ten octets of the signature, which hold the
               length of the routing id that follows them, become the header
               of its frame as libzmq 2 wrote it

Called by run.py; one thread for each direction of a connection.
"""

import re
import socket
import threading

SIGNATURE = 10
REVISION, MINOR = SIGNATURE, SIGNATURE + 1

# Octets that pass; what must come then, to be replaced; and by what.
REWRITES = {
    "3.0": (MINOR, rb"\x01", lambda octets: b"\0"),
    "2.0": (REVISION, rb"\x03", lambda octets: b"\1"),
    "1.0": (REVISION, rb"\x03", lambda octets: b"\0"),
    "unversioned": (0, rb"\xff\0{7}.\x7f", lambda octets: octets[-2:-1] + b"\0"),
}


class Relay:
    """Listens on `endpoint` for connections to `target`, another tcp endpoint, until it is closed."""

    def __init__(self, target, version):
        host, port = target.removeprefix("tcp://").rsplit(":", 1)
        self.target = (host, int(port))
        self.rewrite = REWRITES[version]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = "tcp://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """No more connections; those that are there end when their ends do."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self.target)
            except OSError:
                near.close()
                continue
            for source, sink in ((near, far), (far, near)):
                sink.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source, sink):
        kept, wanted, by = self.rewrite
        try:
            # At once, as it comes: the other end waits for it before it says more.
            for _ in range(kept):
                sink.sendall(exactly(source, 1))
            octets = exactly(source, 1 if kept else SIGNATURE)
            if not re.fullmatch(wanted, octets, re.DOTALL):
                raise ConnectionError("this end does not greet as ZMTP 3.1 wants it")
            sink.sendall(by(octets))
            while octets := source.recv(1 << 16):
                sink.sendall(octets)
        except OSError:
            pass  # one end is gone, or shall seem so; the other one hears it
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def exactly(source, size):
    octets = b""
    while len(octets) < size:
        more = source.recv(size - len(octets))
        if not more:
            raise ConnectionError("the end of the greeting is missing")
        octets += more
    return octets
