"""The classic programs: who takes part, who talks to whom. Usage: plays.py (blocking|asyncio) PLAY

The roles come from roles_blocking.py or roles_asyncio.py; the plays are the same for both.
"""
import importlib
import os
import sys
import time

import stage

TCP = "tcp://127.0.0.1:*"
IPC = "ipc://*"


def request_reply(play, roles):
    server = play.start(roles.replier, TCP, 20, name="server")
    play.start(roles.requester, {"server": server.heard()}, 20)


def request_reply_balanced(play, roles):
    servers = {name: play.start(roles.replier, TCP, 10, name=name) for name in ("east", "west")}
    play.start(roles.requester, {name: server.heard() for name, server in servers.items()}, 20)


def start_subscribers(play, roles, address, publishers):
    return [play.start(roles.subscriber, address, prefixes, publishers, name=name)
            for name, prefixes in (("weather", [b"weather."]), ("mixed", [b"sport", b"stocks"]), ("all", [b""]))]


def publish(publishers, subscribers):
    """Cue the publishers when every subscriber is known to hear them."""
    for subscriber in subscribers:
        subscriber.heard()
    for publisher in publishers:
        publisher.cue()


def publish_subscribe(play, roles):
    publisher = play.start(roles.publisher, IPC)
    publish([publisher], start_subscribers(play, roles, publisher.heard(), {b"publisher"}))


def forwarder(play, roles):
    middle = play.start(roles.forwarder, TCP)
    front, back = middle.heard(), middle.heard()
    publishers = [play.start(roles.publisher, None, front, name=name) for name in ("north", "south")]
    subscribers = start_subscribers(play, roles, back, {b"north", b"south"})
    publish(publishers, subscribers)
    for subscriber in subscribers:
        subscriber.process.join(stage.PATIENCE)
    middle.cue()


def pipeline(play, roles):
    tasks = 300
    ventilator = play.start(roles.ventilator, TCP, tasks)
    sink = play.start(roles.sink, IPC, tasks)
    front, back = ventilator.heard(), sink.heard()
    workers = [play.start(roles.worker, front, back, name=f"worker{n}") for n in range(3)]
    for worker in workers:
        worker.heard()
    time.sleep(0.1)  # for all three to connect: fair shares; the result does not depend on it
    ventilator.cue()
    sink.heard()
    for worker in workers:
        worker.cue()


def exclusive_pair(play, roles):
    left = play.start(roles.left, IPC, 100)
    play.start(roles.right, left.heard(), 100)


def brokered(play, roles, broker):
    middle = play.start(broker, TCP)
    front, back = middle.heard(), middle.heard()
    services = [play.start(roles.service, back, name=f"service{n}") for n in range(2)]
    for service in services:
        service.heard()
    for customer in [play.start(roles.customer, front, 30, name=f"customer{n}") for n in range(3)]:
        customer.heard()
    for actor in [*services, middle]:
        actor.cue()


def broker_poll(play, roles):
    brokered(play, roles, roles.broker_poll)


def broker_proxy(play, roles):
    brokered(play, roles, roles.broker_proxy)


def asynchronous(play, roles):
    server = play.start(roles.async_server, TCP, 4)
    address = server.heard()
    for client in [play.start(roles.async_client, address, 50, name=f"client{n}") for n in range(3)]:
        client.heard()
    server.cue()


PLAYS = [request_reply, request_reply_balanced, publish_subscribe, pipeline, exclusive_pair, forwarder,
         broker_poll, broker_proxy, asynchronous]


def main(variant, name):
    os.environ["TMPDIR"] = stage.SCRATCH  # where ipc://* puts its files
    roles = importlib.import_module(f"roles_{variant}")
    with stage.Play() as play:
        {p.__name__: p for p in PLAYS}[name](play, roles)


if __name__ == "__main__":
    main(*sys.argv[1:])
