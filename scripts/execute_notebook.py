"""Executes a notebook through its kernel and prints one line a cell: execute_notebook.py IN OUT."""

import os
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def title(cell):
    """The first line of a code cell that says something."""
    lines = [line.strip() for line in cell.source.splitlines()]
    return next((line for line in lines if line and not line.startswith("import ")), "")[:70]


def main(source, target):
    notebook = nbformat.read(source, as_version=4)
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    started = {}

    def on_start(cell, cell_index, **_):
        started[cell_index] = time.monotonic()
        number = 1 + sum(1 for c in notebook.cells[:cell_index] if c.cell_type == "code")
        print(f"[{number:2}/{len(code_cells)}] {title(cell):72}", end="", flush=True)

    def on_done(cell, cell_index, execute_reply, **_):
        ok = execute_reply["content"]["status"] == "ok"
        print(f"{time.monotonic() - started[cell_index]:6.1f} s{'' if ok else '  failed'}", flush=True)

    client = NotebookClient(
        notebook,
        timeout=600,
        record_timing=False,  # committed notebooks shouldn't change with the clock
        resources={"metadata": {"path": os.path.dirname(os.path.abspath(source))}},
        on_cell_execute=on_start,
        on_cell_executed=on_done,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        temporary = f"{target}.{os.getpid()}.tmp"
        nbformat.write(notebook, temporary)
        os.replace(temporary, target)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
