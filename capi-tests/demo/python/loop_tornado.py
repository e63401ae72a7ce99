"""Server and client of loops.py on tornado, with ZMQStream and its callbacks."""
import asyncio

import zmq
from tornado.ioloop import IOLoop
from zmq.eventloop.zmqstream import ZMQStream

from loops import END, PAUSE, REST, Watch, answer, requests
from stage import PATIENCE, expect

Context = zmq.Context


async def until_set(future):
    await asyncio.wait_for(future, 2 * PATIENCE)


async def server(me, address):
    stream = ZMQStream(me.bound(zmq.ROUTER, address))
    ended = asyncio.get_running_loop().create_future()

    def reply(envelope, request):
        stream.send_multipart([*envelope, answer(request)])

    def wake(watch, envelope):
        try:
            watch.check_idle(me)
            reply(envelope, REST)
        except AssertionError as error:
            ended.set_exception(error)

    def take(message):
        *envelope, request = message
        if request == REST:
            IOLoop.current().call_later(PAUSE, wake, Watch(), envelope)
            return
        reply(envelope, request)
        if request == END:
            ended.set_result(None)

    stream.on_recv(take)
    await until_set(ended)
    stream.flush()
    stream.close(linger=2000)


async def client(me, address):
    stream = ZMQStream(me.socket(zmq.REQ, connect=address))
    ended = asyncio.get_running_loop().create_future()
    script = requests()
    watch = request = None

    def ask():
        nonlocal request, watch
        request = next(script)
        if request == REST:
            watch.tell_trips(me)
            watch = Watch()
        stream.send(request)

    def take(message):
        try:
            expect("reply", message, [answer(request)])
            if request == REST:
                watch.check_idle(me)
            if request == END:
                ended.set_result(None)
            else:
                ask()
        except AssertionError as error:
            ended.set_exception(error)

    stream.on_recv(take)
    watch = Watch()
    ask()
    await until_set(ended)
    stream.close(linger=2000)
