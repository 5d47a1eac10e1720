"""What the judges share: cases that are counted, and figures compared with exact arithmetic."""

import json
import math
import sys
import traceback
from fractions import Fraction
from pathlib import Path

_counts = {"passed": 0, "failed": 0}

ROOT = Path(sys.argv[1])
REPORTS = sorted(path.name for path in ROOT.iterdir() if path.is_dir())


def report_of(name):
    return json.loads((ROOT / name / "report.json").read_text(encoding="utf8"))


def folder_of(name, export):
    return ROOT / name / export


class case:
    """`with case('what the user gets'): ...`: counted, and told with its reason when it fails."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is None:
            _counts["passed"] += 1
            print(f"✓ {self.name}")
            return True
        if not isinstance(error, Exception):
            return False
        _counts["failed"] += 1
        print(f"✗ {self.name}: {error or kind.__name__}")
        traceback.print_tb(trace, file=sys.stdout)
        return True


def end():
    print(f"{_counts['passed']} passed, {_counts['failed']} failed, 0 skipped")


def check(condition, said):
    if not condition:
        raise AssertionError(said)


def equal(got, wanted, what):
    check(got == wanted, f"{what} is {got!r}, and should be {wanted!r}")


def exactly(terms, times=(), over=()):
    """The sum of terms times and over factors, without any rounding but the last."""
    result = sum((Fraction(term) for term in terms), Fraction(0))
    for factor in times:
        result *= Fraction(factor)
    for divisor in over:
        result /= Fraction(divisor)
    return float(result)


def within_ulps(got, wanted, what, ulps=1):
    check(isinstance(got, (int, float)), f"{what} is {got!r}, which is no number")
    distance = abs(Fraction(float(got)) - Fraction(wanted))
    check(
        distance <= ulps * Fraction(math.ulp(wanted)),
        f"{what} is {got!r}, and should be {wanted!r} within {ulps} ulp",
    )


def user_joules(report, component=None):
    return [
        device["accountsJ"]["user"]["value"]
        for device in report["energy"]["devices"]
        if component in (None, device["component"])
    ]
