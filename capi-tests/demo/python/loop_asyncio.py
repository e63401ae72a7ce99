"""Server and client of loops.py on asyncio."""
import asyncio

import zmq
import zmq.asyncio

from loops import END, PAUSE, REST, Watch, answer, requests
from stage import expect

Context = zmq.asyncio.Context


async def server(me, address):
    router = me.bound(zmq.ROUTER, address)

    async def rest(envelope):
        watch = Watch()
        await asyncio.sleep(PAUSE)
        watch.check_idle(me)
        await router.send_multipart([*envelope, answer(REST)])

    request = None
    while request != END:
        *envelope, request = await router.recv_multipart()
        if request == REST:
            resting = asyncio.ensure_future(rest(envelope))
        else:
            await router.send_multipart([*envelope, answer(request)])
    await resting


async def client(me, address):
    req = me.socket(zmq.REQ, connect=address)
    watch = Watch()
    for request in requests():
        if request == REST:
            watch.tell_trips(me)
            watch = Watch()
        await req.send(request)
        expect("reply", await req.recv(), answer(request))
        if request == REST:
            watch.check_idle(me)
