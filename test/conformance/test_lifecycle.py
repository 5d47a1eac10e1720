"""Interrupts, a dying cell process, restart and shutdown."""

import time
import unittest

from client import FrontEnd

LOOPS = {
    "a synchronous loop": "while (true) {}",
    "a loop after an await": "await null; while (true) {}",
    "a promise that never settles": "await new Promise(() => {})",
    "a loop that yields": "while (true) await new Promise(r => setTimeout(r, 10))",
}


class LifecycleTest(unittest.TestCase):
    def setUp(self):
        self.kernel = FrontEnd()

    def tearDown(self):
        self.kernel.close()

    def ok(self, code):
        exchange = self.kernel.execute(code)
        self.assertEqual(exchange.content["status"], "ok", exchange.content)
        return exchange

    def test_interrupt_keeps_variables(self):
        self.ok("const before = 42")
        for name, code in LOOPS.items():
            with self.subTest(name):
                running = self.kernel.send("execute_request", {"code": code})
                self.kernel.next_output(running, "execute_input")
                time.sleep(0.3)
                self.kernel.request("interrupt_request", channel="control")
                self.assertEqual(self.kernel.finish(running).content["status"], "error")
                self.assertEqual(self.ok("before").result, "42")

    def test_interrupt_of_the_first_cell(self):
        """It may come before the cell has even been compiled."""
        running = self.kernel.send("execute_request", {"code": "while (true) {}"})
        self.kernel.next_output(running, "execute_input")
        self.kernel.request("interrupt_request", channel="control")
        self.assertEqual(self.kernel.finish(running).content["status"], "error")

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

    def test_shutdown(self):
        content = self.kernel.request("shutdown_request", {"restart": False}, "control").content
        self.assertEqual(content, {"status": "ok", "restart": False})
        deadline = time.monotonic() + 5
        while self.kernel.manager.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertFalse(self.kernel.manager.is_alive())

    def test_shutdown_while_a_cell_runs(self):
        running = self.kernel.send("execute_request", {"code": "while (true) {}"})
        self.kernel.next_output(running, "execute_input")
        self.kernel.send("shutdown_request", {"restart": False}, "control")
        deadline = time.monotonic() + 5
        while self.kernel.manager.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertFalse(self.kernel.manager.is_alive())

    def test_restart(self):
        self.ok("const gone = 1")
        self.kernel.manager.restart_kernel()
        self.kernel.client.wait_for_ready(timeout=30)
        self.assertEqual(self.ok("typeof (globalThis as any).gone").result, "'undefined'")


if __name__ == "__main__":
    unittest.main()
