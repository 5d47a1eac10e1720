"""Normalizations, as at inference."""

import numpy as np
import tensorflow as tf

from ..call import Call, reshape, sizes_of


def affine(call: Call) -> tuple[np.ndarray | None, np.ndarray | None, list[np.ndarray]]:
    """The factor, the offset, and the weights after them."""
    weights = list(call.weights)
    gamma = weights.pop(0) if call.flag("scale", True) else None
    beta = weights.pop(0) if call.flag("center", True) else None
    return gamma, beta, weights


def batch_normalization(call: Call) -> tf.Tensor:
    """One product and one sum per channel, which the converter folds into the layer before."""
    gamma, beta, (mean, variance) = affine(call)
    gain = 1 / np.sqrt(variance + np.float32(call.number("epsilon", 1e-3)))
    gain = gain if gamma is None else gain * gamma
    offset = -mean * gain if beta is None else beta - mean * gain
    rank = call.x.shape.rank
    axis = int(call.number("axis", -1)) % rank
    shape = [-1 if i == axis else 1 for i in range(axis, rank)]
    return call.x * gain.reshape(shape) + offset.reshape(shape)


def standardized(x: tf.Tensor, axes: list[int], epsilon: float) -> tf.Tensor:
    mean = tf.reduce_mean(x, axes, keepdims=True)
    centered = x - mean
    variance = tf.reduce_mean(centered * centered, axes, keepdims=True)
    return centered * tf.math.rsqrt(variance + epsilon)


def layer_normalization(call: Call) -> tf.Tensor:
    rank = call.x.shape.rank
    axes = sorted(axis % rank for axis in call.axes("axis", [-1]))
    gamma, beta, _ = affine(call)
    y = standardized(call.x, axes, float(call.number("epsilon", 1e-3)))
    shape = [call.x.shape[i] if i in axes else 1 for i in range(axes[0], rank)]
    if gamma is not None:
        y = y * gamma.reshape(shape)
    return y if beta is None else y + beta.reshape(shape)


def group_normalization(call: Call) -> tf.Tensor:
    """Ours: over the groups of the last axis and all positions."""
    gamma, beta, _ = affine(call)
    sizes = sizes_of(call.x)
    batch, *places, channels = sizes
    groups = int(call.number("groups", 32))
    count = 1
    for place in places:
        count = count * place
    parts = reshape(call.x, [batch, count, groups, channels // groups])
    unit = standardized(parts, [1, 3], float(call.number("epsilon", 1e-3)))
    y = reshape(unit, sizes)
    if gamma is not None:
        y = y * gamma
    return y if beta is None else y + beta


LAYERS = {
    "BatchNormalization": batch_normalization,
    "GroupNormalization": group_normalization,
    "LayerNormalization": layer_normalization,
}
