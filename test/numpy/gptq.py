"""GPTQ (Frantar et al., 2022, algorithm 1) in NumPy: the judge of `--repair gptq`.

As published, weights are rows of outputs and all is done on the whole matrix, one column after the
other, by the inverse Hessian's Cholesky factor; nothing is put off to the end of a block, so that what
comes out must be the same for blocks of any size.
"""

import numpy as np


def rtn(weights: np.ndarray, scale: np.ndarray, low: int, high: int) -> np.ndarray:
    """Codes of `weights` [out, in] to nearest, ties to even, for scales that broadcast to it."""
    return np.clip(np.rint(weights / scale), low, high)


def absmax_scale(weights: np.ndarray, high: int) -> np.ndarray:
    """One float32 scale for each row."""
    scale = (np.abs(weights).max(axis=1) / high).astype(np.float32).astype(np.float64)
    return np.where(scale > 0, scale, 1)


def gptq(weights, inputs, high, group=None, percdamp=0.01, act_order=False, shrunk=1):
    """Codes [out, in] and scales [out, groups] of `weights` [out, in] for `inputs` [rows, in].

    `shrunk`: what scales are multiplied by, [out, groups], as of AWQ's clipped weights.
    """
    weights = np.array(weights, np.float64)
    inputs = np.array(inputs, np.float64)
    depth = weights.shape[1]
    group = group or depth
    hessian = 2 * inputs.T @ inputs / len(inputs)
    dead = np.diag(hessian) == 0
    hessian[dead, dead] = 1
    order = np.arange(depth)
    if act_order:
        order = np.argsort(-np.diag(hessian), kind="stable")
    hessian = hessian[order][:, order]
    hessian += np.eye(depth) * percdamp * np.mean(np.diag(hessian))
    factor = np.linalg.cholesky(np.linalg.inv(hessian)).T
    scales = np.stack(
        [absmax_scale(weights[:, g : g + group], high) for g in range(0, depth, group)], axis=1
    )
    shrunk = np.broadcast_to(shrunk, scales.shape)
    scales = scales * shrunk
    codes = np.zeros_like(weights)
    seen = set()
    for i, column in enumerate(order):
        g = column // group
        if g not in seen and not act_order and group < depth:
            scales[:, g] = (
                absmax_scale(weights[:, g * group : (g + 1) * group], high) * shrunk[:, g]
            )
        seen.add(g)
        codes[:, column] = rtn(weights[:, column], scales[:, g], -high, high)
        error = (weights[:, column] - codes[:, column] * scales[:, g]) / factor[i, i]
        weights[:, order[i + 1 :]] -= np.outer(error, factor[i, i + 1 :])
    return codes, scales
