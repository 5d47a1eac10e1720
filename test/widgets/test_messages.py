"""What goes between a page and the kernel, in its order."""

from cases import KernelCase
from models import OurModels

IMPORTS = "import { Button, Image, IntSlider, Output, interact, Text } from 'halfnote/widgets';"
CONTROL = "jupyter.widget.control"


class MessageTest(KernelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = OurModels(cls.kernel)
        cls.models.run(IMPORTS)

    def texts(self, parent):
        """What was printed as part of a request, also after its end."""
        messages = self.kernel.outputs[parent]
        return "".join(
            one["content"]["text"] for one in messages if one["msg_type"] == "stream"
        )

    def cell(self, code):
        """Runs a cell that ends in a widget; returns its request and the widget's model."""
        sent = self.kernel.send("execute_request", {"code": code})
        exchange = self.kernel.finish(sent)
        self.assertEqual(exchange.content["status"], "ok", exchange.content)
        (shown,) = exchange.of("execute_result")
        return sent, shown["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]

    def test_opened_with_the_version_of_the_protocol(self):
        exchange = self.ok("new Button()")
        opened = [one for one in exchange.messages if one["msg_type"] == "comm_open"]
        self.assertEqual(len(opened), 3)
        for one in opened:
            self.assertEqual(one["content"]["target_name"], "jupyter.widget")
            self.assertEqual(one["metadata"], {"version": "2.1.0"})
            self.assertEqual(one["content"]["data"]["buffer_paths"], [])

    def test_bundle_has_a_twin(self):
        (shown,) = self.ok("new IntSlider({ value: 3, description: 'bits' })").of("execute_result")
        data = shown["data"]
        view = data["application/vnd.jupyter.widget-view+json"]
        self.assertEqual((view["version_major"], view["version_minor"]), (2, 0))
        self.assertEqual(data["text/plain"], "IntSlider({ description: 'bits', value: 3 })")
        self.assertIn("bits", data["text/html"])
        self.assertIn("pip install jupyterlab_widgets", data["text/html"])

    def test_callbacks_are_of_their_cell(self):
        sent, slider = self.cell(
            "const s = new IntSlider(); s.onChange((v, old) => console.log(old, v)); s"
        )
        self.models.update(slider, {"value": 7})
        self.kernel.next_text(sent, "0 7\n")

    def test_an_error_of_a_callback_is_shown_and_the_others_are_called(self):
        sent, slider = self.cell(
            "const e = new IntSlider();\n"
            "e.onChange(() => { throw new RangeError('first'); });\n"
            "e.onChange(async () => { await null; throw new RangeError('second'); });\n"
            "e.onChange(() => console.log('third')); e"
        )
        self.models.update(slider, {"value": 7})
        self.kernel.next_text(sent, "third\n")
        self.models.update(slider, {"value": 7})
        told = self.texts(sent)
        self.assertIn("RangeError: first", told)
        self.assertIn("RangeError: second", told)
        self.assertRegex(told, r"cell\[\d+\]:2:2")
        self.assertNotIn("dist/widgets", told)
        self.assertNotIn("Promise.all", told)

    def test_clicks(self):
        sent, button = self.cell(
            "let n = 0; const b = new Button(); b.onClick(() => console.log('click', ++n)); b"
        )
        click = {"method": "custom", "content": {"event": "click"}}
        self.models.tell(button, click)
        self.kernel.next_text(sent, "click 1\n")
        self.models.tell(button, {"method": "custom", "content": {"event": "other"}})
        self.models.tell(button, {"method": "custom"})
        self.models.tell(button, click)
        self.kernel.next_text(sent, "click 2\n")

    def test_output_names_the_request_around_what_it_captures(self):
        exchange = self.ok(
            "import { display } from 'halfnote';\nconst out = new Output();\n"
            "console.log('before'); out.capture(() => { console.log('in'); display('shown'); });\n"
            "console.log('after'); undefined"
        )
        parent = exchange.messages[0]["parent_header"]["msg_id"]
        order = []
        for one in exchange.messages:
            content = one["content"]
            if one["msg_type"] == "stream":
                order.append(content["text"])
            elif one["msg_type"] == "display_data":
                order.append(content["data"]["text/plain"])
            elif one["msg_type"] == "comm_msg":
                order.append(content["data"]["state"])
        self.assertEqual(
            order,
            ["before\n", {"msg_id": parent}, "in\n", "shown", {"msg_id": ""}, "after\n"],
        )

    def test_output_in_a_callback_names_the_message(self):
        """Its page listens to the message that it has sent, also after it was loaded again."""
        _, button = self.cell(
            "const into = new Output(); const c = new Button();\n"
            "c.onClick(() => into.capture(async () => {\n"
            "  console.log('begins'); await new Promise((r) => setTimeout(r, 20));\n"
            "  console.log('ends'); throw new RangeError('fails'); })); c"
        )
        exchange = self.models.tell(button, {"method": "custom", "content": {"event": "click"}})
        # All of it before the idle of the message, after which the page no longer listens.
        self.assertRegex(self.join(exchange), r"(?s)^begins\nends\nUncaught RangeError: fails")

    @staticmethod
    def join(exchange):
        return "".join(one["text"] for one in exchange.of("stream"))

    def test_outputs_that_the_page_tells_are_kept_and_not_echoed(self):
        _, out = self.cell("const kept = new Output(); kept")
        outputs = [{"output_type": "stream", "name": "stdout", "text": "x"}]
        self.assertEqual(self.models.update(out, {"outputs": outputs}).of("comm_msg"), [])
        self.assertEqual(self.ok("kept.outputs[0]['text']").result, "'x'")

    def test_a_page_that_is_loaded_again_gets_all_states(self):
        _, slider = self.cell("const again = new IntSlider({ value: 33 }); again")
        opened = self.kernel.send(
            "comm_open",
            {"comm_id": "control", "target_name": CONTROL, "data": {}},
            metadata={"version": "1.0.0"},
        )
        self.kernel.finish(opened, has_reply=False)
        answers = self.models.tell("control", {"method": "request_states"}).of("comm_msg")
        (answer,) = [one["data"] for one in answers]
        self.assertEqual(answer["method"], "update_states")
        state = answer["states"][slider]
        self.assertEqual(state["model_name"], "IntSliderModel")
        self.assertEqual(state["model_module"], "@jupyter-widgets/controls")
        self.assertEqual(state["model_module_version"], "2.0.0")
        self.assertEqual(state["state"]["value"], 33)
        layout = state["state"]["layout"].removeprefix("IPY_MODEL_")
        self.assertEqual(answer["states"][layout]["model_name"], "LayoutModel")
        listed = self.kernel.request("comm_info_request", {"target_name": "jupyter.widget"})
        self.assertEqual(set(answer["states"]), set(listed.content["comms"]))

    def test_bytes_travel_beside_the_state(self):
        image = "new Image({ value: new Uint8Array([1, 2, 3]), format: 'jpeg' })"
        sent = self.kernel.send("execute_request", {"code": f"const image = {image}; image"})
        exchange = self.kernel.finish(sent)
        opened = [one for one in exchange.messages if one["msg_type"] == "comm_open"][-1]
        data = opened["content"]["data"]
        self.assertEqual(data["buffer_paths"], [["value"]])
        self.assertNotIn("value", data["state"])
        self.assertEqual([bytes(one) for one in opened["buffers"]], [bytes([1, 2, 3])])
        model_id = opened["content"]["comm_id"]

        update = {"method": "update", "state": {"width": "9"}, "buffer_paths": [["value"]]}
        told = self.kernel.send(
            "comm_msg", {"comm_id": model_id, "data": update}, buffers=[bytes([4, 5])]
        )
        self.kernel.finish(told, has_reply=False)
        self.assertEqual(self.ok("[...image.value, image.width].join()").result, "'4,5,9'")
        self.kernel.send(
            "comm_open",
            {"comm_id": "control-bytes", "target_name": CONTROL, "data": {}},
            metadata={"version": "1.0.0"},
        )
        asked = self.kernel.send(
            "comm_msg", {"comm_id": "control-bytes", "data": {"method": "request_states"}}
        )
        self.kernel.finish(asked, has_reply=False)
        answer = self.kernel.next_message(asked, "comm_msg")
        paths = answer["content"]["data"]["buffer_paths"]
        self.assertEqual(paths, [[model_id, "state", "value"]])
        self.assertEqual([bytes(one) for one in answer["buffers"]], [bytes([4, 5])])

    def test_a_control_comm_of_another_version_is_closed(self):
        self.ok("new Button()")
        opened = self.kernel.send(
            "comm_open",
            {"comm_id": "newer", "target_name": CONTROL, "data": {}},
            metadata={"version": "2.0.0"},
        )
        exchange = self.kernel.finish(opened, has_reply=False)
        self.assertEqual([one["comm_id"] for one in exchange.of("comm_close")], ["newer"])
        self.assertIn("Allowed: 1.x", exchange.text("stderr"))

    def test_a_wrong_value_of_a_page_is_told_and_taken_back(self):
        _, slider = self.cell("const w = new IntSlider({ value: 5 }); w")
        exchange = self.models.update(slider, {"value": "five"})
        self.assertIn("IntSlider.value is 'five'", exchange.text("stderr"))
        last = exchange.of("comm_msg")[-1]["data"]
        self.assertEqual((last["method"], last["state"]), ("update", {"value": 5}))

    def test_closed_widgets_hear_nothing(self):
        _, slider = self.cell("const gone = new IntSlider(); gone")
        closed = self.ok("gone.close(); gone.value = 4; [gone.isOpen, gone.value].join()")
        self.assertEqual([one["comm_id"] for one in closed.of("comm_close")], [slider])
        self.assertEqual(closed.result, "'false,4'")
        self.assertEqual(self.models.update(slider, {"value": 9}).of("comm_msg"), [])

    def test_interact_runs_one_after_the_other(self):
        sent = self.kernel.send(
            "execute_request",
            {
                "code": "const text = new Text({ value: 'a' }); let runs = 0;\n"
                "interact(async ({ text }) => { runs++; await new Promise((r) => setTimeout(r, 30));"
                " return `ran ${text}`; }, { text });\n"
                "text"
            },
        )
        exchange = self.kernel.finish(sent)
        self.assertEqual(exchange.content["status"], "ok", exchange.content)
        text = exchange.of("execute_result")[0]["data"][
            "application/vnd.jupyter.widget-view+json"
        ]["model_id"]
        told = [
            self.kernel.send(
                "comm_msg",
                {"comm_id": text, "data": {"method": "update", "state": {"value": value}}},
            )
            for value in ["b", "c", "d"]
        ]
        for one in told:
            self.kernel.finish(one, has_reply=False)
        shown = [
            entry.message["content"]["data"]["text/plain"]
            for entry in self.kernel.transcript
            if entry.type == "display_data"
            and entry.message["content"]["data"]["text/plain"].startswith("ran ")
        ]
        self.assertEqual(shown[-1], "ran d")
        self.assertEqual(self.ok("runs <= 4").result, "true")

    def test_interact_goes_on_after_an_interrupt(self):
        for body in ["for (;;);", "await new Promise(() => undefined);"]:
            with self.subTest(body=body):
                _, text = self.cell(
                    "var line = new Text();\ninteract(async ({ line }) => {"
                    f" console.log(`got ${{line}}`); if (line === 'stop') {{ {body} }} }}, {{ line }});"
                    "\nline"
                )
                stop = {"method": "update", "state": {"value": "stop"}}
                told = self.kernel.send("comm_msg", {"comm_id": text, "data": stop})
                self.kernel.next_text(told, "got stop\n")
                self.kernel.request("interrupt_request", channel="control")
                self.kernel.finish(told, has_reply=False)
                exchange = self.models.update(text, {"value": "on"})
                self.assertEqual(exchange.text(), "got on\n")
                ids = [one["data"]["state"].get("msg_id") for one in self.sent_last(4)]
                self.assertEqual([one for one in ids if one is not None][-2:], [exchange.id, ""])

    def sent_last(self, count):
        """The last messages of comms, as they came."""
        entries = [entry for entry in self.kernel.transcript if entry.type == "comm_msg"]
        return [entry.message["content"] for entry in entries if not entry.is_sent][-count:]

    def test_an_interrupt_ends_a_callback(self):
        for body in ["for (;;);", "await new Promise(() => undefined);"]:
            with self.subTest(body=body):
                sent, button = self.cell(
                    f"var l = new Button(); l.onClick(async () => {{ "
                    f"console.log('loops'); {body} }}); l"
                )
                told = self.kernel.send(
                    "comm_msg",
                    {
                        "comm_id": button,
                        "data": {"method": "custom", "content": {"event": "click"}},
                    },
                )
                self.kernel.next_text(sent, "loops\n")
                self.kernel.request("interrupt_request", channel="control")
                self.kernel.finish(told, has_reply=False)
                self.assertEqual(self.ok("1 + 1").result, "2")

    def test_zz_after_the_cell_process_has_ended(self):
        """The page is told that its widgets are gone, and what it still sends harms nothing."""
        _, slider = self.cell("new IntSlider()")
        ended = self.kernel.send("execute_request", {"code": "process.exit(3)"})
        self.kernel.finish(ended)
        while not self.closes(slider):
            self.kernel.receive_for(0.2)
        self.assertEqual(self.models.update(slider, {"value": 9}).of("comm_msg"), [])
        self.assertEqual(self.ok("1 + 1").result, "2")

    def closes(self, model_id):
        return any(
            one["msg_type"] == "comm_close" and one["content"]["comm_id"] == model_id
            for messages in self.kernel.outputs.values()
            for one in messages
        )
