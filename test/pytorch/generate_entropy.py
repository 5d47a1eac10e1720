"""Writes the thresholds of NVIDIA's entropy calibration, as a fixture of the unit tests.

Usage: python test/pytorch/generate_entropy.py  (nvidia-modelopt is not part of what setup installs)
"""

import json
import math
from importlib.metadata import version
from pathlib import Path

import numpy as np
from modelopt.torch.quantization.calib.histogram import _compute_amax_entropy

TARGET = Path(__file__).parents[2] / "test/pytorch/entropy.json"
BINS = 2048
SIZE = 20000

# What is done to a sum of sines `v`: the tests do the same.
SHAPES = {
    "relu": lambda v: max(v, 0.0),
    "relu, long tail": lambda v: max(v, 0.0) ** 3,
    "mostly zeros": lambda v: max(v - 2.5, 0.0),
    "both signs": lambda v: v,
    "both signs, long tail": lambda v: v**3,
}


def sines(i: int) -> float:
    """Nearly normally distributed, with a standard deviation of 2."""
    return sum(math.sin((12.9898 + 7.233 * k) * (i + 1)) for k in range(8))


def threshold(shape) -> float:
    values = np.abs(np.array([shape(sines(i)) for i in range(SIZE)], dtype=np.float32))
    counts, edges = np.histogram(values, bins=BINS, range=(0, float(values.max())))
    return float(_compute_amax_entropy(counts, edges, num_bits=8, unsigned=False))


fixture = {
    "modelopt": version("nvidia-modelopt"),
    "size": SIZE,
    "thresholds": {name: threshold(shape) for name, shape in SHAPES.items()},
}
TARGET.write_text(json.dumps(fixture) + "\n")
print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, nvidia-modelopt {fixture['modelopt']}")
