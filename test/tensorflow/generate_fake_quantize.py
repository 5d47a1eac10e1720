"""Writes what TensorFlow's fake quantization gives, as a fixture of the unit tests.

Usage: .venv/bin/python test/tensorflow/generate_fake_quantize.py
"""

import json
import math
from pathlib import Path

import numpy as np
import tensorflow as tf

TARGET = Path(__file__).parent / "fake_quantize.json"


def wave(size: int, phase: float = 0.0) -> np.ndarray:
    """Numbers that the tests make again."""
    values = [math.sin(12.9898 * (i + 1) + phase) + math.sin(78.233 * (i + 1)) for i in range(size)]
    return np.array(values, dtype=np.float32)


def per_tensor(low: float, high: float, bits: int, narrow: bool) -> dict:
    x, dy = tf.constant(wave(60)), tf.constant(wave(60, 1.0))
    minimum, maximum = tf.Variable(low), tf.Variable(high)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.quantization.fake_quant_with_min_max_vars(x, minimum, maximum, bits, narrow)
        loss = tf.reduce_sum(y * dy)
    dx, dmin, dmax = tape.gradient(loss, [x, minimum, maximum])
    return {
        "min": low,
        "max": high,
        "bits": bits,
        "narrowRange": narrow,
        "y": y.numpy().tolist(),
        "dx": dx.numpy().tolist(),
        "dmin": float(dmin),
        "dmax": float(dmax),
    }


def per_channel(bits: int, narrow: bool) -> dict:
    x, dy = tf.constant(wave(72).reshape(2, 3, 3, 4)), tf.constant(wave(72, 1.0).reshape(2, 3, 3, 4))
    low, high = [-1.5, -0.7, 0.0, -0.9], [1.5, 0.9, 1.2, 0.1]
    minimum, maximum = tf.Variable(low), tf.Variable(high)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.quantization.fake_quant_with_min_max_vars_per_channel(x, minimum, maximum, bits, narrow)
        loss = tf.reduce_sum(y * dy)
    dx, dmin, dmax = tape.gradient(loss, [x, minimum, maximum])
    return {
        "min": low,
        "max": high,
        "bits": bits,
        "narrowRange": narrow,
        "y": y.numpy().flatten().tolist(),
        "dx": dx.numpy().flatten().tolist(),
        "dmin": dmin.numpy().tolist(),
        "dmax": dmax.numpy().tolist(),
    }


RANGES = [(-0.31, 1.02), (0.0, 1.9), (-1.2, 1.2), (-1.7, 0.0), (0.2, 1.5)]
fixture = {
    "tensorflow": tf.__version__,
    "perTensor": [
        per_tensor(low, high, bits, narrow)
        for (low, high), bits, narrow in zip(RANGES * 3, [8, 4, 8, 3, 2, 7, 2, 4, 8, 6, 5, 3, 7, 2, 4], [False, True, True] * 5)
    ],
    "perChannel": [per_channel(8, False), per_channel(4, True), per_channel(2, True)],
}
TARGET.write_text(json.dumps(fixture) + "\n")
print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, TensorFlow {tf.__version__}")
