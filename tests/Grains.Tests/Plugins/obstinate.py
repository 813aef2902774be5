"""A program that does what the content tells it, for the tests of programs as plugins."""

import json
import os
import subprocess
import sys
import time

for line in sys.stdin:
    request = json.loads(line)
    with open(request["content_path"]) as content:
        what = content.read()
    answer = {"id": request["id"]}
    marker = os.path.join(request["configuration"]["folder"], "crashed")
    if what == "crash" or (what == "crash once" and not os.path.exists(marker)):
        open(marker, "w").close()
        print("about to crash", file=sys.stderr)
        sys.stderr.flush()
        os._exit(3)
    elif what == "hang":
        child = subprocess.Popen(["sleep", "1000"])
        print(f"hanging {os.getpid()} {child.pid}", file=sys.stderr, flush=True)
        time.sleep(1000)
    elif what == "rubbish":
        print("hello, world", flush=True)
        continue
    elif what == "long":
        print("x" * 5000, flush=True)
        continue
    elif what == "other":
        answer["id"] += 1
    elif what == "unknown key":
        answer["recrods"] = []
    elif what == "no object":
        answer["records"] = [{"json": [1]}]
    elif what == "command":
        answer["commands"] = [{"sql": "insert", "parameters": ["x", 1, 2.5, True, None, {"base64": "AQI="}]}]
    elif what == "fail":
        answer["error"] = {"message": "Not today."}
    elif what == "fail, retry":
        answer["error"] = {"message": "Later.", "retry": True}
    else:
        answer["records"] = [{"key": "k", "json": {"pid": os.getpid(), "request": request, "env": dict(os.environ)}}]
    print(json.dumps(answer), flush=True)

if "SAY_GOODBYE" in os.environ:
    with open(os.environ["SAY_GOODBYE"], "w") as goodbye:
        goodbye.write("ended by the end of its input")
