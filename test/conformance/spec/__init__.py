"""Jupyter's messaging specification 5.5 as schemas, and checks of single messages against it."""

import json

from jsonschema import Draft202012Validator
from spec import messages_of_front_end, messages_of_kernel
from spec.messages_of_kernel import ERROR_REPLY
from spec.parts import STRING, record

FROM_KERNEL = {
    "shell": messages_of_kernel.SHELL,
    "control": messages_of_kernel.CONTROL,
    "stdin": messages_of_kernel.STDIN,
    "iopub": messages_of_kernel.IOPUB,
}
FROM_FRONT_END = {
    "shell": messages_of_front_end.SHELL,
    "control": messages_of_front_end.CONTROL,
    "stdin": messages_of_front_end.STDIN,
}

HEADER = record(
    msg_id={"type": "string", "minLength": 1},
    msg_type=STRING,
    session={"type": "string", "minLength": 1},
    username=STRING,
    date={"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
    version={"type": "string", "pattern": r"^5\.\d+$"},
)
EXECUTE_METADATA = record(started=HEADER["properties"]["date"], status=STRING)
NO_METADATA = record()
# Whoever writes a comm's messages says what their metadata holds.
FREE_METADATA = {"comm_open", "comm_msg", "comm_close"}


def check(message, channel):
    """Returns what the kernel sent, or raises `jsonschema.ValidationError`."""
    header = sent_header(message)
    # Whoever saves the notebook writes UTF-8, which half a surrogate pair has no place in.
    json.dumps([header, message["metadata"], message["content"]], ensure_ascii=False).encode()
    validate(HEADER, header)
    msg_type = header["msg_type"]
    assert header["version"] == "5.5", header
    assert msg_type in FROM_KERNEL[channel], f"{msg_type} has no place on {channel}"
    schema = FROM_KERNEL[channel][msg_type]
    if msg_type.endswith("_reply") and msg_type != "execute_reply":
        schema = {"anyOf": [schema, ERROR_REPLY]}
    validate(schema, message["content"])
    if msg_type == "execute_reply" and message["content"]["status"] != "aborted":
        validate(EXECUTE_METADATA, message["metadata"])
    elif msg_type not in FREE_METADATA:
        validate(NO_METADATA, message["metadata"])
    if msg_type not in FREE_METADATA:
        assert message["buffers"] == [], message
    return message


def check_request(message, channel):
    """The same of a front end's message, for tests that mean to send nothing wrong."""
    validate(FROM_FRONT_END[channel][message["header"]["msg_type"]], message["content"])
    return message


def sent_header(message):
    """The header as it was sent: jupyter_client makes a date of the text."""
    header = dict(message["header"])
    date = header["date"]
    return {**header, "date": date if isinstance(date, str) else date.isoformat()}


def validate(schema, value):
    Draft202012Validator(schema).validate(value)
