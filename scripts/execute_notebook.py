"""Executes notebooks through their kernels and prints one line a cell: execute_notebook.py IN OUT [IN OUT ...].

One process for all of them, each with a kernel of its own. The exit code is 1 when one did not run to its end.
"""

import os
import sys
import time
import traceback

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def title(cell):
    """The first line of a code cell that says something."""
    lines = [line.strip() for line in cell.source.splitlines()]
    return next((line for line in lines if line and not line.startswith("import ")), "")[:70]


def execute(source, target):
    """Whether the notebook ran to its end; what it has put out is written in any case."""
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
        return False
    finally:
        temporary = f"{target}.{os.getpid()}.tmp"
        nbformat.write(notebook, temporary)
        os.replace(temporary, target)
    return True


def main(paths):
    results = []
    for source, target in zip(paths[::2], paths[1::2], strict=True):
        print(f"\n{os.path.relpath(source)}", flush=True)
        start = time.monotonic()
        try:
            results.append(execute(source, target))
        except Exception:
            # A kernel that died, or a cell without end: the next notebook has a kernel of its own.
            traceback.print_exc()
            results.append(False)
        print(f"{time.monotonic() - start:.0f} s", flush=True)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
