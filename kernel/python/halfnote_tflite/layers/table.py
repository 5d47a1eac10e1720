"""Every kind of layer that can be converted, by its class name in tfjs."""

from collections.abc import Callable

import tensorflow as tf

from ..call import Call, reshape, sizes_of
from . import (
    activations,
    attention,
    convolutions,
    dense,
    merges,
    normalizations,
    pooling,
    recurrent,
    shapes,
)

#: Layers that act on the last axis or on each element: steps are one axis more to them.
ANY_RANK = {
    "Activation",
    "AlphaDropout",
    "Dense",
    "Dropout",
    "ELU",
    "GaussianDropout",
    "GaussianNoise",
    "LeakyReLU",
    "ReLU",
    "ThresholdedReLU",
}


def time_distributed(call: Call) -> tf.Tensor:
    """A layer applied to every step: as it is where it takes any rank, else with steps in the batch."""
    inner = call.inner["layer"]
    layer = LAYERS.get(inner.kind)
    if layer is None:
        allowed = ", ".join(sorted(LAYERS))
        raise inner.unsupported("there is no counterpart", f"Allowed are: {allowed}.")
    if inner.kind in ANY_RANK:
        inner.inputs, inner.output_shapes = call.inputs, call.output_shapes
        return layer(inner)
    batch, steps, *sizes = sizes_of(call.x)
    inner.inputs = [tf.reshape(call.x, [-1, *sizes])]
    inner.output_shapes = [[None, *call.output_shapes[0][2:]]]
    y = layer(inner)
    return reshape(y, [batch, steps, *sizes_of(y)[1:]])


LAYERS: dict[str, Callable[[Call], tf.Tensor | list]] = {
    **activations.LAYERS,
    **attention.LAYERS,
    **convolutions.LAYERS,
    **dense.LAYERS,
    **merges.LAYERS,
    **normalizations.LAYERS,
    **pooling.LAYERS,
    **recurrent.LAYERS,
    **shapes.LAYERS,
    "TimeDistributed": time_distributed,
}
