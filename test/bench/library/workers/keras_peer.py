"""Keras 3 on TensorFlow as a peer of the bench: the training cases of workers/tfjs-cases.mjs."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
from keras import layers

from serving import serve

keras.utils.set_random_seed(0)
POLICIES = {"fp32": "float32", "bf16": "mixed_bfloat16", "fp16": "mixed_float16"}


def steps(build, batch, samples, format):
    """`train_on_batch` of a compiled model: its step is one TensorFlow graph."""
    keras.config.set_dtype_policy(POLICIES[format])
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    x, y = (
        keras.random.normal((samples, *shape[1:])) for shape in (model.input_shape, model.output_shape)
    )
    first = 0

    def step():
        nonlocal first
        inputs, wanted = x[first : first + batch], y[first : first + batch]
        first = (first + batch) % (samples - batch + 1)
        return float(model.train_on_batch(inputs, wanted))

    return step


def training(batch, samples, format):
    def build():
        return keras.Sequential(
            [keras.Input((1024,)), layers.Dense(2048, activation="relu"), layers.Dense(1024)]
        )

    return steps(build, batch, samples, format)


def cnn(batch, samples, format):
    def build():
        return keras.Sequential(
            [
                keras.Input((56, 56, 64)),
                layers.Conv2D(64, 3, padding="same", activation="relu"),
                layers.Conv2D(64, 3, padding="same", activation="relu"),
                layers.GlobalAveragePooling2D(),
                layers.Dense(10),
            ]
        )

    return steps(build, batch, samples, format)


def recurrent(batch, samples, cell, units, sequence, format):
    def build():
        layer = {"lstm": layers.LSTM, "gru": layers.GRU}[cell]
        return keras.Sequential(
            [keras.Input((sequence, units)), layer(units, return_sequences=True)]
        )

    return steps(build, batch, samples, format)


def transformer(batch, samples, blocks, width, heads, sequence, format):
    def build():
        x = inputs = keras.Input((sequence, width))
        for _ in range(blocks):
            normal = layers.LayerNormalization(epsilon=1e-5)(x)
            x = x + layers.MultiHeadAttention(heads, width // heads)(normal, normal)
            hidden = layers.Dense(4 * width, activation="gelu")(
                layers.LayerNormalization(epsilon=1e-5)(x)
            )
            x = x + layers.Dense(width)(hidden)
        return keras.Model(inputs, x)

    return steps(build, batch, samples, format)


serve({"training": training, "cnn": cnn, "recurrent": recurrent, "transformer": transformer})
