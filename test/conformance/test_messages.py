"""What the kernel says to each request, message by message."""

import unittest

from client import FrontEnd


class MessageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernel = FrontEnd()

    @classmethod
    def tearDownClass(cls):
        cls.kernel.close()

    def ok(self, code, **options):
        exchange = self.kernel.execute(code, **options)
        self.assertEqual(exchange.content["status"], "ok", exchange.content)
        return exchange

    def error(self, code, **options):
        exchange = self.kernel.execute(code, **options)
        self.assertEqual(exchange.content["status"], "error", exchange.content)
        (error,) = exchange.of("error")
        self.assertEqual({name: exchange.content[name] for name in error}, error)
        return exchange

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
            for code in ["throw new Error('first')", "console.log('second')", "3"]
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

    def test_history(self):
        self.ok("'history one'")
        self.ok("'history two'")
        tail = self.kernel.request(
            "history_request", {"hist_access_type": "tail", "n": 2, "output": True, "raw": True}
        ).content["history"]
        self.assertEqual(
            [entry[2] for entry in tail],
            [["'history one'"] * 2, ["'history two'"] * 2],
        )
        session, line = tail[0][:2]
        span = {"session": session, "start": line, "stop": line + 1}
        part = self.kernel.request(
            "history_request", {"hist_access_type": "range", "output": False, "raw": True, **span}
        ).content["history"]
        self.assertEqual(part, [[session, line, "'history one'"]])

    def test_history_bad_request(self):
        content = self.kernel.request("history_request", {"hist_access_type": "all"}).content
        self.assertEqual(content["status"], "error")
        self.assertIn("hist_access_type", content["evalue"])

    def test_comm_info(self):
        content = self.kernel.request("comm_info_request").content
        self.assertEqual(content["comms"], {})

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

    def test_next_input_and_page(self):
        self.ok("import {page} from 'halfnote'")
        exchange = self.ok("await page({'text/plain': 'help'})")
        page = {"source": "page", "data": {"text/plain": "help"}, "start": 0}
        self.assertEqual(exchange.content["payload"], [page])
        self.assertEqual(self.ok("1").content["payload"], [])

    def test_comm_from_front_end(self):
        self.ok(
            """import {registerCommTarget} from 'halfnote';
            const off = registerCommTarget<{n: number}>('double', (comm, opened) => {
              console.log('opened', JSON.stringify(opened.data));
              comm.onMessage(({data, metadata, buffers}) =>
                comm.send({twice: data.n * 2}, {metadata, buffers: buffers.map(b => b.map(x => x * 2))}));
              comm.onClose(() => console.log('closed'));
            })"""
        )
        opened = self.kernel.send(
            "comm_open", {"comm_id": "c1", "target_name": "double", "data": {"a": 1}}
        )
        exchange = self.kernel.finish(opened, has_reply=False)
        self.assertEqual(exchange.text(), 'opened {"a":1}\n')
        listed = self.kernel.request("comm_info_request", {"target_name": "double"}).content
        self.assertEqual(listed["comms"], {"c1": {"target_name": "double"}})
        other = self.kernel.request("comm_info_request", {"target_name": "other"}).content
        self.assertEqual(other["comms"], {})

        sent = self.kernel.send(
            "comm_msg",
            {"comm_id": "c1", "data": {"n": 21}},
            metadata={"version": "1"},
            buffers=[bytes([1, 2, 100]), b""],
        )
        answer = self.kernel.next_message(sent, "comm_msg")
        self.assertEqual(answer["content"], {"comm_id": "c1", "data": {"twice": 42}})
        self.assertEqual(answer["metadata"], {"version": "1"})
        self.assertEqual([bytes(b) for b in answer["buffers"]], [bytes([2, 4, 200]), b""])

        closed = self.kernel.send("comm_close", {"comm_id": "c1", "data": {}})
        self.assertEqual(self.kernel.finish(closed, has_reply=False).text(), "closed\n")
        self.assertEqual(self.kernel.request("comm_info_request").content["comms"], {})

    def test_comm_from_cell(self):
        exchange = self.ok(
            """import {openComm} from 'halfnote';
            const buffers = [new Float32Array([1]).buffer];
            const plot = openComm<{width: number}>('plot', {kind: 'line'}, {buffers});
            plot.onMessage(({data}) => console.log('width', data.width));
            plot.send({points: 3}); undefined"""
        )
        (opened,) = exchange.of("comm_open")
        comm_id = opened["comm_id"]
        self.assertEqual(
            opened, {"comm_id": comm_id, "target_name": "plot", "data": {"kind": "line"}}
        )
        message = next(m for m in exchange.messages if m["msg_type"] == "comm_open")
        self.assertEqual([bytes(b) for b in message["buffers"]], [b"\x00\x00\x80\x3f"])
        self.assertEqual(exchange.of("comm_msg"), [{"comm_id": comm_id, "data": {"points": 3}}])

        # A message while a cell awaits is heard at once, and its output is the message's.
        waiting = self.kernel.send(
            "execute_request",
            {"code": "await new Promise<void>(done => { plot.onMessage(() => done()) }); 'heard'"},
        )
        self.kernel.next_output(waiting, "execute_input")
        self.kernel.receive_for(0.5)
        sent = self.kernel.send("comm_msg", {"comm_id": comm_id, "data": {"width": 5}})
        self.assertEqual(self.kernel.finish(waiting).result, "'heard'")
        self.assertEqual(self.kernel.finish(sent, has_reply=False).text(), "width 5\n")

        closing = self.ok("plot.close(); plot.close(); plot.isOpen")
        self.assertEqual(closing.of("comm_close"), [{"comm_id": comm_id, "data": {}}])
        self.assertEqual(closing.result, "false")
        self.assertIn("is closed", self.error("plot.send({})").content["evalue"])

    def test_comm_bad_data(self):
        self.ok("import {openComm} from 'halfnote'; const bad = openComm('bad')")
        self.assertIn("Comms carry objects", self.error("bad.send([1])").content["evalue"])
        self.assertIn(
            "JSON can't hold", self.error("bad.send({big: 1n})").content["evalue"]
        )
        self.ok("bad.close()")

    def test_comm_listener_that_fails_or_loops(self):
        self.ok(
            """import {registerCommTarget} from 'halfnote';
            registerCommTarget<{loop?: boolean}>('bad', (comm) => {
              comm.onMessage(({data}) => { if (data.loop) while (true); throw new Error('in the listener') })
            }); undefined"""
        )
        opened = {"comm_id": "c2", "target_name": "bad", "data": {}}
        self.kernel.finish(self.kernel.send("comm_open", opened), has_reply=False)
        failing = self.kernel.send("comm_msg", {"comm_id": "c2", "data": {}})
        exchange = self.kernel.finish(failing, has_reply=False)
        self.assertIn("in the listener", exchange.text("stderr"))
        looping = self.kernel.send("comm_msg", {"comm_id": "c2", "data": {"loop": True}})
        self.kernel.receive_for(0.5)
        self.assertFalse(self.kernel.is_finished(looping))
        self.kernel.request("interrupt_request", channel="control")
        self.kernel.finish(looping, has_reply=False)
        self.assertEqual(self.ok("1 + 1").result, "2")
        closing = self.kernel.send("comm_close", {"comm_id": "c2", "data": {}})
        self.kernel.finish(closing, has_reply=False)

    def test_comms_close_when_the_cell_process_dies(self):
        self.ok("import {openComm} from 'halfnote'; openComm('lost'); undefined")
        exchange = self.error("process.exit(3)")
        ids = self.kernel.request("comm_info_request").content["comms"]
        self.assertEqual(ids, {})
        closed = self.kernel.next_output(None, "comm_close")
        self.assertEqual(closed["data"], {})

    def test_comm_unknown_target(self):
        msg_id = self.kernel.send(
            "comm_open", {"comm_id": "c", "target_name": "nobody", "data": {}}
        )
        exchange = self.kernel.finish(msg_id, has_reply=False)
        self.assertEqual(exchange.of("comm_close"), [{"comm_id": "c", "data": {}}])

    def test_unknown_request(self):
        exchange = self.kernel.finish(self.kernel.send("odd_request", {}), has_reply=False)
        self.assertEqual(exchange.types, ["status", "status"])

    def test_bad_execute_request(self):
        content = self.kernel.request("execute_request", {"code": 5}).content
        self.assertIn('"code" is 5, expected a string', content["evalue"])

    def test_noise_is_dropped(self):
        socket = self.kernel.client.shell_channel.socket
        run(socket.send_multipart([b"noise"]))
        run(socket.send_multipart([b"<IDS|MSG>", b"0" * 64, b"{}", b"{}", b"{}", b"{}"]))
        self.assertEqual(self.ok("1").result, "1")


def run(maybe_awaitable):
    """The channel's socket may be an asynchronous one."""
    import asyncio
    import inspect

    if inspect.isawaitable(maybe_awaitable):
        asyncio.get_event_loop().run_until_complete(maybe_awaitable)


if __name__ == "__main__":
    unittest.main()
