"""Interrupts, a dying cell process, restart and shutdown."""

import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

from cases import KernelCase
from client import KERNEL, FrontEnd

LOOPS = {
    "a synchronous loop": "while (true) {}",
    "a loop after an await": "await null; while (true) {}",
    "a promise that never settles": "await new Promise(() => {})",
    "a child that it waits for": "require('child_process').execSync('sleep 60')",
    "a child after an await": "await null; try { require('child_process').spawnSync('sleep', ['60']) } catch {}",
    "a loop that yields": "while (true) await new Promise(r => setTimeout(r, 10))",
}


STARTER = """
import sys, time
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name=sys.argv[1])
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
client.execute_interactive('1', timeout=60, output_hook=lambda message: None)
print(manager.provisioner.pid, flush=True)
time.sleep(600)
"""


def children(pid):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def any_lives(pids, seconds):
    """Whether one of the processes is still there after so long."""
    deadline = time.monotonic() + seconds
    while any(map(lives, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return any(map(lives, pids))


class SurvivalTest(KernelCase):
    """What a kernel survives: one serves all these cases."""

    def test_interrupt_keeps_variables(self):
        self.ok("const before = 42")
        for name, code in LOOPS.items():
            with self.subTest(name):
                running = self.kernel.send("execute_request", {"code": code})
                self.kernel.next_output(running, "execute_input")
                time.sleep(0.3)
                self.kernel.request("interrupt_request", channel="control")
                begin = time.monotonic()
                content = self.kernel.finish(running).content
                self.assertEqual(content["ename"], "Interrupted")
                self.assertEqual(len(content["traceback"]), 1)
                self.assertLess(time.monotonic() - begin, 5)
                self.assertEqual(self.ok("before").result, "42")

    def test_interrupt_when_idle(self):
        self.ok("1")
        content = self.kernel.request("interrupt_request", channel="control").content
        self.assertEqual(content["status"], "ok")
        self.assertEqual(self.ok("2").result, "2")

    def test_interrupt_aborts_what_waits(self):
        self.ok("1")
        running = self.kernel.send("execute_request", {"code": "while (true) {}"})
        waiting = self.kernel.send("execute_request", {"code": "1"})
        self.kernel.next_output(running, "execute_input")
        time.sleep(0.3)
        self.kernel.request("interrupt_request", channel="control")
        self.assertEqual(self.kernel.finish(running).content["status"], "error")
        self.assertEqual(self.kernel.finish(waiting).content["status"], "aborted")

    def test_cell_process_dies(self):
        deaths = {
            "exit": ("process.exit(3)", "3"),
            "signal": ("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})", "SIGKILL"),
        }
        for name, (code, told) in deaths.items():
            with self.subTest(name):
                self.ok("globalThis.lost = 1")
                exchange = self.kernel.execute(code)
                self.assertEqual(exchange.content["status"], "error")
                self.assertIn(told, exchange.content["evalue"])
                self.assertEqual(self.ok("1 + 1").result, "2")
                self.assertEqual(self.ok("'lost' in globalThis").result, "false")


class LifecycleTest(unittest.TestCase):
    """Cases that need a kernel which has run nothing yet, or that end it."""

    def setUp(self):
        self.kernel = FrontEnd()

    def tearDown(self):
        self.kernel.close()

    def ok(self, code):
        exchange = self.kernel.execute(code)
        self.assertEqual(exchange.content["status"], "ok", exchange.content)
        return exchange

    def test_interrupt_of_the_first_cell(self):
        """It may come before the cell has even been compiled."""
        running = self.kernel.send("execute_request", {"code": "while (true) {}"})
        self.kernel.next_output(running, "execute_input")
        self.kernel.request("interrupt_request", channel="control")
        self.assertEqual(self.kernel.finish(running).content["status"], "error")

    def test_shutdown(self):
        self.ok("1")
        pids = self.processes()
        content = self.kernel.request("shutdown_request", {"restart": False}, "control").content
        self.assertEqual(content, {"status": "ok", "restart": False})
        self.assertFalse(any_lives(pids, 5))

    def test_shutdown_while_a_cell_runs(self):
        running = self.kernel.send("execute_request", {"code": "while (true) {}"})
        self.kernel.next_output(running, "execute_input")
        pids = self.processes()
        self.kernel.send("shutdown_request", {"restart": False}, "control")
        self.assertFalse(any_lives(pids, 5))

    def processes(self):
        """The kernel process and, once a cell ran, its cell process."""
        pid = self.kernel.manager.provisioner.pid
        return [pid, *children(pid)]

    def test_sigterm(self):
        self.ok("1")
        pids = self.processes()
        os.kill(pids[0], signal.SIGTERM)
        self.assertFalse(any_lives(pids, 5))

    @unittest.skipUnless(sys.platform == "linux", "looks into /proc")
    def test_cell_process_ends_with_the_kernel(self):
        self.ok("1")
        pid, *cell_processes = self.processes()
        self.assertTrue(cell_processes)
        os.kill(pid, signal.SIGKILL)
        self.assertFalse(any_lives(cell_processes, 5))

    @unittest.skipUnless(sys.platform == "linux", "looks into /proc")
    def test_kernel_ends_with_its_parent(self):
        starter = subprocess.Popen(
            [sys.executable, "-c", STARTER, KERNEL], stdout=subprocess.PIPE, text=True
        )
        try:
            pid = int(starter.stdout.readline())
            pids = [pid, *children(pid)]
        finally:
            starter.kill()
            starter.wait()
            starter.stdout.close()
        self.assertFalse(any_lives(pids, 5))

    def test_restart(self):
        self.ok("const gone = 1")
        self.kernel.manager.restart_kernel()
        self.kernel.client.wait_for_ready(timeout=30)
        self.assertEqual(self.ok("typeof (globalThis as any).gone").result, "'undefined'")


if __name__ == "__main__":
    unittest.main()
