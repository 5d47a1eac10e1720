"""Activations, by tfjs's names, and layers that do one thing to every element."""

import tensorflow as tf

from ..call import Call
from ..masks import masking

#: Of the scaled exponential linear unit (Klambauer et al. 2017).
SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772


def softplus(x: tf.Tensor) -> tf.Tensor:
    """log(1 + e^x) from operators that TensorFlow Lite has, without overflow."""
    return tf.nn.relu(x) + tf.math.log(1.0 + tf.exp(-tf.abs(x)))


def selu(x: tf.Tensor) -> tf.Tensor:
    return SELU_SCALE * (tf.nn.relu(x) + SELU_ALPHA * tf.nn.elu(-tf.nn.relu(-x)))


def hard_sigmoid(x: tf.Tensor) -> tf.Tensor:
    """Keras 2's and tfjs's slope of 0.2; Keras 3 has 1/6."""
    return tf.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)


ACTIVATIONS = {
    "elu": tf.nn.elu,
    "gelu": tf.nn.gelu,
    "gelu_new": lambda x: tf.nn.gelu(x, approximate=True),
    "hardSigmoid": hard_sigmoid,
    "linear": lambda x: x,
    "logSoftmax": tf.nn.log_softmax,
    "mish": lambda x: x * tf.tanh(softplus(x)),
    "relu": tf.nn.relu,
    "relu6": tf.nn.relu6,
    "selu": selu,
    "sigmoid": tf.sigmoid,
    "softmax": tf.nn.softmax,
    "softplus": softplus,
    "softsign": lambda x: x / (1.0 + tf.abs(x)),
    "swish": lambda x: x * tf.sigmoid(x),
    "tanh": tf.tanh,
}


def activate(call: Call, x: tf.Tensor, name: str) -> tf.Tensor:
    activation = ACTIVATIONS.get(name)
    if activation is None:
        names = ", ".join(sorted(ACTIVATIONS))
        raise call.unsupported(f"its activation is '{name}'", f"Allowed are: {names}.")
    return activation(x)


def relu(call: Call) -> tf.Tensor:
    maximum = call.config.get("maxValue")
    if maximum is None:
        return tf.nn.relu(call.x)
    return tf.clip_by_value(call.x, 0.0, float(maximum))


def prelu(call: Call) -> tf.Tensor:
    # The form that the converter knows as its own operator.
    return tf.nn.relu(call.x) + -call.weights[0] * tf.nn.relu(-call.x)


def thresholded(call: Call) -> tf.Tensor:
    above = tf.cast(call.x > call.number("theta", 1), call.x.dtype)
    return call.x * above


def softmax(call: Call) -> tf.Tensor:
    if call.mask is not None:
        raise call.unsupported("its input has a mask", "Allowed are inputs without one.")
    axes = call.axes("axis", [1])
    rank = call.x.shape.rank
    if len(axes) == 1:
        axis = axes[0] % rank
        if axis == rank - 1:
            return tf.nn.softmax(call.x)
        # TensorFlow Lite's operator is over the last axis.
        order = [i for i in range(rank) if i != axis] + [axis]
        back = [order.index(i) for i in range(rank)]
        return tf.transpose(tf.nn.softmax(tf.transpose(call.x, order)), back)
    powers = tf.exp(call.x - tf.reduce_max(call.x, axes, keepdims=True))
    return powers / tf.reduce_sum(powers, axes, keepdims=True)


def rescaling(call: Call) -> tf.Tensor:
    x = tf.cast(call.x, tf.float32)
    return x * float(call.number("scale", 1)) + float(call.number("offset", 0))


def masked(call: Call) -> tf.Tensor:
    return call.x * tf.cast(masking(call)[..., tf.newaxis], call.x.dtype)


LAYERS = {
    "Activation": lambda call: activate(call, call.x, call.activation),
    "ELU": lambda call: scaled_elu(call.x, float(call.number("alpha", 1))),
    "LeakyReLU": lambda call: tf.nn.leaky_relu(call.x, float(call.number("alpha", 0.3))),
    "Masking": masked,
    "PReLU": prelu,
    "ReLU": relu,
    "Rescaling": rescaling,
    "Softmax": softmax,
    "ThresholdedReLU": thresholded,
}


def scaled_elu(x: tf.Tensor, alpha: float) -> tf.Tensor:
    if alpha == 1:
        return tf.nn.elu(x)
    return tf.nn.relu(x) + alpha * tf.nn.elu(-tf.nn.relu(-x))
