"""Answers the bench's requests from Python, over JSON lines (see worker.mjs)."""

import json
import sys
import time


def serve(cases):
    """Each case prepares itself with its parameters and returns one repetition of it, or that and
    a dictionary of what the bench shall tell of it."""
    prepared = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            key = json.dumps([request["name"], request["parameters"]])
            if key not in prepared:
                made = cases[request["name"]](**request["parameters"])
                once, facts = made if isinstance(made, tuple) else (made, {})
                for _ in range(3):
                    once()
                prepared[key] = once, facts
            once, facts = prepared[key]
            seconds = []
            for _ in range(request["repetitions"]):
                start = time.perf_counter()
                once()
                seconds.append(time.perf_counter() - start)
            answer = {"secondsEach": seconds, "facts": facts}
        except Exception as error:  # the bench prints it beside the case
            answer = {"error": f"{type(error).__name__}: {error}"}
        print("@" + json.dumps(answer), flush=True)
