"""Products of two tensors that are both computed."""

import tensorflow as tf

from ..call import Call

#: The codes of int8 on either side of zero.
BELOW, ABOVE = 128, 127


def centered(call: Call, name: str, x: tf.Tensor) -> tuple[tf.Tensor, float]:
    """`x` less a number, and the number, so that the code of zero in int8 is 0.

    XNNPACK, which runs products by default, passes over the zero point of the right-hand side
    (TensorFlow 2.21): the product would be wrong. Without a known range nothing is taken away.
    """
    known = call.facts.observe(f"{call.id}/{name}", x)
    if known is None:
        return x, 0.0
    low, high = known
    center = (BELOW * high + ABOVE * low) / (BELOW + ABOVE)
    return x - center, center
