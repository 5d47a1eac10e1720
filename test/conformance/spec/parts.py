"""What the schemas of messages are put together from.

Stricter than the specification: a field that is not listed is a mistake.
"""

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
PORT = {"type": "integer", "minimum": 1, "maximum": 65535}
BOOLEAN = {"type": "boolean"}
