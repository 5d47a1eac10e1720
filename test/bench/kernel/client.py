"""A kernel as a front end sees it: its process, its sockets, and how long each answer takes."""

import os
import secrets
import subprocess
import tempfile
import time
from pathlib import Path
from queue import Empty

from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.kernelspec import KernelSpecManager

TIMEOUT = 60
FLOOD_QUIET_S = 8
IDLE_LATE_S = 0.25


class Kernel:
    """Spawns a kernel as a server does; `info_s` is the time from there to its kernel_info_reply."""

    def __init__(self, name, cwd):
        self.name = name
        spec = KernelSpecManager().get_kernel_spec(name)
        self.folder = tempfile.TemporaryDirectory()
        path = str(Path(self.folder.name) / "connection.json")
        write_connection_file(path, key=secrets.token_hex().encode())
        self.client = BlockingKernelClient(connection_file=path)
        self.client.load_connection_file()
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [part.format(connection_file=path) for part in spec.argv],
            cwd=cwd,
            env={**os.environ, **spec.env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.client.start_channels()
        self.reply(self.client.kernel_info())
        self.info_s = self.since_start()

    def since_start(self):
        return time.perf_counter() - self.started

    def first_result(self, code):
        """Seconds from the start to a cell's reply; IOPub may not be connected yet, so it is not waited for."""
        self.reply(self.client.execute(code))
        return self.since_start()

    def wait_for_iopub(self):
        """Asks until an answer comes on IOPub too, as front ends do."""
        while True:
            self.reply(self.client.kernel_info())
            try:
                self.client.get_iopub_msg(timeout=1)
                return
            except Empty:
                continue

    def close(self):
        self.client.shutdown()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.client.stop_channels()
        self.folder.cleanup()

    def reply(self, msg_id, timeout=TIMEOUT):
        """The content of the reply on the shell channel."""
        deadline = time.monotonic() + timeout
        while True:
            message = self.client.get_shell_msg(timeout=max(0, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") == msg_id:
                return message["content"]

    def outputs(self, msg_id, quiet_s=TIMEOUT):
        """Yields the request's messages on IOPub up to its idle; fails when nothing comes for `quiet_s`."""
        while True:
            message = self.client.get_iopub_msg(timeout=quiet_s)
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            if message["content"].get("execution_state") == "idle":
                return
            yield message

    def execute(self, code):
        """Seconds from the request to reply and idle, whichever is later, and whether idle came.

        Fails when the cell does.
        """
        begin = time.perf_counter()
        msg_id = self.client.execute(code)
        content = self.reply(msg_id)
        seconds = time.perf_counter() - begin
        if content["status"] != "ok":
            raise RuntimeError(f"{self.name}: {code}: {content}")
        try:
            for _ in self.outputs(msg_id, quiet_s=IDLE_LATE_S):
                pass
        except Empty:
            return seconds, False
        return time.perf_counter() - begin, True

    def flood(self, code):
        """Seconds to the last message of a cell that puts out much, and its messages.

        A kernel that loses messages may lose its idle too, so silence ends it as well.
        """
        begin = last = time.perf_counter()
        found = []
        try:
            for message in self.outputs(self.client.execute(code), quiet_s=FLOOD_QUIET_S):
                found.append(message)
                last = time.perf_counter()
            last = time.perf_counter()
        except Empty:
            pass
        return last - begin, found

    def complete(self, code):
        """Seconds to the reply, and its matches."""
        begin = time.perf_counter()
        content = self.reply(self.client.complete(code, len(code)))
        return time.perf_counter() - begin, content["matches"]

    def start_cell(self, code):
        """Sends a cell that prints first, and waits for that; returns its id."""
        msg_id = self.client.execute(code)
        for message in self.outputs(msg_id):
            if message["msg_type"] == "stream":
                return msg_id
        raise RuntimeError(f"{self.name}: the cell printed nothing: {code}")

    def interrupt(self, running):
        """Seconds from interrupt_request to the cell's idle and reply; None when the cell did not stop."""
        begin = time.perf_counter()
        self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))
        try:
            for _ in self.outputs(running, quiet_s=20):
                pass
            status = self.reply(running, timeout=20)["status"]
        except Empty:
            return None
        self.client.get_control_msg(timeout=TIMEOUT)
        return time.perf_counter() - begin if status == "error" else None

    def memory(self):
        """Bytes of the kernel's processes, or None where there is no /proc: `pss` counts shared pages by share."""
        totals = {"rss": 0, "pss": 0}
        for pid in family(self.process.pid):
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except FileNotFoundError:
                return None
            sizes = dict(line.split(":", 1) for line in rollup.splitlines()[1:])
            for key in totals:
                totals[key] += int(sizes[key.capitalize()].split()[0]) * 1024
        return totals


def family(pid):
    """The process and all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = children.read_text().split() if children.exists() else []
    return [pid, *(each for child in found for each in family(int(child)))]
