"""ZMQ_FD in event loops: 1,000 request-replies, then a rest in which nobody may burn CPU. Usage: loops.py LOOP

LOOP is asyncio, tornado or gevent; loop_LOOP.py holds its two roles. The server is a ROUTER that waits for requests all
the time; it answers REST only after a second. In that second both sides have a receive pending in their loops and must
be asleep; the answer must wake them.
"""
import importlib
import sys
import time

import stage

TRIPS = 1000
REST, END = b"rest", b"end"
PAUSE = 1.0  # seconds until REST is answered
IDLE_CPU = 0.1  # seconds of CPU that a process may use in that time


class Watch:
    """Elapsed and CPU time (all threads of the process) since it was made."""

    def __init__(self):
        self.wall, self.cpu = time.monotonic(), time.process_time()

    def check_idle(self, me):
        wall, cpu = time.monotonic() - self.wall, time.process_time() - self.cpu
        me.say(f"idle for {wall:.2f} s with {cpu * 1000:.1f} ms CPU")
        if wall < PAUSE * 0.9 or cpu > IDLE_CPU:
            raise AssertionError(f"idle loop: {wall:.2f} s, {cpu:.2f} s CPU")

    def tell_trips(self, me):
        wall, cpu = time.monotonic() - self.wall, time.process_time() - self.cpu
        me.say(f"{TRIPS} round trips in {wall:.2f} s, {cpu:.2f} s CPU")


def requests():
    """What the client sends, one after the other."""
    for number in range(TRIPS):
        yield b"%d" % number
    yield REST
    yield END


def answer(request):
    return b"answer to " + request


def main(loop):
    roles = importlib.import_module(f"loop_{loop}")
    with stage.Play() as play:
        server = play.start(roles.server, "tcp://127.0.0.1:*")
        play.start(roles.client, server.heard())


if __name__ == "__main__":
    main(*sys.argv[1:])
