"""Writes what SciPy says of samples and pairs of groups, as a fixture of the unit tests.

Usage: .venv/bin/python test/scipy/generate_statistics.py
"""

import json
import math
from pathlib import Path

import numpy as np
import scipy
from scipy import stats
from scipy.optimize import brentq

TARGET = Path(__file__).parent / "statistics.json"
COVERAGES = [0.5, 0.9, 0.95, 0.99]


def groups() -> list[tuple[list[float], list[float]]]:
    random = np.random.default_rng(13)
    made = [
        (random.normal(10, 1, 5), random.normal(12, 3, 9)),
        (random.normal(10, 1, 3), random.normal(10.1, 1, 3)),
        (random.normal(1e-3, 1e-4, 30), random.normal(9e-4, 1e-5, 4)),
        (random.lognormal(3, 1, 12), random.lognormal(3.2, 1, 20)),
        (random.normal(5, 2, 2), random.normal(50, 2, 2)),
        (random.normal(200, 1, 40), random.normal(199, 1, 40)),
    ]
    return [(a.tolist(), b.tolist()) for a, b in made]


def fieller(a: np.ndarray, b: np.ndarray, coverage: float) -> list[float] | None:
    """The ratios that a test doesn't reject, found by bisection of the test itself."""
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    best = b.mean() / a.mean()
    wa = best**2 * va
    degrees = (wa + vb) ** 2 / (wa**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    t = stats.t.ppf((1 + coverage) / 2, degrees)
    if a.mean() ** 2 <= t**2 * va:
        return None

    def excess(r: float) -> float:
        return abs(b.mean() - r * a.mean()) - t * math.sqrt(r**2 * va + vb)

    step = abs(best) * 1000 + 1
    return [brentq(excess, best - step, best, xtol=1e-15), brentq(excess, best, best + step, xtol=1e-15)]


def hedges(a: np.ndarray, b: np.ndarray) -> float:
    degrees = len(a) + len(b) - 2
    pooled = math.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / degrees)
    correction = math.gamma(degrees / 2) / (math.sqrt(degrees / 2) * math.gamma((degrees - 1) / 2))
    return correction * (b.mean() - a.mean()) / pooled


def compared(first: list[float], second: list[float]) -> dict:
    a, b = np.array(first), np.array(second)
    test = stats.ttest_ind(b, a, equal_var=False)
    interval = test.confidence_interval(0.95)
    return {
        "baseline": first,
        "other": second,
        "t": test.statistic,
        "degreesOfFreedom": test.df,
        "p": test.pvalue,
        "difference": [interval.low, interval.high],
        "ratio": fieller(a, b, 0.95),
        "hedgesG": hedges(a, b),
    }


def mean_interval(samples: list[float], coverage: float) -> dict:
    low, high = stats.t.interval(coverage, len(samples) - 1, np.mean(samples), stats.sem(samples))
    return {"samples": samples, "coverage": coverage, "mean": np.mean(samples), "low": low, "high": high}


def paired(first: list[float], second: list[float]) -> dict:
    n = min(len(first), len(second))
    a, b = np.array(first[:n]), np.array(second[:n])
    test = stats.ttest_rel(b, a)
    interval = test.confidence_interval(0.95)
    return {"baseline": first[:n], "other": second[:n], "p": test.pvalue, "difference": [interval.low, interval.high]}


content = {
    "scipy": scipy.__version__,
    "means": [mean_interval(group, c) for pair in groups() for group in pair for c in COVERAGES],
    "welch": [compared(a, b) for a, b in groups()],
    "paired": [paired(a, b) for a, b in groups()],
}
TARGET.write_text(json.dumps(content) + "\n")
