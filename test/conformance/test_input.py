"""Questions to the user."""

import unittest

from cases import KernelCase


class InputTest(KernelCase):
    def test_input(self):
        self.ok("import {input} from 'halfnote'")
        code = "const name = await input('Name? '); `Hello ${name}`"
        running = self.kernel.send("execute_request", {"code": code, "allow_stdin": True})
        question = self.kernel.question()
        self.assertEqual(question["content"], {"prompt": "Name? ", "password": False})
        self.assertEqual(question["parent_header"]["msg_id"], running)
        self.kernel.answer(question, "Ada 😀")
        self.assertEqual(self.kernel.finish(running).result, "'Hello Ada 😀'")

    def test_input_password(self):
        self.ok("import {input} from 'halfnote'")
        code = "(await input('Key: ', {password: true})).length"
        running = self.kernel.send("execute_request", {"code": code, "allow_stdin": True})
        question = self.kernel.question()
        self.assertTrue(question["content"]["password"])
        # As jupyter_client's consoles do: without a parent.
        self.kernel.client.input("secret")
        self.assertEqual(self.kernel.finish(running).result, "6")

    def test_input_not_allowed(self):
        self.ok("import {input} from 'halfnote'")
        exchange = self.error("await input('?')", allow_stdin=False)
        self.assertIn("allow_stdin is false", exchange.content["evalue"])

    def test_interrupt_while_input_waits(self):
        self.ok("import {input} from 'halfnote'; const before = 7")
        code = "await input('forever')"
        running = self.kernel.send("execute_request", {"code": code, "allow_stdin": True})
        question = self.kernel.question()
        self.kernel.request("interrupt_request", channel="control")
        self.assertEqual(self.kernel.finish(running).content["ename"], "Interrupted")
        self.kernel.answer(question, "too late")
        self.assertEqual(self.ok("before").result, "7")
        code = "await input('again')"
        running = self.kernel.send("execute_request", {"code": code, "allow_stdin": True})
        self.kernel.answer(self.kernel.question(), "in time")
        self.assertEqual(self.kernel.finish(running).result, "'in time'")


if __name__ == "__main__":
    unittest.main()
