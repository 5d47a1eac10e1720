"""Comms, opened from either end."""

import unittest

from cases import KernelCase


class CommTest(KernelCase):
    def test_comm_info(self):
        content = self.kernel.request("comm_info_request").content
        self.assertEqual(content["comms"], {})

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


if __name__ == "__main__":
    unittest.main()
