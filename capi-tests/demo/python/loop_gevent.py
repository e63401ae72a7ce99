"""Server and client of loops.py on gevent, with zmq.green."""
import warnings

import gevent
import zmq.green as zmq

from loops import END, PAUSE, REST, Watch, answer, requests
from stage import expect

Context = zmq.Context
warnings.filterwarnings("ignore", "TIMEO socket options have no effect")  # the driver bounds the time


def server(me, address):
    router = me.bound(zmq.ROUTER, address)

    def rest(envelope):
        watch = Watch()
        gevent.sleep(PAUSE)
        watch.check_idle(me)
        router.send_multipart([*envelope, answer(REST)])

    request = None
    while request != END:
        *envelope, request = router.recv_multipart()
        if request == REST:
            resting = gevent.spawn(rest, envelope)
        else:
            router.send_multipart([*envelope, answer(request)])
    resting.get()


def client(me, address):
    req = me.socket(zmq.REQ, connect=address)
    watch = Watch()
    for request in requests():
        if request == REST:
            watch.tell_trips(me)
            watch = Watch()
        req.send(request)
        expect("reply", req.recv(), answer(request))
        if request == REST:
            watch.check_idle(me)
