"""A kernel behind Jupyter's Kernel Gateway: started by HTTP, spoken to over a WebSocket. Prints what came as JSON.

`gateway.py URL`: the gateway that listens there.
"""

import json
import sys
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timezone

import websocket

url = sys.argv[1]


def request(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(f"{url}{path}", data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(asked) as reply:
        return json.loads(reply.read() or "null")


def execute(socket, code, on_busy=lambda: None):
    """The reply's content, and the outputs."""
    asked = message("execute_request", {"code": code, "silent": False, "store_history": True})
    socket.send(json.dumps(asked))
    outputs, reply, idle = [], None, False
    while reply is None or not idle:
        got = json.loads(socket.recv())
        if got["parent_header"].get("msg_id") != asked["header"]["msg_id"]:
            continue
        kind, content = got["msg_type"], got["content"]
        if kind == "execute_reply":
            reply = content
        elif kind == "status":
            idle = content["execution_state"] == "idle"
        elif kind in ("stream", "execute_result", "display_data", "error"):
            outputs.append(content)
        if kind == "stream" and "waiting" in content["text"]:
            on_busy()
    return reply, outputs


def message(kind, content):
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "username": "",
        "session": "s",
        "version": "5.4",
        "date": datetime.now(timezone.utc).isoformat(),
    }
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}


kernel = request("POST", "/api/kernels", {"name": "halfnote"})["id"]
address = f"{url.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels"
socket = websocket.create_connection(address, timeout=300)
try:
    results = {
        "sum": execute(socket, "1 + 1"),
        "precision": execute(socket, "%precision bf16"),
        "interrupt": execute(
            socket,
            "console.log('waiting');\nawait new Promise((resolve) => setTimeout(resolve, 1e9));",
            lambda: request("POST", f"/api/kernels/{kernel}/interrupt", {}),
        ),
        "after": execute(socket, "2 + 2"),
    }
finally:
    socket.close()
    request("DELETE", f"/api/kernels/{kernel}")
try:
    request("GET", f"/api/kernels/{kernel}")
except urllib.error.HTTPError as error:
    results["gone"] = error.code
print(json.dumps(results))
