"""JupyterLab and Notebook views for Halfnote: a prebuilt extension without server code, and a lexer."""


def _jupyter_labextension_paths():
    return [{"src": "labextension", "dest": "halfnote-lab"}]
