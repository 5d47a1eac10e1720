"""Writes what SciPy says of samples and pairs of groups, as a fixture of the unit tests.

Usage: .venv/bin/python test/scipy/generate_statistics.py
"""

import json
import math
from pathlib import Path

import numpy as np
import scipy
from scipy import stats
from scipy.optimize import brentq, minimize_scalar

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


def wilson(hits: int, samples: int, coverage: float) -> dict:
    interval = stats.binomtest(hits, samples).proportion_ci(coverage, method="wilson")
    return {"hits": hits, "samples": samples, "coverage": coverage, "low": interval.low, "high": interval.high}


def likeliest(x: int, y: int, n: int, d: float) -> float:
    """The likeliest p(only y) where p(only x) is larger by d, found by search."""

    def against(q: float) -> float:
        cells = [(x, q + d), (y, q), (n - x - y, 1 - 2 * q - d)]
        return -sum(count * math.log(max(p, 1e-300)) for count, p in cells if count > 0)

    bounds = (max(0.0, -d), (1 - d) / 2)
    return minimize_scalar(against, bounds=bounds, method="bounded", options={"xatol": 1e-13}).x


def tango(x: int, y: int, n: int) -> list[float]:
    """The differences that the score test doesn't reject, with the variance at the likeliest rates."""
    z = stats.norm.ppf(0.975)

    def excess(d: float) -> float:
        variance = n * (2 * likeliest(x, y, n, d) + d * (1 - d))
        return abs(x - y - n * d) - z * math.sqrt(max(variance, 0.0))

    best, edge = (x - y) / n, 1 - 1e-9
    return [brentq(excess, -edge, best, xtol=1e-12), brentq(excess, best, edge, xtol=1e-12)]


def hits(only_baseline: int, only_other: int, both: int, neither: int) -> dict:
    """McNemar's exact test less half of what is as likely as what was seen, on both sides."""
    discordant = only_baseline + only_other
    p = 1.0
    if discordant > 0:
        exact = stats.binomtest(min(only_baseline, only_other), discordant).pvalue
        p = exact - stats.binom.pmf(only_baseline, discordant, 0.5)
        p = 1.0 if only_baseline == only_other else p
    samples = discordant + both + neither
    return {
        "onlyBaseline": only_baseline,
        "onlyOther": only_other,
        "both": both,
        "neither": neither,
        "p": p,
        "difference": tango(only_other, only_baseline, samples),
    }


def means(samples: int, shift: float, shape: str) -> dict:
    """SciPy's own resamples: near to ours, never the same."""
    random = np.random.default_rng(samples)
    a = random.gamma(0.5, 1, samples) if shape == "skewed" else random.normal(1, 0.3, samples)
    b = a + random.normal(shift, 0.2, samples)
    a, b = a.round(6), b.round(6)
    resampled = stats.bootstrap(
        (b - a,), np.mean, n_resamples=50_000, method="percentile", rng=np.random.default_rng(1)
    )
    interval = resampled.confidence_interval
    return {
        "baseline": a.tolist(),
        "other": b.tolist(),
        "difference": [interval.low, interval.high],
        "standardError": resampled.standard_error,
        "p": stats.permutation_test(
            (b, a),
            lambda x, y, axis: np.mean(x - y, axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=50_000,
            rng=np.random.default_rng(2),
        ).pvalue,
    }


content = {
    "scipy": scipy.__version__,
    "means": [mean_interval(group, c) for pair in groups() for group in pair for c in COVERAGES],
    "welch": [compared(a, b) for a, b in groups()],
    "paired": [paired(a, b) for a, b in groups()],
    "wilson": [
        wilson(hits, samples, coverage)
        for hits, samples in [(0, 1), (1, 1), (0, 20), (20, 20), (7, 20), (350, 360), (9999, 10_000), (500_000, 1_000_000)]
        for coverage in COVERAGES
    ],
    "hits": [
        hits(*counts)
        for counts in [
            (5, 1, 345, 9),
            (1, 7, 3, 62),
            (8, 8, 300, 44),
            (0, 1, 43, 0),
            (12, 2, 36, 0),
            (150, 86, 794, 570),
            (0, 9, 1, 0),
            (4000, 4200, 90_000, 1800),
        ]
    ],
    "losses": [means(200, 0.02, "skewed"), means(60, 0.06, "normal"), means(1000, 0.0, "normal"), means(25, -0.1, "skewed")],
}
TARGET.write_text(json.dumps(content) + "\n")
