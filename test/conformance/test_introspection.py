"""Completion, help, and whether a cell is complete."""

import unittest

from cases import KernelCase


class IntrospectionTest(KernelCase):
    def test_complete(self):
        content = self.kernel.request(
            "complete_request", {"code": "Math.ab", "cursor_pos": 7}
        ).content
        self.assertEqual(content["matches"], ["abs"])
        self.assertEqual((content["cursor_start"], content["cursor_end"]), (5, 7))
        (typed,) = content["metadata"]["_jupyter_types_experimental"]
        self.assertEqual(typed["text"], "abs")
        self.assertTrue(typed["type"])

    def test_complete_after_emoji(self):
        code = "'😀'; Math.ab"
        content = self.kernel.request(
            "complete_request", {"code": code, "cursor_pos": len(code)}
        ).content
        self.assertEqual(content["matches"], ["abs"])
        self.assertEqual(code[content["cursor_start"] : content["cursor_end"]], "ab")

    def test_complete_below_magic(self):
        code = "%lsmagic\nMath.ab"
        content = self.kernel.request(
            "complete_request", {"code": code, "cursor_pos": len(code)}
        ).content
        self.assertEqual(content["matches"], ["abs"])
        self.assertEqual(code[content["cursor_start"] : content["cursor_end"]], "ab")

    def test_complete_variable(self):
        self.ok("const completable = {height: 1, width: 2}")
        content = self.kernel.request(
            "complete_request", {"code": "completable.", "cursor_pos": 12}
        ).content
        self.assertLessEqual({"height", "width"}, set(content["matches"]))

    def test_complete_while_running(self):
        running = self.kernel.send(
            "execute_request", {"code": "await new Promise(r => setTimeout(r, 3000)); 'done'"}
        )
        self.kernel.next_output(running, "execute_input")
        content = self.kernel.request(
            "complete_request", {"code": "parseIn", "cursor_pos": 7}
        ).content
        self.assertEqual(content["matches"], ["parseInt"])
        self.kernel.receive_for(0.3)
        self.assertFalse(self.kernel.is_finished(running), "the cell had already ended")
        self.assertEqual(self.kernel.finish(running).result, "'done'")

    def test_inspect(self):
        content = self.kernel.request(
            "inspect_request", {"code": "parseInt", "cursor_pos": 4, "detail_level": 0}
        ).content
        self.assertTrue(content["found"])
        self.assertIn("parseInt(string: string", content["data"]["text/plain"])

    def test_inspect_with_detail_shows_the_definition(self):
        source = "function twice(n: number) {\n  return n + n; // no product\n}"
        self.ok(f"/** Doubles. */\n{source}")
        brief, full = (
            self.kernel.request(
                "inspect_request", {"code": "twice(1)", "cursor_pos": 5, "detail_level": level}
            ).content["data"]
            for level in (0, 1)
        )
        self.assertIn("Doubles.", brief["text/plain"])
        self.assertNotIn("no product", brief["text/plain"])
        self.assertEqual(full["text/plain"], f"{brief['text/plain']}\n\n{source}")
        self.assertEqual(
            full["text/markdown"],
            f"{brief['text/markdown']}\n\n```typescript\n{source}\n```",
        )

    def test_inspect_with_detail_shows_the_declaration_of_a_library(self):
        content = self.kernel.request(
            "inspect_request", {"code": "parseInt", "cursor_pos": 4, "detail_level": 1}
        ).content
        declaration = "declare function parseInt(string: string, radix?: number): number;"
        self.assertTrue(content["data"]["text/plain"].endswith(declaration))

    def test_inspect_magic(self):
        content = self.kernel.request(
            "inspect_request", {"code": "%precision", "cursor_pos": 4, "detail_level": 0}
        ).content
        self.assertTrue(content["found"])

    def test_inspect_nothing(self):
        content = self.kernel.request(
            "inspect_request", {"code": "   ", "cursor_pos": 1, "detail_level": 0}
        ).content
        self.assertFalse(content["found"])

    def test_is_complete(self):
        samples = {"1 + 1": "complete", "if (true) {": "incomplete", "let let = 1q": "invalid"}
        for code, status in samples.items():
            content = self.kernel.request("is_complete_request", {"code": code}).content
            self.assertEqual(content["status"], status, code)


if __name__ == "__main__":
    unittest.main()
