"""One long session of which every message, both ways and on every channel, keeps to the specification."""

import unittest
from collections import Counter

from client import FrontEnd
from spec import FROM_FRONT_END, FROM_KERNEL, HEADER, check_request, sent_header, validate

CODE = """\
import {clearOutput, display, openComm, page, registerCommTarget} from 'halfnote';
console.log('before');
console.error('beside');
clearOutput(true);
const shown = display({'text/plain': 'one', 'text/html': '<b>one</b>'}, {id: 'session'});
shown.update({'text/plain': 'two'});
display({'image/png': new Uint8Array([137, 80, 78, 71])});
await page({'text/plain': 'help'});
setTimeout(() => console.log('late'), 2000);
({answer: 42})"""

COMMS = """\
registerCommTarget('echo', (comm) => comm.onMessage(({data, buffers}) => comm.send(data, {buffers})));
const outgoing = openComm('front', {kind: 'line'}, {buffers: [new Uint8Array([1, 2])]});
outgoing.send({points: 3});
outgoing.close();
openComm('lost'); undefined"""

INPUTS = "await input('Name? ') + await input('Key: ', {password: true})"


def play(kernel):
    """The session's script: what the specification knows is sent, and makes the kernel send the rest."""
    kernel.request("connect_request")
    execute(kernel)
    introspect(kernel)
    talk(kernel)
    ask(kernel)
    fail(kernel)
    debug(kernel)
    kernel.request("interrupt_request", channel="control")
    kernel.request("shutdown_request", {"restart": False}, "control")
    kernel.next_message(None, "shutdown_reply")


def execute(kernel):
    options = {"silent": False, "store_history": True, "allow_stdin": True, "stop_on_error": True}
    expressions = {"good": "6 * 7", "bad": "absent.field"}
    rich = kernel.execute(CODE, user_expressions=expressions, **options)
    kernel.next_text(rich.reply["parent_header"]["msg_id"], "late\n")
    kernel.execute("%precision")
    kernel.execute("%lsmagic?")
    kernel.execute("1", silent=True)
    kernel.execute("2", store_history=False)


def introspect(kernel):
    for code, cursor in [("Math.ab", 7), ("'😀'; parseIn", 12), ("%prec", 5), ("", 0)]:
        kernel.request("complete_request", {"code": code, "cursor_pos": cursor})
    for code, detail in [("parseInt", 0), ("parseInt", 1), ("%precision", 0), ("   ", 0)]:
        content = {"code": code, "cursor_pos": 2, "detail_level": detail}
        kernel.request("inspect_request", content)
    for code in ["1 + 1", "if (true) {", "const = 7q"]:
        kernel.request("is_complete_request", {"code": code})
    common = {"output": True, "raw": True}
    for history in [
        {"hist_access_type": "tail", "n": 3},
        {"hist_access_type": "range", "session": 0, "start": 1, "stop": None},
        {"hist_access_type": "search", "pattern": "*1*", "unique": True, "n": 2},
    ]:
        kernel.request("history_request", {**history, **common})


def talk(kernel):
    kernel.execute(COMMS)
    for comm_id, target in [("session-1", "echo"), ("session-2", "nobody")]:
        opening = {"comm_id": comm_id, "target_name": target, "data": {}}
        kernel.finish(kernel.send("comm_open", opening), has_reply=False)
    said = {"comm_id": "session-1", "data": {"n": 1}}
    message = kernel.send("comm_msg", said, metadata={"version": "1"}, buffers=[b"\0\1"])
    kernel.finish(message, has_reply=False)
    kernel.request("comm_info_request", {"target_name": "echo"})
    kernel.request("comm_info_request")
    kernel.finish(kernel.send("comm_close", {**said, "data": {}}), has_reply=False)


def ask(kernel):
    running = kernel.send("execute_request", {"code": INPUTS, "allow_stdin": True})
    for answer in ["Ada", "secret"]:
        kernel.answer(kernel.question(), answer)
    kernel.finish(running)
    kernel.execute("await input('?')", allow_stdin=False)


def fail(kernel):
    ids = [
        kernel.send("execute_request", {"code": code})
        for code in ["throw new RangeError('boom')", "'aborted'", "'aborted too'"]
    ]
    for msg_id in ids:
        kernel.finish(msg_id)
    kernel.execute("const wrong: number = 'text'")
    kernel.execute("%precison bf16")
    running = kernel.send("execute_request", {"code": "while (true) {}"})
    kernel.next_output(running, "execute_input")
    kernel.receive_for(0.5)
    kernel.request("interrupt_request", channel="control")
    kernel.finish(running)
    # The process dies, and with it the comm `lost`: its end belongs to no request.
    kernel.execute("process.exit(3)")
    kernel.next_message(None, "comm_close")
    kernel.execute("'alive'")


def debug(kernel):
    for seq, command in enumerate(["debugInfo", "initialize", "attach", "fly", "disconnect"]):
        request = {"seq": seq, "type": "request", "command": command, "arguments": {}}
        kernel.request("debug_request", request, "control")


class SessionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kernel = FrontEnd()
        cls.addClassCleanup(kernel.close)
        play(kernel)
        kernel.receive_for(0.3)
        cls.transcript = kernel.transcript
        cls.sent = [entry for entry in cls.transcript if entry.is_sent]
        cls.received = [entry for entry in cls.transcript if not entry.is_sent]
        cls.requests = {
            entry.message["header"]["msg_id"]: entry
            for entry in cls.sent
            if entry.channel != "stdin"
        }

    def on_iopub(self, msg_id):
        return [
            entry.message
            for entry in self.received
            if entry.channel == "iopub" and entry.parent_id == msg_id
        ]

    def replies_to(self, msg_id):
        return [
            entry
            for entry in self.received
            if entry.channel in ("shell", "control") and entry.parent_id == msg_id
        ]

    def test_front_end_keeps_to_the_specification(self):
        for entry in self.sent:
            check_request(entry.message, entry.channel)

    def test_every_message_type_on_every_channel(self):
        """Received messages were checked against their schemas as they came."""
        for is_sent, spec in [(True, FROM_FRONT_END), (False, FROM_KERNEL)]:
            expected = {(channel, name) for channel in spec for name in spec[channel]}
            seen = {(e.channel, e.type) for e in self.transcript if e.is_sent == is_sent}
            self.assertEqual(seen, expected)

    def test_every_status_of_replies(self):
        statuses = {e.message["content"]["status"] for e in self.received if e.type == "execute_reply"}
        self.assertEqual(statuses, {"ok", "error", "aborted"})
        statuses = {e.message["content"]["status"] for e in self.received if e.type == "is_complete_reply"}
        self.assertEqual(statuses, {"complete", "incomplete", "invalid"})

    def test_ids_are_unique_and_the_session_is_one(self):
        headers = [entry.message["header"] for entry in self.received]
        ids = Counter(header["msg_id"] for header in headers)
        self.assertEqual([msg_id for msg_id, count in ids.items() if count > 1], [])
        self.assertEqual(len({header["session"] for header in headers}), 1)
        self.assertEqual({header["username"] for header in headers}, {"kernel"})

    def test_parent_is_the_whole_header_of_the_request(self):
        sent = {e.message["header"]["msg_id"]: sent_header(e.message) for e in self.sent}
        for entry in self.received:
            parent = entry.message["parent_header"]
            if parent == {}:
                orphans = {"iopub_welcome", "status", "comm_close", "shutdown_reply"}
                self.assertIn(entry.type, orphans)
                continue
            parent = sent_header({"header": parent})
            validate(HEADER, parent)
            self.assertEqual(parent, sent[parent["msg_id"]])

    def test_each_request_has_one_reply_on_its_channel(self):
        for msg_id, request in self.requests.items():
            replies = [(entry.channel, entry.type) for entry in self.replies_to(msg_id)]
            expected = [(request.channel, request.type.replace("_request", "_reply"))]
            self.assertEqual(replies, [] if request.type.startswith("comm_") and request.type != "comm_info_request" else expected)

    def test_busy_comes_first_and_idle_last(self):
        for msg_id, request in self.requests.items():
            messages = self.on_iopub(msg_id)
            states = [m["content"].get("execution_state") for m in messages]
            self.assertEqual(states[0], "busy", request.type)
            self.assertEqual(states.count("idle"), 1, request.type)
            late = [m["msg_type"] for m in messages[states.index("idle") + 1 :]]
            self.assertEqual(late, ["stream"] if CODE == request.message["content"].get("code") else [])

    def test_order_within_an_execution(self):
        for msg_id, request in self.requests.items():
            if request.type != "execute_request":
                continue
            types = [m["msg_type"] for m in self.on_iopub(msg_id) if m["msg_type"] != "status"]
            (reply,) = self.replies_to(msg_id)
            content = reply.message["content"]
            if request.message["content"].get("silent") or content["status"] == "aborted":
                self.assertEqual(types, [])
                continue
            self.assertEqual(types[0], "execute_input")
            self.assertEqual(types.count("execute_input"), 1)
            self.assertLessEqual(types.count("execute_result"), 1)
            self.assertEqual(types.count("error"), int(content["status"] == "error"))
            if "error" in types:
                self.assertEqual(types[-1], "error")

    def test_counts_agree(self):
        """Input, result and reply of one execution have one number, and it grows."""
        counts = []
        for msg_id, request in self.requests.items():
            if request.type != "execute_request" or not request.message["content"].get("store_history", True):
                continue
            numbered = [*self.on_iopub(msg_id), *(e.message for e in self.replies_to(msg_id))]
            found = {m["content"]["execution_count"] for m in numbered if "execution_count" in m["content"]}
            self.assertEqual(len(found), 1, request.message["content"]["code"])
            counts += found
        self.assertEqual(counts, sorted(counts))

    def test_outputs_of_the_rich_cell(self):
        (request,) = [i for i, e in self.requests.items() if e.message["content"].get("code") == CODE]
        types = [m["msg_type"] for m in self.on_iopub(request) if m["msg_type"] != "status"]
        outputs = ["stream", "stream", "clear_output", "display_data", "update_display_data", "display_data"]
        self.assertEqual(types, ["execute_input", *outputs, "execute_result", "stream"])


if __name__ == "__main__":
    unittest.main()
