"""The content of each message that a front end sends, by channel, as the specification 5.5 has it."""

from spec.parts import ANY_OBJECT, BOOLEAN, COUNT, STRING, record, status

COMM = record(comm_id=STRING, data=ANY_OBJECT)
COMMON_HISTORY = {"output": BOOLEAN, "raw": BOOLEAN}

SHELL = {
    "execute_request": record(
        ("silent", "store_history", "user_expressions", "allow_stdin", "stop_on_error"),
        code=STRING,
        silent=BOOLEAN,
        store_history=BOOLEAN,
        user_expressions={"type": "object", "additionalProperties": STRING},
        allow_stdin=BOOLEAN,
        stop_on_error=BOOLEAN,
    ),
    "complete_request": record(code=STRING, cursor_pos=COUNT),
    "inspect_request": record(code=STRING, cursor_pos=COUNT, detail_level={"enum": [0, 1]}),
    "is_complete_request": record(code=STRING),
    "history_request": {
        "oneOf": [
            record(hist_access_type=status("tail"), n=COUNT, **COMMON_HISTORY),
            record(
                hist_access_type=status("range"),
                session={"type": "integer"},
                start=COUNT,
                stop={"type": ["integer", "null"]},
                **COMMON_HISTORY,
            ),
            record(
                ("n",),
                hist_access_type=status("search"),
                pattern=STRING,
                unique=BOOLEAN,
                n=COUNT,
                **COMMON_HISTORY,
            ),
        ]
    },
    "kernel_info_request": record(),
    "connect_request": record(),
    "comm_info_request": record(("target_name",), target_name=STRING),
    "comm_open": record(comm_id=STRING, target_name=STRING, data=ANY_OBJECT),
    "comm_msg": COMM,
    "comm_close": COMM,
}

CONTROL = {
    "interrupt_request": record(),
    "shutdown_request": record(restart=BOOLEAN),
    "debug_request": record(
        ("arguments",), seq=COUNT, type=status("request"), command=STRING, arguments=ANY_OBJECT
    ),
}

STDIN = {
    "input_reply": record(value=STRING),
}
