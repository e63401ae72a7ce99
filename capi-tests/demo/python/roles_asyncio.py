"""The roles of the classic programs, with zmq.asyncio."""
import asyncio

import zmq
import zmq.asyncio

from script import CONTROL, Ear, news_from, parts_of_reply, shares
from stage import expect

Context = zmq.asyncio.Context


async def cue(me):
    """Wait for the director's cue without holding up the loop."""
    loop, given = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(me.line.fileno(), given.set)
    await given.wait()
    loop.remove_reader(me.line.fileno())


async def until_cued(me, *works):
    """Let coroutines work until the director's cue; one that fails fails the role."""
    end = asyncio.ensure_future(cue(me))
    tasks = [end, *map(asyncio.ensure_future, works)]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()


async def pump(source, target):
    while True:
        if await source.poll():
            await target.send_multipart(await source.recv_multipart())


# request and reply

async def replier(me, address, count):
    rep = me.bound(zmq.REP, address)
    for _ in range(count):
        await rep.send_string(f"{me.name} had {await rep.recv_string()}")


async def requester(me, servers, count):
    req = me.socket(zmq.REQ, connect=list(servers.values()))
    tally = dict.fromkeys(servers, 0)
    for number in range(count):
        await req.send_string(f"question {number}")
        server, _, rest = (await req.recv_string()).partition(" ")
        expect("reply", rest, f"had question {number}")
        tally[server] += 1
    expect("share of each server", tally, dict.fromkeys(servers, count // len(servers)))
    me.say(f"{count} replies: {tally}")


# publish and subscribe

async def publisher(me, bind=None, connect=()):
    pub = me.bound(zmq.PUB, bind) if bind else me.socket(zmq.PUB, connect=connect)
    while not me.cued():
        await pub.send_multipart([CONTROL + b"hello", me.name.encode()])
        await asyncio.sleep(0.01)
    for message in news_from(me.name):
        await pub.send_multipart(message)
    await pub.send_multipart([CONTROL + b"end", me.name.encode()])


async def subscriber(me, address, prefixes, publishers):
    sub = me.socket(zmq.SUB, connect=address)
    for prefix in [*prefixes, CONTROL]:  # who hears CONTROL has the others in force too
        sub.subscribe(prefix)
    ear = Ear(me, prefixes, publishers)
    while ear.open():
        ear.take(await sub.recv_multipart())
    ear.check()


async def forwarder(me, address):
    """XSUB and XPUB joined by two tasks."""
    xsub, xpub = me.bound(zmq.XSUB, address), me.bound(zmq.XPUB, address)
    await until_cued(me, pump(xsub, xpub), pump(xpub, xsub))


# pipeline

async def ventilator(me, address, tasks):
    push = me.bound(zmq.PUSH, address)
    await cue(me)
    for task in range(tasks):
        await push.send_string(str(task))


async def worker(me, ventilator, sink):
    pull, push = me.socket(zmq.PULL, connect=ventilator), me.socket(zmq.PUSH, connect=sink)

    async def work():
        while True:
            if await pull.poll():
                task = int(await pull.recv_string())
                await push.send_json({"by": me.name, "task": task, "square": task * task})

    me.tell("ready")
    await until_cued(me, work())


async def sink(me, address, tasks):
    pull = me.bound(zmq.PULL, address)
    results = [await pull.recv_json() for _ in range(tasks)]
    expect("squares", sorted(r["square"] for r in results), [n * n for n in range(tasks)])
    me.say(f"{tasks} results, {shares(r['by'] for r in results)}")
    me.tell("done")


# exclusive pair

async def left(me, address, rounds):
    pair = me.bound(zmq.PAIR, address)
    for number in range(rounds):
        await pair.send_string(f"ping {number}")
        expect("answer", await pair.recv_string(), f"pong {number}")
    me.say(f"{rounds} pings and pongs")


async def right(me, address, rounds):
    pair = me.socket(zmq.PAIR, connect=address)
    for number in range(rounds):
        expect("call", await pair.recv_string(), f"ping {number}")
        await pair.send_string(f"pong {number}")


# brokers

async def broker_poll(me, address):
    router, dealer = me.bound(zmq.ROUTER, address), me.bound(zmq.DEALER, address)
    poller = zmq.asyncio.Poller()
    poller.register(router, zmq.POLLIN)
    poller.register(dealer, zmq.POLLIN)

    async def forward():
        while True:
            ready = dict(await poller.poll())
            if router in ready:
                await dealer.send_multipart(await router.recv_multipart())
            if dealer in ready:
                await router.send_multipart(await dealer.recv_multipart())

    await until_cued(me, forward())


async def broker_proxy(me, address):
    """zmq_proxy_steerable in a thread, on plain sockets of the same context, ended from the loop."""
    plain = zmq.Context.shadow(me.context.underlying)
    with plain.socket(zmq.ROUTER) as router, plain.socket(zmq.DEALER) as dealer, plain.socket(zmq.PAIR) as control:
        for socket in (router, dealer):
            socket.bind(address)
            me.tell(socket.getsockopt_string(zmq.LAST_ENDPOINT).rstrip("\0"))
        control.bind("inproc://steer")
        steer = me.socket(zmq.PAIR, connect="inproc://steer")
        proxy = asyncio.ensure_future(asyncio.to_thread(zmq.proxy_steerable, router, dealer, None, control))
        await cue(me)
        await steer.send(b"TERMINATE")
        await proxy


async def service(me, address):
    """A REP worker behind a broker."""
    rep = me.socket(zmq.REP, connect=address)

    async def serve():
        while True:
            if await rep.poll():
                await rep.send_string(f"{me.name} had {await rep.recv_string()}")

    me.tell("ready")
    await until_cued(me, serve())


async def customer(me, address, count):
    """A REQ client in front of a broker."""
    req = me.socket(zmq.REQ, connect=address)
    by = []
    for number in range(count):
        await req.send_string(f"{me.name} {number}")
        server, _, rest = (await req.recv_string()).partition(" ")
        expect("reply", rest, f"had {me.name} {number}")
        by.append(server)
    me.say(f"{count} replies, {shares(by)}")
    me.tell("done")


# asynchronous client and server

async def async_client(me, address, requests):
    """Sends and collects at the same time, in two tasks."""
    dealer = me.socket(zmq.DEALER, routing_id=me.name.encode(), connect=address)
    wanted = [part for number in range(requests) for part in parts_of_reply(me.name.encode(), b"%d" % number)]

    async def ask():
        for number in range(requests):
            await dealer.send(b"%d" % number)

    async def collect():
        return [await dealer.recv_multipart() for _ in wanted]

    _, got = await asyncio.gather(ask(), collect())
    expect("replies", sorted(got), sorted(wanted))
    me.say(f"{requests} requests, {len(got)} replies")
    me.tell("done")


async def async_server(me, address, workers):
    """ROUTER towards the clients, DEALER towards worker tasks over inproc, two tasks between."""
    router, dealer = me.bound(zmq.ROUTER, address), me.socket(zmq.DEALER)
    dealer.bind("inproc://workers")
    hands = [async_work(me.socket(zmq.DEALER, connect="inproc://workers")) for _ in range(workers)]
    await until_cued(me, pump(router, dealer), pump(dealer, router), *hands)


async def async_work(dealer):
    while True:
        if await dealer.poll():
            client, request = await dealer.recv_multipart()
            for reply in parts_of_reply(client, request):
                await dealer.send_multipart([client, *reply])
