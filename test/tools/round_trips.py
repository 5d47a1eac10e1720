"""Every notebook through jupytext's formats and back: prints those whose cells or kernel are not the same, as JSON."""

import json
import sys
from pathlib import Path

import jupytext
import nbformat

folder, *formats = sys.argv[1:]
paths = sorted(path for path in Path(folder).rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
problems = []
for path in paths:
    notebook = nbformat.read(path, 4)
    cells = [(cell.cell_type, cell.source) for cell in notebook.cells]
    for form in formats:
        back = jupytext.reads(jupytext.writes(notebook, fmt=form), fmt=form)
        if [(cell.cell_type, cell.source) for cell in back.cells] != cells:
            problems.append(f"{path.name} by {form}: other cells")
        if back.metadata.get("kernelspec") != notebook.metadata["kernelspec"]:
            problems.append(f"{path.name} by {form}: another kernel")
print(json.dumps({"count": len(paths), "problems": problems}))
