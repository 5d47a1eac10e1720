"""Pools and resizing."""

from collections.abc import Callable

import tensorflow as tf

from ..call import Call, reshape, sizes_of
from .convolutions import channels_last, in_order

Pool = Callable[..., tf.Tensor]


def pool_1d(pool: Pool) -> Callable[[Call], tf.Tensor]:
    def layer(call: Call) -> tf.Tensor:
        [size], [stride] = call.sizes("poolSize", 1, 2), call.sizes("strides", 1, 2)
        row = tf.expand_dims(channels_last(call), 1)
        y = pool(row, [1, size], [1, stride], call.padding())
        return in_order(call, tf.squeeze(y, [1]))

    return layer


def pool_2d(pool: Pool) -> Callable[[Call], tf.Tensor]:
    def layer(call: Call) -> tf.Tensor:
        sizes, strides = call.sizes("poolSize", 2, 2), call.sizes("strides", 2, 2)
        return in_order(call, pool(channels_last(call), sizes, strides, call.padding()))

    return layer


def pool_3d(pool: Pool) -> Callable[[Call], tf.Tensor]:
    """In two steps, for TensorFlow Lite pools over two axes: maxima and means are separable."""

    def layer(call: Call) -> tf.Tensor:
        x = channels_last(call)
        [depth, *area], [deep, *strides] = call.sizes("poolSize", 3, 2), call.sizes("strides", 3, 2)
        padding = call.padding()
        batch, slices, height, width, channels = sizes_of(x)
        flat = tf.reshape(x, [-1, height, width, channels])
        y = pool(flat, area, strides, padding)
        _, rows, columns, _ = sizes_of(y)
        towers = reshape(y, [batch, slices, rows * columns, channels])
        y = pool(towers, [depth, 1], [deep, 1], padding)
        _, levels, _, _ = sizes_of(y)
        return in_order(call, reshape(y, [batch, levels, rows, columns, channels]))

    return layer


def over_positions(reduce: Callable[..., tf.Tensor]) -> Callable[[Call], tf.Tensor]:
    def layer(call: Call) -> tf.Tensor:
        rank = call.x.shape.rank
        return reduce(call.x, list(range(2, rank) if call.channels_first else range(1, rank - 1)))

    return layer


def up_sampling(call: Call) -> tf.Tensor:
    """Repeats or interpolates each position, without half-pixel centers, as tfjs does."""
    x = channels_last(call)
    _, height, width, _ = sizes_of(x)
    rows, columns = call.sizes("size", 2, 2)
    sizes = [height * rows, width * columns]
    image = tf.compat.v1.image
    nearest = call.text("interpolation", "nearest") == "nearest"
    resize = image.resize_nearest_neighbor if nearest else image.resize_bilinear
    return in_order(call, resize(x, tf.stack(sizes)))


LAYERS = {
    "AveragePooling1D": pool_1d(tf.nn.avg_pool2d),
    "AveragePooling2D": pool_2d(tf.nn.avg_pool2d),
    "AveragePooling3D": pool_3d(tf.nn.avg_pool2d),
    "GlobalAveragePooling1D": over_positions(tf.reduce_mean),
    "GlobalAveragePooling2D": over_positions(tf.reduce_mean),
    "GlobalMaxPooling1D": over_positions(tf.reduce_max),
    "GlobalMaxPooling2D": over_positions(tf.reduce_max),
    "MaxPooling1D": pool_1d(tf.nn.max_pool2d),
    "MaxPooling2D": pool_2d(tf.nn.max_pool2d),
    "MaxPooling3D": pool_3d(tf.nn.max_pool2d),
    "UpSampling2D": up_sampling,
}
