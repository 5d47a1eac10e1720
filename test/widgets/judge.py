"""Runs the cases of this folder as conformance runs its own, and closes with one line of counts."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "conformance"))

import run  # noqa: E402

run.SUITES = ["test_states", "test_messages", "test_unattended"]

if __name__ == "__main__":
    # This file is no module of theirs.
    sys.path.append(str(HERE))
    sys.exit(run.main(sys.argv[1:]))
