"""Layers of several inputs."""

from collections.abc import Callable
from functools import reduce

import tensorflow as tf

from ..call import Call
from .products import centered


def fold(combine: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]) -> Callable[[Call], tf.Tensor]:
    """Element by element, over inputs of one shape or of shapes that stretch to it."""

    def layer(call: Call) -> tf.Tensor:
        ranks = sorted({x.shape.rank for x in call.inputs})
        if len(ranks) > 1:
            raise call.unsupported(
                f"its inputs have {' and '.join(map(str, ranks))} axes",
                "Allowed are inputs with the same number of axes: put a reshape before it.",
            )
        return reduce(combine, call.inputs)

    return layer


add = fold(tf.add)


def average(call: Call) -> tf.Tensor:
    return add(call) * (1 / len(call.inputs))


def dot(call: Call) -> tf.Tensor:
    """The batched product over one axis of each, for inputs of two or three axes."""
    left, right = call.inputs
    given = call.axes("axes", [-1])
    axes = [axis % x.shape.rank for axis, x in zip((given * 2)[:2], call.inputs)]
    if call.flag("normalize"):
        left, right = unit(left, axes[0]), unit(right, axes[1])
    ranks = [left.shape.rank, right.shape.rank]
    if ranks == [2, 2]:
        return tf.reduce_sum(left * right, axis=1, keepdims=True)
    if ranks[0] == 2:
        left = left[:, tf.newaxis]
    if ranks[1] == 2:
        right = right[:, :, tf.newaxis]
    if ranks[0] == 3 and axes[0] == 1:
        left = tf.transpose(left, [0, 2, 1])
    right, center = centered(call, "right", right)
    y = tf.matmul(left, right, transpose_b=ranks[1] == 3 and axes[1] == 2)
    if center != 0:
        y = y + center * tf.reduce_sum(left, -1, keepdims=True)
    added = ([1] if ranks[0] == 2 else []) + ([2] if ranks[1] == 2 else [])
    return tf.squeeze(y, added) if added else y


def unit(x: tf.Tensor, axis: int) -> tf.Tensor:
    """Divided by its length along an axis, with tfjs's floor under the square."""
    square = tf.reduce_sum(x * x, axis, keepdims=True)
    return x / tf.sqrt(tf.maximum(square, 1e-7))


LAYERS = {
    "Add": add,
    "Average": average,
    "Concatenate": lambda call: tf.concat(call.inputs, int(call.number("axis", -1))),
    "Dot": dot,
    "Maximum": fold(tf.maximum),
    "Minimum": fold(tf.minimum),
    "Multiply": fold(tf.multiply),
}
