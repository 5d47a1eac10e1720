"""`jupyter nbconvert --to halfnote-html`: HTML in which magics are coloured as in JupyterLab.

A notebook says which lexer colours it, and nbconvert shows it without any colour where that one isn't installed, as on
GitHub and nbviewer. So notebooks of Halfnote say `typescript`, which all have, and this exporter takes ours.
"""

from copy import deepcopy

from nbconvert.exporters import HTMLExporter

#: What JupyterLab's style for nbconvert leaves black: options, values and variables of magics.
_STYLE = """<style>
.highlight .na { color: var(--jp-mirror-editor-attribute-color) }
.highlight .nb { color: var(--jp-mirror-editor-builtin-color) }
.highlight .nv { color: var(--jp-mirror-editor-def-color) }
</style>"""


class HalfnoteHTMLExporter(HTMLExporter):
    """A notebook of Halfnote's; any other is exported as nbconvert does."""

    export_from_notebook = "HTML with magics"

    def from_notebook_node(self, nb, resources=None, **kw):
        if nb.metadata.get("kernelspec", {}).get("name") != "halfnote":
            return super().from_notebook_node(nb, resources, **kw)
        nb = deepcopy(nb)
        nb.metadata.setdefault("language_info", {})["pygments_lexer"] = "halfnote"
        html, resources = super().from_notebook_node(nb, resources, **kw)
        return html.replace("</head>", f"{_STYLE}\n</head>", 1), resources
