"""A REQ client of the mixed play. Usage: customer.py NAME ENDPOINT COUNT"""
import sys

import zmq

import stage


def main(name, endpoint, count):
    stage.prove(name)
    me = stage.Me(name, None, zmq.Context())
    req = me.socket(zmq.REQ, connect=endpoint)
    for number in range(int(count)):
        req.send_string(f"{name} {number}")
        stage.expect("reply", req.recv_string(), f"php had {name} {number}")
    me.say(f"{count} replies, pyzmq {zmq.__version__}")
    me.leave()


if __name__ == "__main__":
    main(*sys.argv[1:])
