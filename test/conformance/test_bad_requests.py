"""What the kernel answers to what is wrong: the error text, or silence, and it lives on."""

import asyncio
import inspect
import unittest

from cases import KernelCase

HISTORY = {"output": False, "raw": True}

# Type of the request, content, and what the reply's text says.
REFUSED = [
    ("execute_request", {}, '"code" is missing, expected a string'),
    ("execute_request", {"code": 5}, '"code" is 5, expected a string'),
    ("execute_request", {"code": "1", "silent": "no"}, '"silent" is "no", expected a boolean'),
    ("execute_request", {"code": "1", "store_history": 1}, '"store_history" is 1, expected a boolean'),
    ("execute_request", {"code": "1", "user_expressions": []}, '"user_expressions" is [], expected an object'),
    ("execute_request", {"code": "1", "user_expressions": {"a": 1}}, 'user_expressions: "a" is 1, expected a string'),
    ("execute_request", {"code": "1", "allow_stdin": "x"}, '"allow_stdin" is "x", expected a boolean'),
    ("execute_request", {"code": "1", "stop_on_error": {}}, '"stop_on_error" is {}, expected a boolean'),
    ("complete_request", {"cursor_pos": 0}, '"code" is missing, expected a string'),
    ("complete_request", {"code": "a", "cursor_pos": "1"}, '"cursor_pos" is "1", expected an integer'),
    ("complete_request", {"code": "a", "cursor_pos": 0.5}, '"cursor_pos" is 0.5, expected an integer'),
    ("complete_request", {"code": "a", "cursor_pos": -1}, '"cursor_pos" is -1, expected 0 to 1'),
    ("inspect_request", {"code": "a", "cursor_pos": 9}, '"cursor_pos" is 9, expected 0 to 1'),
    ("inspect_request", {"code": "a", "cursor_pos": 1, "detail_level": 2}, '"detail_level" is 2, expected one of 0, 1'),
    ("is_complete_request", {"code": None}, '"code" is missing, expected a string'),
    ("history_request", {**HISTORY}, '"hist_access_type" is missing, expected one of "tail", "range", "search"'),
    ("history_request", {"hist_access_type": "all", **HISTORY}, '"hist_access_type" is "all", expected one of "tail", "range", "search"'),
    ("history_request", {"hist_access_type": "tail", "n": -1, **HISTORY}, '"n" is -1, expected 0 or more'),
    ("history_request", {"hist_access_type": "range", "start": "1", **HISTORY}, '"start" is "1", expected an integer'),
    ("history_request", {"hist_access_type": "search", "pattern": 7, **HISTORY}, '"pattern" is 7, expected a string'),
    ("comm_info_request", {"target_name": 3}, '"target_name" is 3, expected a string'),
    ("shutdown_request", {"restart": "maybe"}, '"restart" is "maybe", expected a boolean'),
]

# Messages that have no reply: nothing may come of them but busy and idle.
IGNORED = [
    ("odd_request", {}),
    ("comm_msg", {"comm_id": "nowhere", "data": {}}),
    ("comm_msg", {"data": {}}),
    ("comm_close", {"comm_id": "nowhere", "data": {}}),
    ("comm_close", {"comm_id": 5}),
    ("comm_open", {"target_name": "t"}),
    ("comm_open", {"comm_id": "c", "target_name": "t", "data": "text"}),
]

PARTS = [b"{}", b"{}", b"{}", b"{}"]


class BadRequestTest(KernelCase):
    def test_refused_requests_name_the_field_and_what_is_allowed(self):
        for msg_type, content, told in REFUSED:
            channel = "control" if msg_type == "shutdown_request" else "shell"
            with self.subTest(f"{msg_type} {content}"):
                reply = self.kernel.request(msg_type, content, channel).content
                self.assertEqual(reply["status"], "error")
                self.assertIn(f"{msg_type}", reply["evalue"])
                self.assertIn(told, reply["evalue"])
                self.assertIn(told, "\n".join(reply["traceback"]))

    def test_messages_without_a_reply_are_ignored(self):
        for msg_type, content in IGNORED:
            with self.subTest(f"{msg_type} {content}"):
                sent = self.kernel.send(msg_type, content)
                exchange = self.kernel.finish(sent, has_reply=False)
                self.assertEqual(exchange.types, ["status", "status"])

    def test_a_comm_of_an_unknown_target_is_closed(self):
        opening = {"comm_id": "c", "target_name": "nobody", "data": {}}
        exchange = self.kernel.finish(self.kernel.send("comm_open", opening), has_reply=False)
        self.assertEqual(exchange.of("comm_close"), [{"comm_id": "c", "data": {}}])

    def test_user_expressions_fail_one_by_one(self):
        wrong = {"absent": "nowhere.field", "syntax": "1 +", "throws": "(() => { throw new Error('x') })()"}
        replied = self.ok("1", user_expressions={**wrong, "good": "2"}).content["user_expressions"]
        self.assertEqual(replied["good"]["data"]["text/plain"], "2")
        self.assertIn("Cannot find name 'nowhere'", replied["absent"]["evalue"])
        self.assertIn("Expression expected", replied["syntax"]["evalue"])
        self.assertEqual((replied["throws"]["ename"], replied["throws"]["evalue"]), ("Error", "x"))

    def test_what_is_no_message_is_dropped(self):
        session = self.kernel.client.session
        unsigned = session.serialize(session.msg("execute_request", {"code": "globalThis.forged = 1"}))
        noise = [
            [b"noise"],
            [b""],
            [b"<IDS|MSG>"],
            [b"<IDS|MSG>", b"", *PARTS[:3]],
            [b"<IDS|MSG>", b"0" * 64, *PARTS],
            [b"<IDS|MSG>", b"short", *PARTS],
            [b"<IDS|MSG>", session.sign(PARTS), *PARTS],
            self.signed(b"{not json", *PARTS[1:]),
            self.signed(b"[]", *PARTS[1:]),
            self.signed(b"\xff\xfe", *PARTS[1:]),
            self.signed(b'{"msg_id": 1, "msg_type": "a", "session": "b"}', *PARTS[1:]),
            [unsigned[0], b"0" * 64, *unsigned[2:]],
            [unsigned[0], unsigned[1].upper(), *unsigned[2:]],
        ]
        for name in ["shell", "control", "stdin"]:
            socket = getattr(self.kernel.client, f"{name}_channel").socket
            for frames in noise:
                finish(socket.send_multipart(frames))
        self.assertEqual(self.ok("'forged' in globalThis").result, "false")
        self.assertFalse(self.kernel.client.stdin_channel.msg_ready())

    def signed(self, *parts):
        return [b"<IDS|MSG>", self.kernel.client.session.sign(list(parts)), *parts]


def finish(sent):
    """The channel's socket may be an asynchronous one."""
    if inspect.isawaitable(sent):
        asyncio.get_event_loop().run_until_complete(sent)


if __name__ == "__main__":
    unittest.main()
