"""`jupyter nbconvert --to script`: a script that runs by itself, as `halfnote convert` makes it.

nbconvert finds it by the notebook's language. Notebooks of other kernels for TypeScript are exported as without it.
"""

import json
import subprocess

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbconvert.exporters import ScriptExporter
from nbconvert.utils.exceptions import ConversionException

#: How a kernel of ours is started, behind its command.
_ARGUMENTS = ["kernel", "{connection_file}"]


class TypeScriptExporter(ScriptExporter):
    """TypeScript with its magics expanded, in a file that Node.js takes for an ES module."""

    export_from_notebook = None

    def from_notebook_node(self, nb, resources=None, **kw):
        command = self._command(nb.metadata.get("kernelspec", {}).get("name", "halfnote"))
        if command is None:
            self.file_extension = nb.metadata.get("language_info", {}).get("file_extension", ".ts")
            self.output_mimetype = "text/typescript"
            # Past the exporter that has found this one by the language.
            return super(ScriptExporter, self).from_notebook_node(nb, resources, **kw)
        nb, resources = self._preprocess(nb, self._init_resources(resources))
        resources["output_extension"] = ".mts"
        folder = resources.get("metadata", {}).get("path") or None
        return self._convert(command, nb, folder), resources

    def _convert(self, command, nb, folder):
        done = subprocess.run(
            [*command, "convert", "-", "--to", "ts", "--output", "-"],
            input=json.dumps(_code_of(nb)),
            capture_output=True,
            cwd=folder,
            encoding="utf-8",
            check=False,
        )
        if done.returncode != 0:
            raise ConversionException(done.stderr.strip())
        for note in done.stderr.splitlines():
            self.log.warning(note)
        return done.stdout

    def _command(self, name):
        """What starts the kernel of this name, if it is one of ours."""
        try:
            argv = KernelSpecManager(parent=self).get_kernel_spec(name).argv
        except NoSuchKernel:
            if name != "halfnote":
                return None
            raise ConversionException(
                'Jupyter knows no kernel "halfnote", which makes scripts of its notebooks: `halfnote install` makes it known'
            ) from None
        is_ours = argv[-2:] == _ARGUMENTS and (name == "halfnote" or "halfnote" in " ".join(argv))
        return argv[:-2] if is_ours else None


def _code_of(nb):
    """What a script is made of: papermill leaves NaN and Infinity in the rest, which is no JSON."""
    metadata = {key: nb.metadata[key] for key in ("kernelspec", "language_info") if key in nb.metadata}
    cells = [
        {
            "cell_type": cell.cell_type,
            "source": cell.source,
            "metadata": {"tags": cell.metadata.get("tags", [])},
        }
        for cell in nb.cells
    ]
    return {"nbformat": 4, "nbformat_minor": nb.nbformat_minor, "metadata": metadata, "cells": cells}
