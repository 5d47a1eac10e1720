"""TensorFlow Lite's own LSTM operator, which has integer kernels and runs on microcontrollers."""

import numpy as np
import tensorflow as tf

#: What the converter knows a function by that it may replace with the operator.
ATTRIBUTES = {
    "api_preferred_device": "CPU",
    "time_major": False,
    "go_backwards": False,
}


def has_operator(run, x: tf.Tensor, initial: list, mask) -> bool:
    """The operator keeps its state in the file, so the batch has to be known; and it is the LSTM of
    tanh and sigmoid, from zero, of which only the output is wanted."""
    return (
        run.cell == "LSTM"
        and run.activation == "tanh"
        and run.recurrent_activation == "sigmoid"
        and not initial
        and mask is None
        and len(run.call.output_shapes) == 1
        and x.shape.is_fully_defined()
        and not tf.executing_eagerly()
    )


def lstm_operator(run, x: tf.Tensor) -> tf.Tensor:
    """Every step's output or the last one's, [batch, steps, units] or [batch, units]."""
    batch, steps, _ = x.shape
    if run.backwards:
        x = tf.reverse(x, [1])
    bias = np.zeros(4 * run.units, np.float32) if run.bias is None else run.bias

    def lstm(x, h, c, kernel, recurrent, bias):
        outputs = []
        for t in range(steps):
            i, f, g, o = tf.split(tf.matmul(x[:, t], kernel) + tf.matmul(h, recurrent) + bias, 4, -1)
            c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
            h = tf.sigmoid(o) * tf.tanh(c)
            outputs.append(h)
        # As the converter expects them: the last output, all, the states, and what ran it.
        return h, tf.stack(outputs, axis=1), h, c, tf.constant(0.0)

    name = f"lstm_{run.call.id}"
    composite = tf.function(
        lstm, autograph=False, experimental_attributes={"api_implements": name, **ATTRIBUTES}
    )
    zeros = tf.zeros([batch, run.units])
    last, outputs, *_ = composite(
        x, zeros, zeros, *(tf.constant(w) for w in (run.kernel, run.recurrent, bias))
    )
    if not run.sequences:
        return last
    return tf.reverse(outputs, [1]) if run.backwards and run.in_time_order else outputs
