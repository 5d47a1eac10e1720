"""Convolutions. TensorFlow Lite's have channels last: others are transposed around."""

import numpy as np
import tensorflow as tf

from ..call import Call, sizes_of
from .activations import activate


def channels_last(call: Call) -> tf.Tensor:
    if not call.channels_first:
        return call.x
    rank = call.x.shape.rank
    return tf.transpose(call.x, [0, *range(2, rank), 1])


def in_order(call: Call, y: tf.Tensor) -> tf.Tensor:
    """Back to the order of the layer's own output."""
    if not call.channels_first:
        return y
    rank = y.shape.rank
    return tf.transpose(y, [0, rank - 1, *range(1, rank - 1)])


def finish(call: Call, y: tf.Tensor, bias: list[np.ndarray]) -> tf.Tensor:
    if bias:
        y = tf.nn.bias_add(y, bias[0])
    # tfjs's activations are over the last axis of what the layer gives, whatever it is.
    name = call.activation
    if name in ("softmax", "logSoftmax"):
        return activate(call, in_order(call, y), name)
    return in_order(call, activate(call, y, name))


def conv_1d(call: Call) -> tf.Tensor:
    kernel, *bias = call.weights
    [stride], [dilation] = call.sizes("strides", 1), call.sizes("dilationRate", 1)
    row = tf.expand_dims(channels_last(call), 1)
    y = tf.nn.conv2d(row, kernel[np.newaxis], [1, stride], call.padding(), dilations=[1, dilation])
    return finish(call, tf.squeeze(y, [1]), bias)


def conv_2d(call: Call) -> tf.Tensor:
    kernel, *bias = call.weights
    strides, dilations = call.sizes("strides", 2), call.sizes("dilationRate", 2)
    y = tf.nn.conv2d(channels_last(call), kernel, strides, call.padding(), dilations=dilations)
    return finish(call, y, bias)


def conv_3d(call: Call) -> tf.Tensor:
    kernel, *bias = call.weights
    strides = [1, *call.sizes("strides", 3), 1]
    dilations = [1, *call.sizes("dilationRate", 3), 1]
    y = tf.nn.conv3d(channels_last(call), kernel, strides, call.padding(), dilations=dilations)
    return finish(call, y, bias)


def depthwise(call: Call) -> tf.Tensor:
    kernel, *bias = call.weights
    strides = [1, *call.sizes("strides", 2), 1]
    # tfjs 4.22 takes a dilation here and doesn't apply it: what counts is what predict does.
    y = tf.nn.depthwise_conv2d(channels_last(call), kernel, strides, call.padding())
    return finish(call, y, bias)


def separable(call: Call) -> tf.Tensor:
    apart, mixing, *bias = call.weights
    if call.channels_first:
        raise call.unsupported(
            "its data format is channelsFirst, whose bias tfjs adds along the wrong axis",
            "Allowed is channelsLast.",
        )
    strides, dilations = call.sizes("strides", 2), call.sizes("dilationRate", 2)
    y = tf.nn.depthwise_conv2d(
        call.x, apart, [1, *strides, 1], call.padding(), dilations=dilations
    )
    return finish(call, tf.nn.conv2d(y, mixing, 1, "VALID"), bias)


def transposed(call: Call) -> tf.Tensor:
    kernel, *bias = call.weights
    dims = kernel.ndim - 2
    x = channels_last(call)
    batch, *places, _ = sizes_of(x)
    strides, padding = call.sizes("strides", dims), call.padding()
    # `same` gives inputs * stride, `valid` all that the kernel reaches.
    reach = [max(k - s, 0) if padding == "VALID" else 0 for k, s in zip(kernel.shape, strides)]
    sizes = [place * s + more for place, s, more in zip(places, strides, reach)]
    apply = tf.nn.conv2d_transpose if dims == 2 else tf.nn.conv3d_transpose
    shape = [batch, *sizes, kernel.shape[-2]]
    y = apply(x, kernel, tf.stack(shape), [1, *strides, 1], padding)
    y.set_shape([size if isinstance(size, int) else None for size in shape])
    return finish(call, y, bias)


LAYERS = {
    "Conv1D": conv_1d,
    "Conv2D": conv_2d,
    "Conv2DTranspose": transposed,
    "Conv3D": conv_3d,
    "Conv3DTranspose": transposed,
    "DepthwiseConv2D": depthwise,
    "SeparableConv2D": separable,
}
