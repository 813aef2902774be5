"""A ZeroMQ peer: sends numbered messages, says how far it is, and stays until its input ends.

zeromq_peer.py PUSH|PUB bind|connect ENDPOINT FIRST COUNT [--frames N] [--size BYTES] [--topics A,B]
"""
import argparse
import sys

import zmq

arguments = argparse.ArgumentParser()
for name in ("kind", "how", "endpoint"):
    arguments.add_argument(name)
arguments.add_argument("first", type=int)
arguments.add_argument("count", type=int)
arguments.add_argument("--frames", type=int, default=1)
arguments.add_argument("--size", type=int, default=0)
arguments.add_argument("--topics", default="")
a = arguments.parse_args()

# XPUB is PUB that can tell when somebody has subscribed: what is published before that goes to nobody.
socket = zmq.Context().socket(zmq.XPUB if a.kind == "PUB" else zmq.PUSH)
socket.set(zmq.SNDHWM, 10 if a.kind == "PUSH" else 0)
getattr(socket, a.how)(a.endpoint)
print("ready", flush=True)
if a.kind == "PUB":
    for _ in range(int(len(a.topics.split(",")))):
        print("subscribed", socket.recv(), flush=True)

for number in range(a.first, a.first + a.count):
    body = str(number).encode().ljust(a.size)
    topics = [t.encode() for t in a.topics.split(",")] if a.kind == "PUB" else [None]
    for topic in topics if a.frames > 1 else [None]:
        frames = ([topic] if topic is not None else [b"head"] if a.frames > 1 else []) + [body] * (a.frames - (a.frames > 1))
        while True:
            try:
                socket.send_multipart(frames, zmq.DONTWAIT)
                break
            except zmq.Again:
                if not socket.poll(2000, zmq.POLLOUT):
                    print("blocked", flush=True)
                    socket.poll(None, zmq.POLLOUT)
print("done", flush=True)
sys.stdin.read()
