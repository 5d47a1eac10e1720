"""Floods of output behind a real Jupyter server with its default limits: all of it arrives."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
from urllib.request import Request, urlopen

from client import KERNEL
from tornado.websocket import websocket_connect

TIMEOUT = 120
SERVED = "http://127.0.0.1:"


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A Jupyter server in a folder of its own, and one notebook session on it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.port = free_port()
        self.token = secrets.token_hex(16)
        self.process = subprocess.Popen(
            [
                *[sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"],
                f"--ServerApp.root_dir={self.folder.name}",
                f"--ServerApp.port={self.port}",
                "--ServerApp.ip=127.0.0.1",
                f"--IdentityProvider.token={self.token}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ),
        )

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.folder.cleanup()

    def wait(self):
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                return self.ask("/api/status")
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        with urlopen(Request(f"{SERVED}{self.port}{path}", data, headers), timeout=TIMEOUT) as reply:
            return json.load(reply)

    def start_session(self):
        kernel = {"name": KERNEL}
        body = {"kernel": kernel, "name": "a", "path": "a.ipynb", "type": "notebook"}
        return self.ask("/api/sessions", body)["kernel"]["id"]

    def channels(self, kernel_id):
        path = f"/api/kernels/{kernel_id}/channels?token={self.token}"
        return f"ws://127.0.0.1:{self.port}{path}"


async def execute(socket, code):
    """What a browser gets of one cell: its messages on IOPub, up to idle."""
    msg_id = str(uuid.uuid4())
    header = {
        **{"msg_id": msg_id, "msg_type": "execute_request", "version": "5.4"},
        **{"session": "browser", "username": "", "date": ""},
    }
    content = {"code": code, "silent": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    await socket.write_message(json.dumps({**message, "channel": "shell", "buffers": []}))
    received = []
    while True:
        text = await asyncio.wait_for(socket.read_message(), TIMEOUT)
        message = json.loads(text)
        if message["parent_header"].get("msg_id") != msg_id or message["channel"] != "iopub":
            continue
        received.append(message)
        if message["content"].get("execution_state") == "idle":
            return received


def stream(messages, name):
    texts = [m["content"] for m in messages if m["msg_type"] == "stream"]
    return "".join(content["text"] for content in texts if content["name"] == name)


class ServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.wait()
        cls.kernel_id = cls.server.start_session()

    def run_cell(self, code):
        async def run():
            socket = await websocket_connect(
                self.server.channels(self.kernel_id), max_message_size=1 << 28
            )
            try:
                loaded = await execute(socket, "import {display} from 'halfnote'")
                return loaded + await execute(socket, code)
            finally:
                socket.close()

        messages = asyncio.run(run())
        self.assertEqual([m["content"] for m in messages if m["msg_type"] == "error"], [])
        return messages

    def test_text_beyond_the_servers_rate(self):
        messages = self.run_cell("for (let i = 0; i < 60_000; i++) console.log(String(i).padStart(99))")
        expected = "".join(f"{i:>99}\n" for i in range(60_000))
        self.assertTrue(stream(messages, "stdout") == expected)

    def test_displays_beyond_the_servers_rate(self):
        messages = self.run_cell("for (let i = 0; i < 5000; i++) display({'text/plain': String(i)}); 'end'")
        self.assertEqual(stream(messages, "stdout"), "")
        shown = [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "display_data"]
        self.assertEqual(shown, [str(i) for i in range(5000)])
        self.assertEqual(messages[-2]["msg_type"], "execute_result")

    def test_fifty_megabytes_of_displays(self):
        messages = self.run_cell(
            "for (let i = 0; i < 50; i++) display({'text/plain': 'x'.repeat(1_000_000)}); undefined"
        )
        self.assertEqual(stream(messages, "stdout"), "")
        sizes = [
            len(m["content"]["data"]["text/plain"]) for m in messages if m["msg_type"] == "display_data"
        ]
        self.assertEqual(sizes, [1_000_000] * 50)

    def test_the_last_update_of_a_fast_display(self):
        messages = self.run_cell(
            "const bar = display({'text/plain': '0'}, {id: 'bar'});\n"
            "for (let i = 1; i <= 20_000; i++) bar.update({'text/plain': String(i)}); undefined"
        )
        self.assertEqual(stream(messages, "stdout"), "")
        updates = [m["content"]["data"] for m in messages if m["msg_type"] == "update_display_data"]
        self.assertEqual(updates[-1], {"text/plain": "20000"})

    def test_a_flood_of_displays_says_what_is_left_out(self):
        messages = self.run_cell("for (let i = 0; i < 20_000; i++) display({'text/plain': String(i)}); 'end'")
        shown = sum(m["msg_type"] == "display_data" for m in messages)
        self.assertIn(f"[{20_000 - shown} outputs are not shown", stream(messages, "stdout"))
        self.assertEqual(stream(messages, "stderr"), "")
        self.assertEqual(sum(m["msg_type"] == "execute_result" for m in messages), 1)


if __name__ == "__main__":
    unittest.main()
