"""The content of each message that a kernel sends, by channel, as the messaging specification 5.5 has it."""

from spec.parts import ANY_OBJECT, BOOLEAN, BUNDLE, COUNT, PORT, STRING, STRINGS, record, status

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
SHUTDOWN_REPLY = record(status=status("ok"), restart={"type": "boolean"})

IOPUB = {
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
    "debug_event": record(
        seq=COUNT, type=status("event"), event=STRING, body=ANY_OBJECT
    ),
    "iopub_welcome": record(subscription=STRING),
    # Other front ends learn of a shutdown here.
    "shutdown_reply": SHUTDOWN_REPLY,
}

STDIN = {
    "input_request": record(prompt=STRING, password={"type": "boolean"}),
}

SHELL = {
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
            codemirror_mode={"type": "object", "required": ["name", "mime"]},
            nbconvert_exporter=STRING,
        ),
        banner=STRING,
        help_links={"type": "array", "items": record(text=STRING, url=STRING)},
        debugger=BOOLEAN,
        supported_features={
            "type": "array",
            "items": {"enum": ["debugger", "kernel subshells"]},
        },
    ),
    "connect_reply": record(
        **{"status": status("ok")},
        **{f"{name}_port": PORT for name in ["shell", "iopub", "stdin", "control", "hb"]},
    ),
}

CONTROL = {
    "interrupt_reply": record(status=status("ok")),
    "shutdown_reply": SHUTDOWN_REPLY,
    # The Debug Adapter Protocol's own message is the content.
    "debug_reply": record(
        ("message",),
        seq=COUNT,
        type=status("response"),
        request_seq=COUNT,
        success=BOOLEAN,
        command=STRING,
        body=ANY_OBJECT,
        message=STRING,
    ),
}
