"""Runs the conformance suites, prints each case with its result, and closes with one line of counts.

Exits non-zero when a case fails or is skipped without a reason that `EXPECTED_SKIPS` gives.
The kernel under test is `halfnote`, or the one that HALFNOTE_KERNEL names.
"""

import os
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

SUITES = [
    *["test_kernel", "test_session", "test_execute", "test_introspection", "test_history"],
    *["test_input", "test_comms", "test_bad_requests"],
    *["test_magics", "test_debugger", "test_lifecycle", "test_robustness", "test_server"],
]
EXPECTED_SKIPS = {}


class Listing(unittest.TextTestResult):
    """Prints `case: result`, and fails what is skipped for no known reason."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.passed = 0
        self.excused = 0

    @staticmethod
    def case(test):
        test = getattr(test, "test_case", test)  # a subTest belongs to its test
        method = getattr(test, "_testMethodName", None)
        # What fails before the first test of a class has a name of its own.
        return str(test) if method is None else f"{type(test).__name__}.{method}"

    def say(self, test, result):
        print(f"{self.case(test)}: {result}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1
        self.say(test, "passed")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say(test, "FAILED")

    def addError(self, test, err):
        super().addError(test, err)
        self.say(test, "FAILED")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.say(test, f"FAILED {subtest._subDescription()}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if self.case(test) in EXPECTED_SKIPS:
            self.excused += 1
            self.say(test, f"skipped: {EXPECTED_SKIPS[self.case(test)]}")
        else:
            self.failures.append((test, f"skipped without a known reason: {reason}"))
            self.say(test, f"FAILED: skipped: {reason}")


def main(patterns):
    # The user's own history is left alone.
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HALFNOTE_HISTORY"] = str(Path(folder) / "history.jsonl")
        return run(patterns)


def run(patterns):
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{pattern}*" for pattern in patterns] or None
    suite = loader.loadTestsFromNames(SUITES)
    runner = unittest.TextTestRunner(stream=sys.stderr, resultclass=Listing, verbosity=0)
    result = runner.run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.passed} passed, {failed} failed, {result.excused} skipped", flush=True)
    return 1 if failed > 0 or result.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
