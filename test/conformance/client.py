"""A front end for tests: sends requests, checks each message against its schema, and collects them."""

import os
import time
from collections import defaultdict
from dataclasses import dataclass
from queue import Empty

from jupyter_client.manager import KernelManager
from jupyter_client.session import Session
from spec import check

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


@dataclass(frozen=True)
class Entry:
    """A message as it went over the wire, in the order in which this front end sent or read it."""

    channel: str
    is_sent: bool
    message: dict

    @property
    def type(self):
        return self.message["header"]["msg_type"]

    @property
    def parent_id(self):
        return self.message["parent_header"].get("msg_id")


class FrontEnd:
    # How long an answer may take; a cell that is given a budget of its own may take longer.
    timeout = TIMEOUT

    def __init__(self, manager=None):
        """Starts a kernel, or joins the one of `manager`."""
        self.owns_kernel = manager is None
        if manager is None:
            manager = KernelManager(kernel_name=KERNEL)
            manager.start_kernel()
        # A session of its own: front ends are told apart by it.
        session = Session(key=manager.session.key)
        self.manager, self.client = manager, manager.client(session=session)
        # What has come so far, by the request it belongs to: replies may overtake outputs.
        self.outputs = defaultdict(list)
        self.replies = {}
        self.transcript = []
        self.join()

    def join(self):
        """From the welcome on, no broadcast is missed."""
        self.client.start_channels()
        self.next_message(None, "iopub_welcome")
        self.info = self.request("kernel_info_request").content

    def close(self):
        self.client.stop_channels()
        if self.owns_kernel:
            self.manager.shutdown_kernel(now=True)

    def send(self, msg_type, content, channel="shell", metadata=None, buffers=()):
        """Sends a request as it is, right or wrong; returns its id."""
        session = self.client.session
        message = session.msg(msg_type, content, metadata=metadata)
        socket = getattr(self.client, f"{channel}_channel").socket
        self.transcript.append(Entry(channel, True, message))
        session.send(socket, message, buffers=list(buffers))
        return message["header"]["msg_id"]

    def request(self, msg_type, content=None, channel="shell"):
        return self.finish(self.send(msg_type, content or {}, channel), channel)

    def execute(self, code, **options):
        return self.request("execute_request", {"code": code, **options})

    def question(self):
        """Waits for the next question to the user."""
        return self.received("stdin", self.client.get_stdin_msg(timeout=TIMEOUT))

    def answer(self, question, value):
        """Answers as JupyterLab does: the question is the answer's parent."""
        message = self.client.session.msg("input_reply", {"value": value}, parent=question)
        self.transcript.append(Entry("stdin", True, message))
        self.client.stdin_channel.send(message)

    def finish(self, msg_id, channel="shell", has_reply=True):
        """Waits for the reply and for idle."""
        mine = self.outputs[msg_id]
        deadline = time.monotonic() + self.timeout
        while not self.is_finished(msg_id):
            self.receive_output(deadline)
        while has_reply and msg_id not in self.replies:
            socket = getattr(self.client, f"{channel}_channel")
            message = socket.get_msg(timeout=deadline - time.monotonic())
            reply = self.received(channel, message)
            self.replies[reply["parent_header"]["msg_id"]] = reply
        return Exchange(self.replies.get(msg_id), list(mine))

    def is_finished(self, msg_id):
        return any(map(is_idle, self.outputs[msg_id]))

    def next_output(self, msg_id, msg_type):
        """Waits for the first output of a type, also after the request's idle; returns its content."""
        return self.next_message(msg_id, msg_type)["content"]

    def next_message(self, msg_id, msg_type):
        deadline = time.monotonic() + TIMEOUT
        while True:
            for message in self.outputs[msg_id]:
                if message["msg_type"] == msg_type:
                    return message
            self.receive_output(deadline)

    def next_text(self, msg_id, text):
        """Waits until a stream message of the request says so."""
        deadline = time.monotonic() + TIMEOUT
        while not any(m["content"].get("text") == text for m in self.outputs[msg_id]):
            self.receive_output(deadline)

    def receive_for(self, seconds):
        """Receives outputs for so long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self.receive_output(deadline)
            except Empty:
                return

    def receive_output(self, deadline):
        timeout = max(0, deadline - time.monotonic())
        message = self.received("iopub", self.client.get_iopub_msg(timeout=timeout))
        self.outputs[message["parent_header"].get("msg_id")].append(message)

    def received(self, channel, message):
        self.transcript.append(Entry(channel, False, message))
        return check(message, channel)


def is_idle(message):
    return message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
