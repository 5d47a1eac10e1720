"""What papermill's translator of ours makes of values, and reads of a cell. Prints it as JSON."""

import json

import nbformat
import papermill  # noqa: F401 -- what it loads registers the translator
from papermill.exceptions import PapermillException
from papermill.engines import papermill_engines
from papermill.models import Parameter
from papermill.parameterize import parameterize_notebook
from papermill.translators import papermill_translators

CELL = """let epochs: number = 3; // how often
const format: 'fp32' | 'bf16' = 'fp32' /* of products */
const layers: number[] = [ // wide first
  16,
  8,
], name = `a;b`
let seen: bigint = 3n, table: Map<string, Array<number>> = new Map<string, Array<number>>();
let rate = -0.1
function f() { const inner = 3; }
for (let i = 0; i < 3; i++) {}
let unset: string;
export let last = { a: "=;" }.a;"""


def injected(**values):
    kernel = {"name": "halfnote", "display_name": "TypeScript (Halfnote)", "language": "typescript"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    notebook.metadata.papermill = {}
    notebook.cells = [nbformat.v4.new_code_cell(CELL, metadata={"tags": ["parameters"]})]
    try:
        return parameterize_notebook(notebook, values).cells[1].source
    except PapermillException as error:
        return f"refused: {error}"


translator = papermill_translators.find_translator("a kernel by another name", "typescript")
inspected = translator.inspect(nbformat.v4.new_code_cell(CELL))
assert all(isinstance(parameter, Parameter) for parameter in inspected)
translate = translator.translate
print(
    json.dumps(
        {
            "inspected": [list(parameter) for parameter in inspected],
            "typed": injected(epochs=2, format="bf16", seen=5, rate=None, extra=[]),
            "unsafe": injected(epochs=2**53),
            "named": [injected(**{"a-b": 1}), injected(**{"class": 1})],
            "values": [
                translate(value)
                for value in [
                    None, True, 2**53 - 1, -(2**53), 1e300, float("nan"), float("-inf"),
                    "\"'`\\\n\u2028${x}\u00fc\U0001f600", "\ud800",
                    [1, [], {}], {"__proto__": {"a": 1}, "b c": [None], True: 3, None: 4},
                ]
            ],
            "default": papermill_engines.get_engine(None).__name__,
        }
    )
)
