"""SmoothQuant (Xiao et al., 2022) in NumPy: the judge of `--repair smoothquant`."""

import numpy as np


def factors(inputs, weights, alpha=0.5):
    """Equation 4 for `inputs` [rows, in] and all `weights` [out, in] that read them."""
    of_inputs = np.abs(inputs).max(axis=0)
    of_weights = np.max([np.abs(w).max(axis=0) for w in weights], axis=0)
    return of_inputs**alpha / of_weights ** (1 - alpha)


def w8a8_error(inputs, weights, scale):
    """Mean squared output error: inputs / scale in uint8 per tensor, weights * scale in int8 per row."""
    x = inputs / scale
    low, high = min(x.min(), 0), max(x.max(), 0)
    step = (high - low) / 255
    zero = np.rint(-low / step)
    x = (np.clip(np.rint(x / step) + zero, 0, 255) - zero) * step
    w = weights * scale
    size = np.abs(w).max(axis=1, keepdims=True) / 127
    w = np.clip(np.rint(w / size), -127, 127) * size
    return np.mean((x @ w.T - inputs @ weights.T) ** 2)
