"""A kernel as Jupyter starts it from the installed kernelspec: its process, an interrupt, its end. Prints JSON."""

import json
import os
import time

from jupyter_client.manager import KernelManager


def run(client, code):
    reply = client.execute_interactive(code, output_hook=lambda message: None, timeout=120)
    return reply["content"]


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


manager = KernelManager(kernel_name="halfnote", transport="ipc")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=120)
pid = manager.provisioner.process.pid
facts = {
    "program": os.path.realpath(f"/proc/{pid}/exe"),
    "first": run(client, "1 + 1")["status"],
}
message = client.execute("while (true) {}")
time.sleep(1.5)
began = time.monotonic()
manager.interrupt_kernel()
while True:
    reply = client.get_shell_msg(timeout=60)
    if reply["parent_header"].get("msg_id") == message:
        break
facts["interrupted"] = reply["content"].get("ename", reply["content"]["status"])
facts["interruptS"] = time.monotonic() - began
facts["after"] = run(client, "2 + 2")["status"]
processes = [pid, *children(pid)]
client.stop_channels()
manager.shutdown_kernel(now=False)
# The first kernel makes what the next ones start quickly from, at its end.
deadline = time.monotonic() + 90
while True:
    facts["left"] = [one for one in processes if os.path.exists(f"/proc/{one}")]
    if not facts["left"] or time.monotonic() > deadline:
        break
    time.sleep(0.5)
print(json.dumps(facts))
