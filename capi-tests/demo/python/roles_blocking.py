"""The roles of the classic programs, with plain blocking sockets."""
import threading

import zmq

from script import CONTROL, Ear, news_from, parts_of_reply, shares
from stage import expect

Context = zmq.Context


# request and reply

def replier(me, address, count):
    rep = me.bound(zmq.REP, address)
    for _ in range(count):
        rep.send_string(f"{me.name} had {rep.recv_string()}")


def requester(me, servers, count):
    req = me.socket(zmq.REQ, connect=list(servers.values()))
    tally = dict.fromkeys(servers, 0)
    for number in range(count):
        req.send_string(f"question {number}")
        server, _, rest = req.recv_string().partition(" ")
        expect("reply", rest, f"had question {number}")
        tally[server] += 1
    expect("share of each server", tally, dict.fromkeys(servers, count // len(servers)))
    me.say(f"{count} replies: {tally}")


# publish and subscribe

def publisher(me, bind=None, connect=()):
    pub = me.bound(zmq.PUB, bind) if bind else me.socket(zmq.PUB, connect=connect)
    while not me.cued(0.01):
        pub.send_multipart([CONTROL + b"hello", me.name.encode()])
    for message in news_from(me.name):
        pub.send_multipart(message)
    pub.send_multipart([CONTROL + b"end", me.name.encode()])


def subscriber(me, address, prefixes, publishers):
    sub = me.socket(zmq.SUB, connect=address)
    for prefix in [*prefixes, CONTROL]:  # who hears CONTROL has the others in force too
        sub.subscribe(prefix)
    ear = Ear(me, prefixes, publishers)
    while ear.open():
        ear.take(sub.recv_multipart())
    ear.check()


def forwarder(me, address):
    """XSUB and XPUB joined by a proxy, which is steered to its end."""
    xsub, xpub = me.bound(zmq.XSUB, address), me.bound(zmq.XPUB, address)
    control, steer = me.socket(zmq.PAIR), me.socket(zmq.PAIR)
    control.bind("inproc://steer")
    steer.connect("inproc://steer")
    proxy = threading.Thread(target=zmq.proxy_steerable, args=(xsub, xpub, None, control))
    proxy.start()
    me.line.recv()
    steer.send(b"TERMINATE")
    proxy.join()


# pipeline

def ventilator(me, address, tasks):
    push = me.bound(zmq.PUSH, address)
    me.line.recv()
    for task in range(tasks):
        push.send_string(str(task))


def worker(me, ventilator, sink):
    pull, push = me.socket(zmq.PULL, connect=ventilator), me.socket(zmq.PUSH, connect=sink)
    me.tell("ready")
    while not me.cued():
        if pull.poll(20):
            task = int(pull.recv_string())
            push.send_json({"by": me.name, "task": task, "square": task * task})


def sink(me, address, tasks):
    pull = me.bound(zmq.PULL, address)
    results = [pull.recv_json() for _ in range(tasks)]
    expect("squares", sorted(r["square"] for r in results), [n * n for n in range(tasks)])
    me.say(f"{tasks} results, {shares(r['by'] for r in results)}")
    me.tell("done")


# exclusive pair

def left(me, address, rounds):
    pair = me.bound(zmq.PAIR, address)
    for number in range(rounds):
        pair.send_string(f"ping {number}")
        expect("answer", pair.recv_string(), f"pong {number}")
    me.say(f"{rounds} pings and pongs")


def right(me, address, rounds):
    pair = me.socket(zmq.PAIR, connect=address)
    for number in range(rounds):
        expect("call", pair.recv_string(), f"ping {number}")
        pair.send_string(f"pong {number}")


# brokers

def broker_poll(me, address):
    router, dealer = me.bound(zmq.ROUTER, address), me.bound(zmq.DEALER, address)
    poller = zmq.Poller()
    for source in (router, dealer, me.line.fileno()):
        poller.register(source, zmq.POLLIN)
    while True:
        ready = dict(poller.poll())
        if me.line.fileno() in ready:
            return
        if router in ready:
            dealer.send_multipart(router.recv_multipart())
        if dealer in ready:
            router.send_multipart(dealer.recv_multipart())


def until_terminated(work, *args):
    """A thread that works until its context ends, then closes its sockets."""
    def life():
        try:
            work(*args)
        except zmq.ContextTerminated:
            for socket in args:
                socket.close()
    thread = threading.Thread(target=life)
    thread.start()
    return thread


def broker_proxy(me, address):
    proxy = until_terminated(zmq.proxy, me.bound(zmq.ROUTER, address), me.bound(zmq.DEALER, address))
    me.line.recv()
    me.context.term()
    proxy.join()


def service(me, address):
    """A REP worker behind a broker."""
    rep = me.socket(zmq.REP, connect=address)
    me.tell("ready")
    while not me.cued():
        if rep.poll(20):
            rep.send_string(f"{me.name} had {rep.recv_string()}")


def customer(me, address, count):
    """A REQ client in front of a broker."""
    req = me.socket(zmq.REQ, connect=address)
    by = []
    for number in range(count):
        req.send_string(f"{me.name} {number}")
        server, _, rest = req.recv_string().partition(" ")
        expect("reply", rest, f"had {me.name} {number}")
        by.append(server)
    me.say(f"{count} replies, {shares(by)}")
    me.tell("done")


# asynchronous client and server

def async_client(me, address, requests):
    """Sends all its requests without waiting, then collects the replies, in any order."""
    dealer = me.socket(zmq.DEALER, routing_id=me.name.encode(), connect=address)
    for number in range(requests):
        dealer.send(b"%d" % number)
    wanted = [part for number in range(requests) for part in parts_of_reply(me.name.encode(), b"%d" % number)]
    got = [dealer.recv_multipart() for _ in wanted]
    expect("replies", sorted(got), sorted(wanted))
    me.say(f"{requests} requests, {len(got)} replies")
    me.tell("done")


def async_server(me, address, workers):
    """ROUTER towards the clients, DEALER towards worker threads over inproc, a proxy between."""
    router, dealer = me.bound(zmq.ROUTER, address), me.socket(zmq.DEALER)
    dealer.bind("inproc://workers")
    threads = [until_terminated(zmq.proxy, router, dealer)]
    for _ in range(workers):
        threads.append(until_terminated(async_work, me.socket(zmq.DEALER, connect="inproc://workers", rcvtimeo=-1)))
    me.line.recv()
    me.context.term()
    for thread in threads:
        thread.join()


def async_work(dealer):
    while True:
        client, request = dealer.recv_multipart()
        for reply in parts_of_reply(client, request):
            dealer.send_multipart([client, *reply])
