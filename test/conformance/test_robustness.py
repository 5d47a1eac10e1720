"""Many requests, many front ends, many kernels, and what a kernel must not do."""

import os
import socket
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from client import FrontEnd


def listening(pid):
    """Addresses on which a process accepts TCP connections, as (hex address, port)."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.add(os.readlink(link))
        except OSError:
            continue  # closed meanwhile
    found = set()
    for table in ["tcp", "tcp6"]:
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and f"socket:[{rest[5]}]" in inodes:
                address, port = local.split(":")
                found.add((address, int(port, 16)))
    return found


class RobustnessTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernel = FrontEnd()

    @classmethod
    def tearDownClass(cls):
        cls.kernel.close()

    def test_flood(self):
        ids = [
            self.kernel.send("execute_request", {"code": "1", "silent": True}) for _ in range(300)
        ]
        statuses = {self.kernel.finish(msg_id).content["status"] for msg_id in ids}
        self.assertEqual(statuses, {"ok"})

    def test_flood_of_10_000_requests_behind_an_error_is_aborted(self):
        self.kernel.execute("import {input} from 'halfnote'")
        code = {"code": "await input('go? '); throw new Error('stop')", "allow_stdin": True}
        failing = self.kernel.send("execute_request", code)
        question = self.kernel.question()
        session, channel = self.kernel.client.session, self.kernel.client.shell_channel
        ids = [session.send(channel.socket, "execute_request", {"code": "1"}) for _ in range(10_000)]
        # Answered at once, and after all that was sent before it on this socket was read.
        self.kernel.request("kernel_info_request")
        self.kernel.answer(question, "yes")
        self.assertEqual(self.kernel.finish(failing).content["status"], "error")
        statuses = {}
        while len(statuses) < len(ids):
            reply = channel.get_msg(timeout=60)
            statuses[reply["parent_header"]["msg_id"]] = reply["content"]["status"]
        sent = [message["header"]["msg_id"] for message in ids]
        self.assertEqual(list(statuses), sent)
        self.assertEqual(set(statuses.values()), {"aborted"})
        while self.kernel.client.iopub_channel.get_msg(timeout=60)["parent_header"].get("msg_id") != sent[-1]:
            pass
        self.assertEqual(self.kernel.execute("1 + 1").result, "2")

    def test_large_display(self):
        self.kernel.execute("import {display} from 'halfnote'")
        exchange = self.kernel.execute(
            "for (let i = 0; i < 10; i++) display({'text/plain': 'x'.repeat(1_000_000)}); undefined"
        )
        sizes = [len(shown["data"]["text/plain"]) for shown in exchange.of("display_data")]
        self.assertEqual(sizes, [1_000_000] * 10)

    def test_two_front_ends(self):
        other = FrontEnd(self.kernel.manager)
        try:
            mine = self.kernel.send("execute_request", {"code": "console.log('mine'); 1"})
            theirs = other.send("execute_request", {"code": "console.log('theirs'); 2"})
            self.assertEqual(self.kernel.finish(mine).result, "1")
            self.assertEqual(other.finish(theirs).result, "2")
            # Both see both cells; each gets the reply to its own only.
            for front_end in [self.kernel, other]:
                self.assertEqual(front_end.next_output(mine, "stream")["text"], "mine\n")
                self.assertEqual(front_end.next_output(theirs, "stream")["text"], "theirs\n")
            self.assertNotIn(theirs, self.kernel.replies)
            self.assertNotIn(mine, other.replies)
        finally:
            other.close()
        self.assertEqual(self.kernel.execute("'still here'").result, "'still here'")

    def test_question_goes_to_the_front_end_that_runs_the_cell(self):
        self.kernel.execute("import {input} from 'halfnote'")
        other = FrontEnd(self.kernel.manager)
        try:
            code = {"code": "await input('who? ')", "allow_stdin": True}
            running = other.send("execute_request", code)
            other.answer(other.question(), "other")
            self.assertEqual(other.finish(running).result, "'other'")
            self.assertFalse(self.kernel.client.stdin_channel.msg_ready())
        finally:
            other.close()

    @unittest.skipUnless(sys.platform == "linux", "looks into /proc")
    def test_listens_only_where_the_connection_file_says(self):
        manager = self.kernel.manager
        info = manager.get_connection_info()
        ports = {port for name, port in info.items() if name.endswith("_port")}
        ip = socket.inet_aton(info["ip"])[::-1].hex().upper()
        self.assertEqual(listening(manager.provisioner.pid), {(ip, port) for port in ports})

    def test_eight_kernels_at_once(self):
        with ThreadPoolExecutor(8) as pool:
            kernels = list(pool.map(lambda _: FrontEnd(), range(8)))
        try:
            running = [
                kernel.send("execute_request", {"code": f"const mine = {i}; mine"})
                for i, kernel in enumerate(kernels)
            ]
            results = [
                kernel.finish(msg_id).result for kernel, msg_id in zip(kernels, running)
            ]
            self.assertEqual(results, [str(i) for i in range(8)])
            last = kernels[0].request(
                "history_request", {"hist_access_type": "search", "pattern": "const mine*"}
            )
            self.assertIn("const mine = 0; mine", [e[2] for e in last.content["history"]])
        finally:
            for kernel in kernels:
                kernel.close()

    def test_history_of_an_earlier_kernel(self):
        earlier = FrontEnd()
        earlier.execute("'said in an earlier session'")
        earlier.close()
        later = FrontEnd()
        try:
            later.execute("'said now'")
            ask = {"output": False, "raw": True, "unique": True}
            found = later.request(
                "history_request",
                {"hist_access_type": "search", "pattern": "'said in an earlier*", **ask},
            ).content["history"]
            ((session, line, code),) = found
            self.assertEqual((line, code), (1, "'said in an earlier session'"))
            span = {"session": session, "start": 1, "stop": 2}
            again = later.request(
                "history_request", {"hist_access_type": "range", **span}
            ).content["history"]
            self.assertEqual(again, found)
        finally:
            later.close()


if __name__ == "__main__":
    unittest.main()
