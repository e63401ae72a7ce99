"""The stage for the Python demo programs: one process per role, each proving its library, and cues between them.

A play (plays.py) starts roles with `Play.start`. A role is a function `role(me, …)`, plain or async; it runs in a process
of its own, forked before any context exists, and gets `me`: its sockets, its line to the director and its voice. What a
role raises makes its process fail, and a failed process makes the play fail.
"""
import asyncio
import inspect
import multiprocessing
import os
import sys
import traceback

import zmq

import which_zmq

PATIENCE = 8.0  # seconds that anything may take
LIBRARY = os.environ["DEMO_LIBRARY"]
SCRATCH = os.environ["DEMO_DIR"]
processes = multiprocessing.get_context("fork")


def say(name, text):
    os.write(1, f"{name:>12}: {text}\n".encode())  # one write: lines of several processes do not mix


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: got {got!r}, wanted {wanted!r}")


def prove(name):
    """Prove that this process uses the library under test; the driver counts these lines."""
    functions = which_zmq.prove(LIBRARY)
    with open(os.path.join(SCRATCH, "proofs"), "a") as proofs:
        proofs.write(f"{os.getpid()} {name}: {functions} functions, zmq_version {zmq.zmq_version()}\n")


class Me:
    """What a role has: sockets that are closed for it, and a line to the director."""

    def __init__(self, name, line, context):
        self.name, self.line, self.context, self.sockets = name, line, context, []

    def socket(self, kind, connect=(), **options):
        made = self.context.socket(kind)
        self.sockets.append(made)
        made.linger = 0 if kind == zmq.SUB else 2000  # a SUB's cancellations would wait for a publisher that is gone
        made.rcvtimeo = made.sndtimeo = int(PATIENCE * 1000)
        for option, value in options.items():
            setattr(made, option, value)
        for endpoint in [connect] if isinstance(connect, str) else connect:
            made.connect(endpoint)
        return made

    def bound(self, kind, address, **options):
        """A socket bound to a wildcard address; the director is told the endpoint."""
        made = self.socket(kind, **options)
        made.bind(address)
        self.tell(made.getsockopt_string(zmq.LAST_ENDPOINT).rstrip("\0"))
        return made

    def tell(self, word):
        self.line.send(word)

    def cued(self, wait=0.0):
        """Whether the director has given this role its cue."""
        return self.line.poll(wait)

    def say(self, text):
        say(self.name, text)

    def leave(self):
        for socket in self.sockets:
            socket.close()
        self.context.term()


def perform(role, name, line, args):
    """The life of one process: prove, play the role, leave; the exit code tells how it went."""
    try:
        prove(name)
        module = sys.modules[role.__module__]
        me = Me(name, line, module.Context())
        if inspect.iscoroutinefunction(role):
            async def life():
                await role(me, *args)
                me.leave()
            asyncio.run(life())
        else:
            role(me, *args)
            me.leave()
    except BaseException:
        say(name, "FAILED\n" + traceback.format_exc())
        os._exit(1)


class Actor:
    """A started role as its director sees it."""

    def __init__(self, role, name, args):
        self.name = name
        self.line, theirs = processes.Pipe()
        self.process = processes.Process(target=perform, args=(role, name, theirs, args), daemon=True)
        self.process.start()
        theirs.close()

    def heard(self):
        """What the role tells next: an endpoint, or a word such as "ready"."""
        if not self.line.poll(PATIENCE):
            raise TimeoutError(f"{self.name} tells nothing")
        return self.line.recv()

    def cue(self):
        self.line.send("cue")


class Play:
    """The director's frame: starts actors; leaving it waits for all and fails when one failed."""

    def __init__(self):
        self.actors = []

    def start(self, role, *args, name=None):
        actor = Actor(role, name or role.__name__, args)
        self.actors.append(actor)
        return actor

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        failed = []
        for actor in self.actors:
            actor.process.join(0.5 if kind else PATIENCE)
            if actor.process.exitcode != 0:
                failed.append(f"{actor.name} (exit code {actor.process.exitcode})")
                actor.process.kill()
        if failed:
            raise SystemExit("failed: " + ", ".join(failed))
