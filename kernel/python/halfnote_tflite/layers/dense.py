"""Products over the last axis, and tables."""

import numpy as np
import tensorflow as tf

from ..call import Call, sizes_of
from .activations import activate


def linear(x: tf.Tensor, kernel: np.ndarray, bias: np.ndarray | None) -> tf.Tensor:
    """x @ kernel + bias over the last axis, for any number of axes before it."""
    y = tf.matmul(x, kernel)
    return y if bias is None else tf.nn.bias_add(y, bias)


def dense(call: Call) -> tf.Tensor:
    kernel, *bias = call.weights
    return activate(call, linear(call.x, kernel, bias[0] if bias else None), call.activation)


def embedding(call: Call) -> tf.Tensor:
    return tf.gather(call.weights[0], tf.cast(call.x, tf.int32))


def position_embedding(call: Call) -> tf.Tensor:
    """Ours: adds the first rows of a table to each position."""
    table = tf.constant(call.weights[0])
    return call.x + table[: sizes_of(call.x)[1]]


LAYERS = {
    "Dense": dense,
    "Embedding": embedding,
    "PositionEmbedding": position_embedding,
}
