"""A front end that debugs: requests of the Debug Adapter Protocol, and its events as they come."""

import time

from client import TIMEOUT, FrontEnd

REASONS = ("breakpoint", "step", "pause", "exception")


class DebuggingFrontEnd(FrontEnd):
    def __init__(self):
        super().__init__()
        self.seq = 0
        # Events up to here are done with.
        self.seen = 0

    def debug(self, command, **arguments):
        """The answer's body; the request must succeed."""
        content = self.debug_answer(command, **arguments)
        assert content["success"], content
        return content["body"]

    def debug_answer(self, command, **arguments):
        self.seq += 1
        content = {
            "seq": self.seq,
            "type": "request",
            "command": command,
            "arguments": arguments,
        }
        answer = self.request("debug_request", content, "control").content
        assert answer["request_seq"] == self.seq and answer["command"] == command, answer
        return answer

    def attach(self):
        capabilities = self.debug("initialize", adapterID="test", linesStartAt1=True)
        self.debug("attach")
        return capabilities

    def dump(self, code):
        return self.debug("dumpCell", code=code)["sourcePath"]

    def set_breakpoints(self, path, *lines):
        wanted = [line if isinstance(line, dict) else {"line": line} for line in lines]
        body = self.debug("setBreakpoints", source={"path": path}, breakpoints=wanted)
        return body["breakpoints"]

    def break_in(self, code, *lines):
        """Breakpoints in a cell's code: the lines that they were put at."""
        return [each["line"] for each in self.set_breakpoints(self.dump(code), *lines)]

    def start(self, code):
        return self.send("execute_request", {"code": code})

    def next_event(self, name):
        """Waits for the next event of a name behind those that were waited for."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            for at in range(self.seen, len(self.transcript)):
                entry = self.transcript[at]
                if entry.type == "debug_event" and entry.message["content"]["event"] == name:
                    self.seen = at + 1
                    return entry.message["content"]["body"]
            self.receive_output(deadline)

    def next_stop(self):
        """Where execution has stopped: the reason, and the frames."""
        reason = self.next_event("stopped")["reason"]
        assert reason in REASONS, reason
        return reason, self.frames()

    def frames(self):
        return self.debug("stackTrace", threadId=1)["stackFrames"]

    def stop_line(self):
        return self.next_stop()[1][0]["line"]

    def go_on(self):
        self.debug("continue", threadId=1)

    def variables(self, scope, frame=None):
        """A scope's variables by name, each as it is shown."""
        frame = frame or self.frames()[0]
        scopes = self.debug("scopes", frameId=frame["id"])["scopes"]
        (found,) = [each for each in scopes if each["name"] == scope]
        reference = found["variablesReference"]
        variables = self.debug("variables", variablesReference=reference)["variables"]
        return {each["name"]: each for each in variables}

    def shown(self, scope, frame=None):
        return {name: each["value"] for name, each in self.variables(scope, frame).items()}
