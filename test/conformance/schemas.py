"""The content of each message that the kernel may send, as the messaging specification 5.5 has it.

Stricter than the specification: a field that is not listed here is a mistake.
"""

from jsonschema import Draft202012Validator

STRING = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
STRINGS = {"type": "array", "items": STRING}
ANY_OBJECT = {"type": "object"}
BUNDLE = {"type": "object", "propertyNames": {"pattern": r"^[\w.+-]+/[\w.+-]+$"}}


def record(optional=(), **properties):
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def status(*values):
    return {"enum": list(values)}


ERROR = {"ename": STRING, "evalue": STRING, "traceback": STRINGS}
ERROR_REPLY = record(status=status("error"), **ERROR)
EXPRESSION = {
    "oneOf": [
        record(status=status("ok"), data=BUNDLE, metadata=ANY_OBJECT),
        record(status=status("error"), **ERROR),
    ]
}
PAYLOAD = {
    "oneOf": [
        record(source=status("set_next_input"), text=STRING, replace={"type": "boolean"}),
        record(source=status("page"), data=BUNDLE, start=COUNT),
    ]
}
TYPED_MATCH = record(start=COUNT, end=COUNT, text=STRING, type=STRING)
HISTORY_INPUT = {
    "oneOf": [
        STRING,
        {
            "type": "array",
            "prefixItems": [STRING, {"type": ["string", "null"]}],
            "minItems": 2,
            "maxItems": 2,
        },
    ]
}
HISTORY_ENTRY = {
    "type": "array",
    "prefixItems": [{"type": "integer"}, {"type": "integer"}, HISTORY_INPUT],
    "minItems": 3,
    "maxItems": 3,
}
DISPLAY = record(data=BUNDLE, metadata=ANY_OBJECT, transient=record(("display_id",), display_id=STRING))

SCHEMAS = {
    # IOPub
    "status": record(execution_state=status("starting", "busy", "idle")),
    "execute_input": record(code=STRING, execution_count=COUNT),
    "stream": record(name=status("stdout", "stderr"), text={"type": "string", "minLength": 1}),
    "execute_result": record(execution_count=COUNT, data=BUNDLE, metadata=ANY_OBJECT),
    "display_data": DISPLAY,
    "update_display_data": DISPLAY,
    "clear_output": record(wait={"type": "boolean"}),
    "error": record(**ERROR),
    "comm_open": record(comm_id=STRING, target_name=STRING, data=ANY_OBJECT),
    "comm_msg": record(comm_id=STRING, data=ANY_OBJECT),
    "comm_close": record(comm_id=STRING, data=ANY_OBJECT),
    "iopub_welcome": record(subscription=STRING),
    # Stdin
    "input_request": record(prompt=STRING, password={"type": "boolean"}),
    # Replies
    "execute_reply": {
        "oneOf": [
            record(
                status=status("ok"),
                execution_count=COUNT,
                payload={"type": "array", "items": PAYLOAD},
                user_expressions={"type": "object", "additionalProperties": EXPRESSION},
            ),
            record(
                status=status("error"),
                execution_count=COUNT,
                payload={"type": "array", "maxItems": 0},
                user_expressions={"type": "object", "maxProperties": 0},
                **ERROR,
            ),
            record(status=status("aborted"), execution_count=COUNT),
        ]
    },
    "complete_reply": record(
        status=status("ok"),
        matches=STRINGS,
        cursor_start=COUNT,
        cursor_end=COUNT,
        metadata=record(_jupyter_types_experimental={"type": "array", "items": TYPED_MATCH}),
    ),
    "inspect_reply": record(
        status=status("ok"), found={"type": "boolean"}, data=BUNDLE, metadata=ANY_OBJECT
    ),
    "is_complete_reply": {
        "oneOf": [
            record(status=status("complete", "invalid", "unknown")),
            record(status=status("incomplete"), indent=STRING),
        ]
    },
    "history_reply": record(
        status=status("ok"), history={"type": "array", "items": HISTORY_ENTRY}
    ),
    "comm_info_reply": record(
        status=status("ok"),
        comms={"type": "object", "additionalProperties": record(target_name=STRING)},
    ),
    "kernel_info_reply": record(
        status=status("ok"),
        protocol_version={"type": "string", "pattern": r"^\d+\.\d+$"},
        implementation=STRING,
        implementation_version=STRING,
        language_info=record(
            name=STRING,
            version=STRING,
            mimetype=STRING,
            file_extension={"type": "string", "pattern": r"^\."},
            pygments_lexer=STRING,
            codemirror_mode=STRING,
            nbconvert_exporter=STRING,
        ),
        banner=STRING,
        help_links={"type": "array", "items": record(text=STRING, url=STRING)},
        supported_features={
            "type": "array",
            "items": {"enum": ["debugger", "kernel subshells"]},
        },
    ),
    "interrupt_reply": record(status=status("ok")),
    "shutdown_reply": record(status=status("ok"), restart={"type": "boolean"}),
}

HEADER = {
    "type": "object",
    "required": ["msg_id", "msg_type", "session", "username", "date", "version"],
}


def check(message):
    """Returns the message, or raises `jsonschema.ValidationError`."""
    msg_type = message["header"]["msg_type"]
    schema = SCHEMAS[msg_type]
    if msg_type.endswith("_reply") and msg_type != "execute_reply":
        schema = {"anyOf": [schema, ERROR_REPLY]}
    Draft202012Validator(HEADER).validate(message["header"])
    Draft202012Validator(schema).validate(message["content"])
    return message
