#!/usr/bin/env python3
"""Interoperation: two processes, one with the system's libzmq, one with ours.

Every pair of socket types that go together, with every mechanism, the server
on either side, each type binding and connecting, each library in each place,
in each version of the protocol that can carry it. A case passes when both ends
of it (peer.c) have seen every byte of every message, of 0 bytes to 1 MiB and of
several parts, in order, and a ROUTER the routing id of its peer. For the older
versions both ends find out about each other through a relay (relay.py) and
speak them with each other, as ours with ours must, too.

  capi-tests/interop/run.py                 all cases
  capi-tests/interop/run.py --only CURVE    cases whose name has all these words
  capi-tests/interop/run.py --ours PATH
  capi-tests/interop/run.py --oracle-alone  the system's libzmq with itself: what can be asked of ours

Needs Python 3 and a C compiler. Ends with `N passed, N failed`.
"""

import argparse
import concurrent.futures
import glob
import itertools
import os
import pathlib
import re
import subprocess
import sys
import typing

from relay import REWRITES, Relay

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "interop"
TIMEOUT = 45

# Who sends first, who receives first.
PAIRS = [("PUSH", "PULL"), ("PUB", "SUB"), ("PUB", "XSUB"), ("XPUB", "SUB"), ("XPUB", "XSUB"), ("REQ", "REP"),
         ("REQ", "ROUTER"), ("DEALER", "REP"), ("DEALER", "ROUTER"), ("DEALER", "DEALER"), ("ROUTER", "ROUTER"), ("PAIR", "PAIR")]
# Newest first: it needs no relay. Those without mechanisms have nobody to ask a ZAP handler.
MECHANISMS = {"3.1": ("NULL", "PLAIN", "CURVE"), "3.0": ("NULL", "PLAIN", "CURVE"),
              "2.0": ("NULL",), "1.0": ("NULL",), "unversioned": ("NULL",)}
NAMED = ("3.1", "3.0")
MIXED = (("oracle", "ours"), ("ours", "oracle"))


class Case(typing.NamedTuple):
    version: str
    mechanism: str
    libraries: tuple  # of the end that binds, of the one that connects; so the next two
    types: tuple
    roles: tuple
    first: bool  # whether the end that binds sends first

    def __str__(self):
        bound, connected = (" ".join(end) for end in zip(self.libraries, self.types, self.roles))
        return f"{self.version} {self.mechanism}: {bound} binds, {connected} connects"


def environment(library):
    env = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
    env["LD_LIBRARY_PATH"] = str(WORK / library)
    return env


def prepare(args):
    for name, path in (("ours", args.ours), ("oracle", args.oracle)):
        if path is None or not path.exists():
            sys.exit(f"{name}: no library at {path}")
        directory = WORK / name
        directory.mkdir(parents=True, exist_ok=True)
        link = directory / "libzmq.so.5"
        link.unlink(missing_ok=True)
        link.symlink_to(path.resolve())
    binary = WORK / "peer"
    subprocess.run(["cc", "-std=c11", "-Wall", "-Werror", "-O1", f"-I{ROOT / 'include'}", str(HERE / "peer.c"),
                    "-o", str(binary), str(args.oracle), "-lpthread"], check=True)
    return binary


def cases(alone):
    for version, mechanisms in MECHANISMS.items():
        roles = [("server", "client"), ("client", "server")] if version in NAMED else [("neither", "neither")]
        pairs = [(alone, alone)] if alone else MIXED if version == "3.1" else (*MIXED, ("ours", "ours"))
        for case in itertools.product(mechanisms, pairs, PAIRS, roles, (True, False)):
            mechanism, libraries, types, roles_here, first = case
            if types[0] == types[1] and not first:
                continue
            case = Case(version, mechanism, libraries, types if first else types[::-1], roles_here, first)
            # A REQ of libzmq 4.3.4 that asks a ZAP handler never gets an answer to anything else.
            if ("oracle", "REQ", "server") not in zip(case.libraries, case.types, case.roles):
                yield case


def spawn(binary, library, *words):
    return subprocess.Popen([str(binary), *words], env=environment(library), text=True, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(binary, case):
    """Complaints, none if both ends are content."""
    places = ("first", "second") if case.first else ("second", "first")
    named = "named" if case.version in NAMED else "nameless"
    bound, connected = ends = [
        spawn(binary, library, verb, case.mechanism, role, named, kind, place)
        for library, verb, role, kind, place in zip(case.libraries, ("bind", "connect"), case.roles, case.types, places)]
    relay = None
    try:
        endpoint = bound.stdout.readline().strip()
        if case.version in REWRITES and endpoint:
            relay = Relay(endpoint, case.version)
            endpoint = relay.endpoint
        write(connected, endpoint + "\n")
        for subscriber, other, kind in ((bound, connected, case.types[0]), (connected, bound, case.types[1])):
            if kind in ("SUB", "XSUB") and subscriber.stdout.readline().strip() == "heard":
                write(other, "heard\n")
        # The receiver first: the sender ends when its stdin is closed.
        order = (1, 0) if case.first else (0, 1)
        said = {end: ends[end].communicate(timeout=TIMEOUT)[1].strip() for end in order}
        return [f"{case.libraries[end]} {case.types[end]}: status {ends[end].returncode}, {said[end]}"
                for end in order if ends[end].returncode != 0]
    except subprocess.TimeoutExpired:
        return [f"no end after {TIMEOUT} s"]
    finally:
        for end in ends:
            end.kill()
            end.wait()
        if relay:
            relay.close()


def write(end, text):
    try:
        end.stdin.write(text)
        end.stdin.flush()
    except BrokenPipeError:
        pass  # it says itself why it ended


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    parser.add_argument("--ours", type=pathlib.Path, default=ROOT / "target/release/libzmq.so")
    system = next(iter(sorted(glob.glob("/usr/lib/*/libzmq.so.5") + glob.glob("/usr/lib*/libzmq.so.5"))), None)
    parser.add_argument("--oracle", type=pathlib.Path, default=system and pathlib.Path(system))
    parser.add_argument("--oracle-alone", action="store_true")
    parser.add_argument("--jobs", type=int, default=4)
    args = parser.parse_args()
    binary = prepare(args)
    chosen = [case for case in cases("oracle" if args.oracle_alone else None)
              if all(word in re.findall(r"[\w.]+", str(case)) for word in args.only)]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for case, complaints in zip(chosen, pool.map(lambda c: run(binary, c), chosen)):
            failed += bool(complaints)
            if complaints:
                print(f"FAILED {case}")
                print(*("       " + line for line in complaints), sep="\n", flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
