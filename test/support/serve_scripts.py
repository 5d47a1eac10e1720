"""Runs the scripts that come on standard input, each with bytes to read, and answers with what they wrote.

A request is two parts, the script and its input, each after its length in 4 bytes (little-endian).
An answer is 1, or 0 for a traceback, and one such part. See python.ts.
"""

import io
import os
import struct
import sys
import traceback

requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
# What libraries print by themselves would come among the answers.
os.dup2(2, 1)


def part():
    head = requests.read(4)
    if len(head) < 4:
        sys.exit()
    return requests.read(struct.unpack("<I", head)[0])


def result(script, given):
    written = io.BytesIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(given), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(written, encoding="utf-8", write_through=True)
    try:
        exec(compile(script, "<script>", "exec"), {"__name__": "__main__"})
        sys.stdout.flush()
        return 1, written.getvalue()
    except BaseException:
        return 0, traceback.format_exc().encode()


while True:
    went_well, text = result(part().decode(), part())
    answers.write(struct.pack("<BI", went_well, len(text)) + text)
    answers.flush()
