"""Times kernels over their sockets, taking turns, and prints one line of JSON.

    measure.py '{"kernels": [{"name", "cwd"}, ...], "starts", "cells", "completions", "interrupts"}'

Cases are lists of seconds by kernel. The first kernel is ours: it alone is asked to answer while a
cell runs, and to be interrupted.
"""

import json
import sys
import time
from queue import Empty

from client import Kernel
from languages import BUSY, CELLS, DISPLAY_BYTES, DISPLAYS, INTERRUPTED, LINES, PREPARE_INTERRUPTED

SETTLE_S = 4
TURN = 20
HEAVY_ROUNDS = 5


class Results:
    def __init__(self):
        self.seconds = {}
        self.counts = {}
        self.memory = {}

    def add(self, case, kernel, seconds):
        self.seconds.setdefault(case, {}).setdefault(kernel.name, []).append(seconds)

    def count(self, case, kernel, arrived, expected):
        entry = {"arrived": arrived, "expected": expected}
        self.counts.setdefault(case, {}).setdefault(kernel.name, []).append(entry)


def start_up(results, setups, rounds):
    """Starts each kernel in turn, `rounds` times; what an idle one occupies is read in the last round."""
    for turn in range(rounds):
        for setup in setups:
            kernel = Kernel(**setup)
            try:
                results.add("startToKernelInfo", kernel, kernel.info_s)
                results.add("startToFirstResult", kernel, kernel.first_result("1+1"))
                if turn == rounds - 1:
                    time.sleep(SETTLE_S)
                    results.memory[kernel.name] = kernel.memory()
            finally:
                kernel.close()


def warm_cells(results, kernels, count):
    for kernel in kernels:
        for _ in range(10):
            kernel.execute("1+1")
    for case, code in {"emptyCell": "", "onePlusOne": "1+1"}.items():
        for _ in range(count // TURN):
            for kernel in kernels:
                for _ in range(TURN):
                    seconds, became_idle = kernel.execute(code)
                    results.add(case, kernel, seconds)
                    results.count(case, kernel, int(became_idle), 1)


def floods(results, kernels):
    for _ in range(HEAVY_ROUNDS):
        for kernel in kernels:
            seconds, messages = kernel.flood(CELLS[kernel.name]["lines"])
            results.add("lines", kernel, seconds)
            text = "".join(
                message["content"]["text"]
                for message in messages
                if message["content"].get("name") == "stdout"
            )
            results.count("lines", kernel, text.count("\n"), LINES)
        for kernel in kernels:
            seconds, messages = kernel.flood(CELLS[kernel.name]["displays"])
            results.add("displays", kernel, seconds)
            arrived = sum(
                len(message["content"]["data"]["text/plain"])
                for message in messages
                if message["msg_type"] == "display_data"
            )
            results.count("displays", kernel, arrived, DISPLAYS * DISPLAY_BYTES)


def completion(results, kernels, count):
    kernels = [kernel for kernel in kernels if "tensor" in CELLS[kernel.name]]
    for kernel in kernels:
        kernel.execute(CELLS[kernel.name]["tensor"])
        ask(kernel, "first")
    for turn in range(count):
        for kernel in kernels:
            results.add("completionIdle", kernel, ask(kernel, turn))
    ours = kernels[0]
    running = ours.start_cell(BUSY)
    for turn in range(count):
        results.add("completionBusy", ours, ask(ours, f"busy{turn}"))
    if ours.interrupt(running) is None:
        raise RuntimeError(f"{ours.name}: the busy cell did not stop")


def ask(kernel, label):
    """Each question is a text of its own, so that no answer can be an earlier one."""
    seconds, matches = kernel.complete(f"const copy_{label} = tensor.")
    if not any(match.endswith("reshape") for match in matches):
        raise RuntimeError(f"{kernel.name} completes tensor. with {matches[:5]}")
    return seconds


def interrupts(results, kernel, count):
    kernel.execute(PREPARE_INTERRUPTED)
    for name, code in INTERRUPTED.items():
        case = f"interrupt: {name}"
        stopped = 0
        for turn in range(count):
            seconds = interrupt_once(kernel, code, turn)
            if seconds is None:
                break
            results.add(case, kernel, seconds)
            stopped += 1
        results.count(case, kernel, stopped, count)
        if stopped < count:
            return
    kernel.execute("if (before !== 42 || tf.scalar(1).add(1).dataSync()[0] !== 2) throw 'lost';")


def interrupt_once(kernel, code, turn):
    """Interrupts at another moment each turn; None when the cell goes on or never began."""
    try:
        running = kernel.start_cell(code)
        time.sleep(0.002 * (turn % 50))
        return kernel.interrupt(running)
    except Empty:
        return None


def main(setups, starts, cells, completions, interrupted):
    results = Results()
    start_up(results, setups, starts)
    kernels = [Kernel(**setup) for setup in setups]
    try:
        for kernel in kernels:
            kernel.wait_for_iopub()
        warm_cells(results, kernels, cells)
        floods(results, kernels)
        completion(results, kernels, completions)
        interrupts(results, kernels[0], interrupted)
    finally:
        for kernel in kernels:
            kernel.close()
    print(json.dumps(vars(results)))


if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    main(
        options["kernels"],
        options["starts"],
        options["cells"],
        options["completions"],
        options["interrupts"],
    )
