"""Latency of the kernel over its sockets: start to kernel_info_reply, and an empty cell. Prints JSON."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.kernelspec import KernelSpecManager


def start(kernel_name):
    """Spawns the kernel as a server does; returns (process, client, seconds to kernel_info_reply)."""
    spec = KernelSpecManager().get_kernel_spec(kernel_name)
    path = str(Path(tempfile.mkdtemp()) / "connection.json")
    write_connection_file(path)
    client = BlockingKernelClient(connection_file=path)
    client.load_connection_file()
    begin = time.perf_counter()
    process = subprocess.Popen([part.format(connection_file=path) for part in spec.argv])
    client.start_channels()
    message_id = client.kernel_info()
    while client.get_shell_msg(timeout=60)["parent_header"].get("msg_id") != message_id:
        pass
    return process, client, time.perf_counter() - begin


def cell(client, code):
    """Seconds from execute_request to its reply and idle."""
    begin = time.perf_counter()
    reply = client.execute_interactive(code, timeout=120, output_hook=lambda _: None)
    if reply["content"]["status"] != "ok":
        raise RuntimeError(str(reply["content"]))
    return time.perf_counter() - begin


def main(kernel_name, starts, cells):
    infos, empty, sums, first = [], [], [], []
    for number in range(starts):
        process, client, seconds = start(kernel_name)
        infos.append(seconds)
        first.append(cell(client, "1+1"))
        if number == 0:
            for _ in range(10):
                cell(client, "1+1")
            empty = [cell(client, "") for _ in range(cells)]
            sums = [cell(client, "1+1") for _ in range(cells)]
        client.shutdown()
        process.wait(timeout=20)
        client.stop_channels()
    result = {
        "startToKernelInfo": infos,
        "firstResultAfterKernelInfo": first,
        "emptyCell": empty,
        "onePlusOne": sums,
    }
    print(json.dumps({"kernel": kernel_name, "secondsEach": result, "medianS": {k: statistics.median(v) for k, v in result.items()}}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
