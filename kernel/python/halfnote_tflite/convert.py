"""TensorFlow's converter, told what a format means."""

import numpy as np
import tensorflow as tf

from .network import Network


def convert(
    network: Network, form: str, batches: list[list[np.ndarray]], io: str, integers_only: bool
) -> bytes:
    """The bytes of a file.

    fp32 keeps everything; fp16 rounds weights; dynamic rounds the weights of large layers to int8,
    and activations while it runs; int8 rounds both, with ranges measured on `batches`.
    """
    if form == "int8":
        ranges: dict[str, tuple[float, float]] = {}
        for batch in batches:
            network.run(batch, ranges)
        network.ranges = ranges
    function = network.concrete()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], network)
    if form != "fp32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if form == "fp16":
        converter.target_spec.supported_types = [tf.float16]
    if form == "int8":
        converter.representative_dataset = lambda: rows(network, batches)
        float_operators = [] if integers_only else [tf.lite.OpsSet.TFLITE_BUILTINS]
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.TFLITE_BUILTINS_INT8,
            *float_operators,
        ]
        kind = tf.as_dtype(io)
        converter.inference_input_type = converter.inference_output_type = kind
    return converter.convert()


def rows(network: Network, batches: list[list[np.ndarray]]):
    """Inputs by name, as many at a time as the file takes."""
    names = [spec.name for spec in network.signature]
    size = network.signature[0].shape[0] or 1
    for batch in batches:
        for start in range(0, len(batch[0]) - size + 1, size):
            yield {name: x[start : start + size] for name, x in zip(names, batch, strict=True)}

