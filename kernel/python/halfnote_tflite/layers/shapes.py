"""Layers that move values, and those that only act in training."""

import math

import tensorflow as tf

from ..call import Call, reshape, sizes_of
from .convolutions import channels_last, in_order


def identity(call: Call) -> tf.Tensor:
    return call.x


def to_shape(call: Call, x: tf.Tensor) -> tf.Tensor:
    """To the layer's output shape; the batch, and at most one other size, may be open."""
    batch, *shape = call.output_shapes[0]
    if None not in shape:
        return reshape(x, [sizes_of(x)[0], *shape])
    if shape.count(None) > 1:
        sizes = ", ".join("any" if size is None else str(size) for size in call.output_shapes[0])
        raise call.unsupported(
            f"its output [{sizes}] has more than one open size",
            "Give the model an inputShape with numbers.",
        )
    return tf.reshape(x, [sizes_of(x)[0], *(-1 if size is None else size for size in shape)])


def flatten(call: Call) -> tf.Tensor:
    x = channels_last(call)
    batch, *sizes = sizes_of(x)
    if all(isinstance(size, int) for size in sizes):
        return reshape(x, [batch, math.prod(sizes)])
    return tf.reshape(x, [batch, -1])


def repeat(call: Call) -> tf.Tensor:
    return tf.tile(call.x[:, tf.newaxis], [1, int(call.number("n", 1)), 1])


def zero_padding(call: Call) -> tf.Tensor:
    (top, bottom), (left, right) = call.config["padding"]
    x = channels_last(call)
    return in_order(call, tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]]))


def cropping(call: Call) -> tf.Tensor:
    (top, bottom), (left, right) = call.config["cropping"]
    x = channels_last(call)
    return in_order(call, x[:, top : -bottom or None, left : -right or None])


LAYERS = {
    "AlphaDropout": identity,
    "Cropping2D": cropping,
    "Dropout": identity,
    "Flatten": flatten,
    "GaussianDropout": identity,
    "GaussianNoise": identity,
    "Permute": lambda call: tf.transpose(call.x, [0, *call.axes("dims", [])]),
    "RepeatVector": repeat,
    "Reshape": lambda call: to_shape(call, call.x),
    "SpatialDropout1D": identity,
    "ZeroPadding2D": zero_padding,
}
