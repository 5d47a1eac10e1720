"""Cells: their results, outputs, errors and order."""

import unittest

from cases import KernelCase


class ExecuteTest(KernelCase):
    def test_kernel_info(self):
        content = self.kernel.request("kernel_info_request").content
        self.assertEqual(content["protocol_version"], "5.5")
        self.assertEqual(content["language_info"]["name"], "typescript")

    def test_result_order(self):
        exchange = self.ok("console.log('a'); 7")
        self.assertEqual(
            exchange.types, ["status", "execute_input", "stream", "execute_result", "status"]
        )
        self.assertEqual(exchange.text(), "a\n")
        self.assertEqual(exchange.result, "7")

    def test_no_result(self):
        for code in ["", "// nothing", "let quiet = 1", "undefined"]:
            self.assertEqual(self.ok(code).types, ["status", "execute_input", "status"], code)

    def test_count_increases(self):
        first = self.ok("1").content["execution_count"]
        self.assertEqual(self.ok("1").content["execution_count"], first + 1)

    def test_store_history_false(self):
        before = self.ok("1").content["execution_count"]
        self.ok("2", store_history=False)
        self.assertEqual(self.ok("3").content["execution_count"], before + 1)

    def test_silent(self):
        self.assertEqual(self.ok("console.log('x'); 5", silent=True).types, ["status", "status"])

    def test_variables_stay(self):
        self.ok("const kept: number[] = [1, 2]")
        self.assertEqual(self.ok("kept.length").result, "2")

    def test_top_level_await(self):
        self.assertEqual(self.ok("await Promise.resolve(3)").result, "3")

    def test_streams(self):
        exchange = self.ok("console.log('out'); console.error('err'); process.stdout.write('end')")
        self.assertEqual(exchange.text("stdout"), "out\nend")
        self.assertEqual(exchange.text("stderr"), "err\n")

    def test_many_lines(self):
        exchange = self.ok("for (let i = 0; i < 5000; i++) console.log(i)")
        self.assertEqual(exchange.text(), "".join(f"{i}\n" for i in range(5000)))
        self.assertLess(len(exchange.of("stream")), 500)

    def test_unicode(self):
        self.assertEqual(self.ok("'π 漢 😀'.length; console.log('π 漢 😀')").text(), "π 漢 😀\n")

    def test_halves_of_surrogate_pairs(self):
        """`check` holds that nothing of it leaves the kernel as it is."""
        half = "'👍'.slice(0, 1)"
        self.assertEqual(self.ok(f"console.log({half} + '!')").text(), "\ufffd!\n")
        self.assertEqual(self.error(f"throw new Error({half})").content["evalue"], "\ufffd")
        display = "import {display, html} from 'halfnote'; display(html(%s)); undefined"
        (shown,) = self.ok(display % half).of("display_data")
        self.assertIn("\ufffd", shown["data"]["text/html"])
        self.assertEqual(self.ok(f"process.stdout.write({half} + '!')").text(), "\ufffd!")

    def test_late_output(self):
        exchange = self.ok("setTimeout(() => console.log('late'), 300); undefined")
        self.ok("1")
        msg_id = exchange.reply["parent_header"]["msg_id"]
        self.assertEqual(self.kernel.next_output(msg_id, "stream")["text"], "late\n")

    def test_error(self):
        exchange = self.error("throw new RangeError('boom')")
        self.assertEqual(exchange.content["ename"], "RangeError")
        self.assertEqual(exchange.content["evalue"], "boom")

    def test_error_line(self):
        exchange = self.error("const before = 1;\n\nthrow new Error('third line')")
        count = exchange.content["execution_count"]
        self.assertIn(f"cell[{count}]:3:", "\n".join(exchange.content["traceback"]))

    def test_failed_cell_keeps_declarations(self):
        self.error("const survivor = 41; throw new Error('later')")
        self.assertEqual(self.ok("survivor + 1").result, "42")

    def test_type_error(self):
        exchange = self.error("console.log('must not run');\nconst wrong: number = 'text'")
        self.assertEqual(exchange.text(), "")
        text = "\n".join(exchange.content["traceback"])
        self.assertIn("not assignable to type 'number'", text)
        self.assertRegex(text, r"2:7")

    def test_unknown_magic(self):
        exchange = self.error("%precison bf16")
        self.assertIn("precison", exchange.content["evalue"])
        self.assertIn("%precision", exchange.content["evalue"])

    def test_display_and_update(self):
        exchange = self.ok(
            "import {display} from 'halfnote';\n"
            "const shown = display({'text/plain': 'one'}); shown.update({'text/plain': 'two'}); undefined"
        )
        (first,) = exchange.of("display_data")
        (second,) = exchange.of("update_display_data")
        self.assertEqual(first["data"]["text/plain"], "one")
        self.assertEqual(second["data"]["text/plain"], "two")
        self.assertEqual(first["transient"], second["transient"])

    def test_user_expressions(self):
        expressions = {"good": "40 + 2", "bad": "absent.field"}
        replied = self.ok("1", user_expressions=expressions).content["user_expressions"]
        self.assertEqual(replied["good"]["data"]["text/plain"], "42")
        self.assertEqual(replied["bad"]["status"], "error")

    def test_stop_on_error(self):
        ids = [
            self.kernel.send("execute_request", {"code": code})
            # Long enough for a busy machine to send all of them meanwhile.
            for code in [
                "await new Promise((done) => setTimeout(done, 500)); throw new Error('first')",
                "console.log('second')",
                "3",
            ]
        ]
        replies = [self.kernel.finish(msg_id) for msg_id in ids]
        statuses = [exchange.content["status"] for exchange in replies]
        self.assertEqual(statuses, ["error", "aborted", "aborted"])
        self.assertEqual(replies[1].types, ["status", "status"])
        self.ok("'next runs'")

    def test_stop_on_error_false(self):
        ids = [
            self.kernel.send("execute_request", {"code": code, "stop_on_error": False})
            for code in ["throw new Error('first')", "2"]
        ]
        statuses = [self.kernel.finish(msg_id).content["status"] for msg_id in ids]
        self.assertEqual(statuses, ["error", "ok"])

    def test_next_input_and_page(self):
        self.ok("import {page} from 'halfnote'")
        exchange = self.ok("await page({'text/plain': 'help'})")
        page = {"source": "page", "data": {"text/plain": "help"}, "start": 0}
        self.assertEqual(exchange.content["payload"], [page])
        self.assertEqual(self.ok("1").content["payload"], [])


if __name__ == "__main__":
    unittest.main()
