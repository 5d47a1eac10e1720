"""Answers the bench's requests from Python, over JSON lines (see worker.mjs)."""

import json
import sys
import time


def serve(cases):
    """Each case prepares itself with its parameters and returns one repetition of it."""
    prepared = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            key = json.dumps([request["name"], request["parameters"]])
            if key not in prepared:
                prepared[key] = cases[request["name"]](**request["parameters"])
                for _ in range(3):
                    prepared[key]()
            seconds = []
            for _ in range(request["repetitions"]):
                start = time.perf_counter()
                prepared[key]()
                seconds.append(time.perf_counter() - start)
            answer = {"secondsEach": seconds}
        except Exception as error:  # the bench prints it beside the case
            answer = {"error": str(error)}
        print("@" + json.dumps(answer), flush=True)
