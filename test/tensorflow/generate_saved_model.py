"""Writes saved_model/: one function as signatures of several types.

    .venv/bin/python test/tensorflow/generate_saved_model.py
"""
import shutil
from pathlib import Path

import tensorflow as tf

FOLDER = Path(__file__).parent / "saved_model"
WEIGHTS = [[1.5, -2.0, 0.25], [3.0, 4.0, -1.0]]


def product(dtype):
    """x times the weights, in float32, as `dtype`."""

    @tf.function(input_signature=[tf.TensorSpec([None, 2], dtype, name="x")])
    def call(x):
        return {"y": tf.cast(tf.cast(x, tf.float32) @ tf.constant(WEIGHTS), dtype)}

    return call


def shifted(dtype, shift):
    @tf.function(input_signature=[tf.TensorSpec([None], dtype, name="x")])
    def call(x):
        return {"y": x + tf.constant(shift, dtype)}

    return call


module = tf.Module()
module.calls = {
    "serving_default": product(tf.float32),
    "half": product(tf.float16),
    "bfloat16": product(tf.bfloat16),
    "double": product(tf.float64),
    "bytes": shifted(tf.uint8, 1),
    "long": shifted(tf.int64, 2**32),
}
shutil.rmtree(FOLDER, ignore_errors=True)
tf.saved_model.save(module, str(FOLDER), signatures=module.calls)
# Without variables the graph is all there is.
for path in FOLDER.iterdir():
    if path.name != "saved_model.pb":
        shutil.rmtree(path) if path.is_dir() else path.unlink()
