"""Prints what TensorFlow's profiler counts for the models of models.mjs, forward, as JSON.

Only operations that multiply are counted, as in FlopCounterMode: what TensorFlow adds for biases and
activations is left out. Its profiler knows no figure for Conv3D.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import tensorflow as tf

PRODUCTS = (
    "MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Conv2D", "DepthwiseConv2dNative",
    "Conv2DBackpropInput",
)  # fmt: skip
BATCH = int(sys.argv[1])


def weight(*shape):
    return tf.ones(shape)


def dense(x, units):
    return tf.matmul(tf.reshape(x, [-1, x.shape[-1]]), weight(x.shape[-1], units))


def conv(x, filters, size, stride=1, padding="SAME"):
    return tf.nn.conv2d(x, weight(size, size, x.shape[-1], filters), stride, padding)


def flat(x):
    return tf.reshape(x, [x.shape[0], -1])


def perceptron(x):
    return dense(tf.nn.relu(dense(x, 128)), 10)


def lenet(x):
    x = tf.nn.avg_pool2d(tf.nn.relu(conv(x, 6, 5)), 2, 2, "VALID")
    x = tf.nn.avg_pool2d(tf.nn.relu(conv(x, 16, 5, padding="VALID")), 2, 2, "VALID")
    return dense(dense(dense(flat(x), 120), 84), 10)


def residual(x):
    def block(x, filters, stride):
        y = conv(tf.nn.relu(conv(x, filters, 3, stride)), filters, 3)
        return tf.nn.relu(y + (conv(x, filters, 1, stride) if stride > 1 else x))

    x = block(block(conv(x, 8, 3), 8, 1), 16, 2)
    return dense(tf.reduce_mean(x, [1, 2]), 10)


def mobile(x):
    def block(x, filters, stride):
        y = tf.nn.depthwise_conv2d(x, weight(3, 3, x.shape[-1], 1), [1, stride, stride, 1], "SAME")
        return conv(y, filters, 1)

    x = block(block(conv(x, 8, 3, 2), 16, 1), 32, 2)
    return dense(tf.reduce_mean(x, [1, 2]), 10)


def text_cnn(tokens):
    x = tf.gather(weight(50, 16), tokens)
    x = tf.nn.conv2d(x[:, tf.newaxis], weight(1, 5, 16, 32), 1, "VALID")[:, 0]
    return dense(tf.reduce_max(tf.nn.relu(x), 1), 3)


def autoencoder(x):
    x = tf.nn.relu(tf.nn.conv2d(x, weight(2, 2, 1, 8), 2, "VALID"))
    x = tf.nn.conv2d_transpose(x, weight(2, 2, 4, 8), [BATCH, 16, 16, 4], 2, "VALID")
    return conv(x, 1, 3)


def lstm(x):
    state = memory = tf.zeros([BATCH, 24])
    for step in tf.unstack(x, axis=1):
        i, f, c, o = tf.split(dense(step, 96) + dense(state, 96), 4, -1)
        memory = tf.sigmoid(f) * memory + tf.sigmoid(i) * tf.tanh(c)
        state = tf.sigmoid(o) * tf.tanh(memory)
    return dense(state, 5)


def gru(x):
    state = tf.zeros([BATCH, 24])
    for step in tf.unstack(x, axis=1):
        update, reset, new = tf.split(dense(step, 72), 3, -1)
        from_update, from_reset = tf.split(dense(state, 48), 2, -1)
        update, reset = tf.sigmoid(update + from_update), tf.sigmoid(reset + from_reset)
        state = update * state + (1 - update) * tf.tanh(new + dense(reset * state, 24))
    return dense(state, 5)


def transformer(tokens):
    width, heads, length = 32, 4, tokens.shape[1]

    def split(x):
        return tf.transpose(tf.reshape(x, [BATCH, length, heads, width // heads]), [0, 2, 1, 3])

    x = tf.gather(weight(40, width), tokens)
    q, k, v = (split(dense(x, width)) for _ in range(3))
    seen = tf.matmul(tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), v)
    joined = dense(tf.reshape(tf.transpose(seen, [0, 2, 1, 3]), [BATCH, length, width]), width)
    x = x + tf.reshape(joined, x.shape)
    wide = tf.nn.gelu(dense(x, 4 * width))
    return dense(tf.reshape(x, [-1, width]) + dense(wide, width), 40)


MODELS = {
    "perceptron": (perceptron, [64]),
    "lenet": (lenet, [28, 28, 1]),
    "residual": (residual, [16, 16, 3]),
    "mobile": (mobile, [32, 32, 3]),
    "text-cnn": (text_cnn, 20),
    "autoencoder": (autoencoder, [16, 16, 1]),
    "lstm": (lstm, [10, 12]),
    "gru": (gru, [10, 12]),
    "transformer": (transformer, 12),
}


def count(model, shape):
    tokens = isinstance(shape, int)
    spec = tf.TensorSpec([BATCH, *([shape] if tokens else shape)], tf.int32 if tokens else tf.float32)
    graph = tf.function(model).get_concrete_function(spec).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    builder = tf.compat.v1.profiler.ProfileOptionBuilder(options)
    options = builder.with_empty_output().build()
    options["account_type_regexes"] = [f"^{name}$" for name in PRODUCTS]
    profile = tf.compat.v1.profiler.profile(graph, cmd="op", options=options)
    return profile.total_float_ops


print(json.dumps({name: count(*model) for name, model in MODELS.items()}))
