"""A front end for tests: sends requests, checks each message against its schema, and collects them."""

import os
import time
from queue import Empty

from jupyter_client.manager import start_new_kernel
from schemas import check

KERNEL = os.environ.get("HALFNOTE_KERNEL", "halfnote")
TIMEOUT = 60


class Exchange:
    """All messages that belong to one request."""

    def __init__(self, reply, messages):
        self.reply = reply
        self.content = reply and reply["content"]
        self.messages = messages
        self.types = [m["msg_type"] for m in messages]

    def of(self, msg_type):
        return [m["content"] for m in self.messages if m["msg_type"] == msg_type]

    def text(self, name="stdout"):
        return "".join(c["text"] for c in self.of("stream") if c["name"] == name)

    @property
    def result(self):
        return self.of("execute_result")[0]["data"]["text/plain"]


class FrontEnd:
    def __init__(self):
        self.manager, self.client = start_new_kernel(kernel_name=KERNEL)

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def send(self, msg_type, content, channel="shell"):
        """Sends a request as it is, right or wrong; returns its id."""
        message = self.client.session.msg(msg_type, content)
        getattr(self.client, f"{channel}_channel").send(message)
        return message["header"]["msg_id"]

    def request(self, msg_type, content=None, channel="shell"):
        return self.finish(self.send(msg_type, content or {}, channel), channel)

    def execute(self, code, **options):
        return self.request("execute_request", {"code": code, **options})

    def finish(self, msg_id, channel="shell", has_reply=True):
        """Waits for the reply and for idle."""
        messages = []
        deadline = time.monotonic() + TIMEOUT
        while not (messages and is_idle(messages[-1])):
            message = check(self.client.get_iopub_msg(timeout=deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") == msg_id:
                messages.append(message)
        reply = None
        while has_reply and (reply is None or reply["parent_header"]["msg_id"] != msg_id):
            socket = getattr(self.client, f"{channel}_channel")
            reply = check(socket.get_msg(timeout=deadline - time.monotonic()))
        return Exchange(reply, messages)

    def next_output(self, msg_id, msg_type, timeout=TIMEOUT):
        """Waits for an output of a request, also after its idle."""
        deadline = time.monotonic() + timeout
        while True:
            message = check(self.client.get_iopub_msg(timeout=deadline - time.monotonic()))
            is_mine = message["parent_header"].get("msg_id") == msg_id
            if is_mine and message["msg_type"] == msg_type:
                return message["content"]

    def is_quiet(self, seconds=0.3):
        """Whether nothing comes on IOPub for so long."""
        try:
            check(self.client.get_iopub_msg(timeout=seconds))
            return False
        except Empty:
            return True


def is_idle(message):
    return message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
