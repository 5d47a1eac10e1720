"""AWQ (Lin et al., 2023) in NumPy: the judge of `--repair awq`.

The search for scales is section 3.2's, over the grid and with the normalization of the published code;
the search for clipping is the published code's. Weights are [out, in] and rounded symmetrically.
"""

import numpy as np


def rounded(weights, high, group, shrink=1.0):
    """`weights` [out, in] through codes of groups along `in`, each scale times `shrink`."""
    out, depth = weights.shape
    groups = weights.reshape(out, depth // group, group)
    scale = (np.abs(groups).max(axis=2, keepdims=True) / high).astype(np.float32) * np.float32(shrink)
    scale = np.where(scale > 0, scale, 1).astype(float)
    return (np.clip(np.rint(groups / scale), -high, high) * scale).reshape(out, depth)


def search_scale(weights, inputs, high, group, grid=20):
    """The alpha, the scales [in] and the mean squared output error of the best of the grid."""
    mean = np.abs(inputs).mean(axis=0)
    best = None
    for step in range(grid):
        alpha = step / grid
        scale = np.maximum(mean**alpha, 1e-4)
        scale = scale / np.sqrt(scale.max() * scale.min())
        quantized = rounded(weights * scale, high, group) / scale
        error = np.mean((inputs @ (quantized - weights).T) ** 2)
        if best is None or error < best[2]:
            best = (alpha, scale, error)
    return best


def search_clip(weights, inputs, high, group, grid=20, max_shrink=0.5):
    """How much of each group's scale [out, groups] loses least of the group's own outputs."""
    out, depth = weights.shape
    shrinks = np.ones((out, depth // group))
    least = np.full_like(shrinks, np.inf)
    for step in range(int(max_shrink * grid)):
        shrink = 1 - step / grid
        off = (rounded(weights, high, group, shrink) - weights).reshape(out, -1, group)
        x = inputs.reshape(len(inputs), -1, group)
        error = np.mean(np.einsum("ngi,ogi->nog", x, off) ** 2, axis=0)
        shrinks = np.where(error < least, shrink, shrinks)
        least = np.minimum(error, least)
    return shrinks
