"""Sends each line of its standard input as one message, and says so. zeromq_producer.py PUSH|PUB bind|connect ENDPOINT"""
import sys

import zmq

kind, how, endpoint = sys.argv[1:]
# XPUB is PUB that can tell when somebody has subscribed: what is published before that goes to nobody.
context = zmq.Context()
socket = context.socket(zmq.XPUB if kind == "PUB" else zmq.PUSH)
getattr(socket, how)(endpoint)
if kind == "PUB":
    socket.recv()
for line in sys.stdin:
    socket.send(line.rstrip("\n").encode())
print("done", flush=True)
sys.stdin.close()
socket.close(linger=600_000)
# Waits until everything is sent: an interpreter that just ends drops what waits for its connection.
context.term()
