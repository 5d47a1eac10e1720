"""How far one set of outputs is from another."""

import math

import numpy as np

from .errors import Refused
from .network import Network

#: Of the largest value: what two libraries' fp32 sums may differ by, over many layers.
TOLERANCE = 1e-4


def check_rebuilt(
    network: Network, inputs: list[np.ndarray], expected: list[np.ndarray]
) -> float:
    """The largest error of the rebuilt model, in fp32, against what tfjs predicts.

    Raises Refused where it is more than rounding: then nothing is converted.
    """
    worst = 0.0
    results = network.run(inputs)
    for entry, result, reference in zip(
        network.description["outputs"], results, expected, strict=True
    ):
        actual = np.asarray(result)
        if actual.shape != reference.shape:
            raise mismatch(entry["name"], f"has the shape {actual.shape}, not {reference.shape}")
        finite = np.isfinite(reference)
        if not np.array_equal(np.isfinite(actual), finite):
            raise mismatch(entry["name"], "is not finite in the same places")
        error = np.abs(actual[finite] - reference[finite]).max(initial=0.0)
        largest = np.abs(reference[finite]).max(initial=0.0)
        if error > TOLERANCE * max(largest, 1e-3):
            raise mismatch(entry["name"], f"is off by {error:.3g}, of at most {largest:.3g}")
        worst = max(worst, float(error))
    return worst


def mismatch(name: str, what: str) -> Refused:
    return Refused(
        "tflite-mismatch",
        f"Rebuilt in TensorFlow, the model doesn't give what it gives here: output '{name}' {what}.",
        "Nothing was written. Export the parts of the model one by one to find the layer.",
    )


def measure(actual: np.ndarray, expected: np.ndarray) -> dict:
    """The largest error, the signal to noise ratio in decibel (None: no error), the largest value."""
    reference = expected.astype(np.float64)
    error = actual.astype(np.float64) - reference
    signal, noise = float((reference**2).sum()), float((error**2).sum())
    finite = math.isfinite(noise) and math.isfinite(signal)
    return {
        "maxAbsError": float(np.abs(error).max(initial=0.0)) if finite else None,
        "sqnrDb": 10 * math.log10(signal / noise) if finite and noise > 0 and signal > 0 else None,
        "largest": float(np.abs(reference).max(initial=0.0)) if finite else None,
        "same": noise == 0,
    }
