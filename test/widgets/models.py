"""Models as both ends tell them, in a form in which they can be compared."""

import ipywidgets

REFERENCE = "IPY_MODEL_"


def python_state(widget):
    """What Python's widget tells of itself, with the models it refers to in place of their ids."""
    return _resolved(widget.get_state(), lambda model_id: _open_in_python(model_id).get_state())


def _open_in_python(model_id):
    from ipywidgets.widgets.widget import _instances

    return _instances[model_id]


class OurModels:
    """The models that a kernel has opened."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.opened = {}

    def run(self, code):
        """Runs a cell; returns what it has shown, and notes the models that it opens."""
        exchange = self.kernel.execute(code)
        for content in exchange.of("comm_open"):
            self.opened[content["comm_id"]] = content["data"]["state"]
        return exchange

    def make(self, code):
        """The id of the widget that a cell ends in."""
        exchange = self.run(code)
        assert exchange.content["status"] == "ok", exchange.content
        (shown,) = exchange.of("execute_result")
        return shown["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]

    def tell(self, model_id, data):
        """Sends a message of a front end; returns what is answered up to idle."""
        sent = self.kernel.send("comm_msg", {"comm_id": model_id, "data": data})
        exchange = self.kernel.finish(sent, has_reply=False)
        exchange.id = sent
        return exchange

    def update(self, model_id, state):
        return self.tell(model_id, {"method": "update", "state": state, "buffer_paths": []})

    def state(self, model_id):
        """The state as the kernel has it now."""
        answers = self.tell(model_id, {"method": "request_state"}).of("comm_msg")
        (state,) = [one["data"]["state"] for one in answers if one["comm_id"] == model_id]
        return _resolved({**self.opened[model_id], **state}, self.opened.get)


def _resolved(value, state_of):
    if isinstance(value, str) and value.startswith(REFERENCE):
        return _resolved(state_of(value.removeprefix(REFERENCE)), state_of)
    if isinstance(value, dict):
        return {name: _resolved(one, state_of) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_resolved(one, state_of) for one in value]
    return value


def python_messages(widget, state):
    """What Python's widget sends when a front end sets properties."""
    sent = []
    widget._send = lambda message, buffers=None: sent.append(message)
    try:
        widget.set_state(state)
    finally:
        del widget._send
    return [(message["method"], message["state"]) for message in sent]


__all__ = ["OurModels", "ipywidgets", "python_messages", "python_state"]
