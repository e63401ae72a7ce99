#!/usr/bin/env python3
"""Interoperation: two processes, one with the system's libzmq, one with ours.

Every pair of socket types that go together, with every mechanism, the server
on either side, each type binding and connecting, each library in each place.
A case passes when both ends of it (peer.c) have seen every byte of every
message, of 0 bytes to 1 MiB and of several parts, in order.

  capi-tests/interop/run.py                 all cases
  capi-tests/interop/run.py --only CURVE    cases whose name has all these words
  capi-tests/interop/run.py --ours PATH

Needs Python 3 and a C compiler. Ends with `N passed, N failed`.
"""

import argparse
import concurrent.futures
import glob
import itertools
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "interop"
TIMEOUT = 45

# Who sends first, who receives first.
PAIRS = [("PUSH", "PULL"), ("PUB", "SUB"), ("PUB", "XSUB"), ("XPUB", "SUB"), ("XPUB", "XSUB"), ("REQ", "REP"),
         ("REQ", "ROUTER"), ("DEALER", "REP"), ("DEALER", "ROUTER"), ("DEALER", "DEALER"), ("PAIR", "PAIR")]
MECHANISMS = ("NULL", "PLAIN", "CURVE")


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


def cases():
    """(library that binds, mechanism, whether the binding end is the server, binding type, connecting type, whether the
    binding end is first)."""
    for binds, mechanism, pair in itertools.product(("oracle", "ours"), MECHANISMS, PAIRS):
        for server, first in itertools.product((True, False), (True, False)):
            if pair[0] == pair[1] and not first:
                continue
            binding, connecting = pair if first else pair[::-1]
            # A REQ of libzmq 4.3.4 that asks a ZAP handler never gets an answer to anything else.
            if (binding if server else connecting) == "REQ" and (binds == "oracle") == server:
                continue
            yield binds, mechanism, server, binding, connecting, first


def name_of(case):
    binds, mechanism, server, binding, connecting, _ = case
    role = "server" if server else "client"
    return f"{mechanism} {binds} binds {binding} as {role}, {'ours' if binds == 'oracle' else 'oracle'} connects {connecting}"


def spawn(binary, library, *words):
    return subprocess.Popen([str(binary), *words], env=environment(library), text=True, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(binary, case):
    """Complaints, none if both ends are content."""
    binds, mechanism, server, binding, connecting, first = case
    connects = "ours" if binds == "oracle" else "oracle"
    roles = ("server", "client") if server else ("client", "server")
    places = ("first", "second") if first else ("second", "first")
    bound = spawn(binary, binds, "bind", mechanism, roles[0], binding, places[0])
    connected = spawn(binary, connects, "connect", mechanism, roles[1], connecting, places[1])
    ends = (bound, connected)
    try:
        endpoint = bound.stdout.readline()
        write(connected, endpoint)
        subscribers = [end for end, kind in zip(ends, (binding, connecting)) if kind in ("SUB", "XSUB")]
        for subscriber in subscribers:
            if subscriber.stdout.readline().strip() == "heard":
                write(bound if subscriber is connected else connected, "heard\n")
        complaints = []
        # The receiver first: the sender ends when its stdin is closed.
        for end, library in sorted(zip(ends, (binds, connects)), key=lambda e: (e[0] is bound) == first):
            _, err = end.communicate(timeout=TIMEOUT)
            if end.returncode != 0:
                complaints.append(f"{library}: status {end.returncode} {err.strip()}")
        return complaints
    except subprocess.TimeoutExpired:
        return [f"no end after {TIMEOUT} s"]
    finally:
        for end in ends:
            end.kill()
            end.wait()


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
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    binary = prepare(args)
    chosen = [case for case in cases() if all(word in name_of(case).split() for word in args.only)]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for case, complaints in zip(chosen, pool.map(lambda c: run(binary, c), chosen)):
            failed += bool(complaints)
            if complaints:
                print(f"FAILED {name_of(case)}")
                print(*("       " + line for line in complaints), sep="\n", flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
