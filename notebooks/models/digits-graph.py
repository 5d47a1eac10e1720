"""Trains a small Keras network on the digits and writes it as TensorFlow.js's converter writes a frozen
graph: `digits-graph/model.json` and its weights. Needs TensorFlow; run once: what it wrote is committed.

    python notebooks/models/digits-graph.py
"""

import gzip
import json
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from google.protobuf.json_format import MessageToDict
from keras import layers
from tensorflow.core.protobuf import config_pb2, meta_graph_pb2
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
from tensorflow.python.grappler import tf_optimizer

HERE = Path(__file__).parent
DIGITS = HERE.parent / "data" / "digits.csv.gz"
# What the converter asks of TensorFlow's optimizer for tfjs.
PASSES = ["remap", "constfold", "arithmetic", "dependency", "pruning", "remap"]


def digits():
    with gzip.open(DIGITS) as file:
        rows = np.loadtxt(file, delimiter=",", dtype=np.float32)
    return rows[:, :64].reshape(-1, 8, 8, 1) / 16, rows[:, 64].astype(int)


def network():
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(16, 3, padding="same", use_bias=False, name="stem")(image)
    x = start = layers.ReLU(name="stem_relu")(layers.BatchNormalization(name="stem_norm")(x))
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    x = layers.ReLU(6, name="depthwise_relu")(layers.BatchNormalization(name="depthwise_norm")(x))
    x = layers.Conv2D(16, 1, use_bias=False, name="pointwise")(x)
    x = layers.Add(name="residual")([start, layers.BatchNormalization(name="pointwise_norm")(x)])
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Conv2D(32, 3, activation="relu", name="last")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    return keras.Model(image, layers.Dense(10, activation="softmax", name="digit")(x))


def frozen(model):
    call = tf.function(lambda image: model(image, training=False))
    spec = tf.TensorSpec([None, 8, 8, 1], tf.float32, name="image")
    function = convert_variables_to_constants_v2(call.get_concrete_function(spec))
    meta = tf.compat.v1.train.export_meta_graph(
        graph_def=function.graph.as_graph_def(), graph=function.graph
    )
    outputs = [tensor.name for tensor in function.outputs]
    fetch = meta_graph_pb2.CollectionDef()
    fetch.node_list.value.extend(outputs)
    meta.collection_def["train_op"].CopyFrom(fetch)
    config = config_pb2.ConfigProto()
    config.graph_options.rewrite_options.optimizers.extend(PASSES)
    return tf_optimizer.OptimizeGraph(config, meta), function.inputs[0].name, outputs[0]


def written(graph, first, last):
    """The graph's JSON, with the values of constants in a file of their own."""
    weights, data = [], b""
    nodes = []
    for node in graph.node:
        if node.op == "Const":
            values = tf.make_ndarray(node.attr["value"].tensor)
            dtype = {"float32": "float32", "int32": "int32"}[values.dtype.name]
            weights.append({"name": node.name, "shape": list(values.shape), "dtype": dtype})
            data += values.tobytes()
            del node.attr["value"]
        nodes.append(MessageToDict(node))
    signature = {
        "inputs": {"image": {"name": first}},
        "outputs": {"digit": {"name": last}},
    }
    return {
        "format": "graph-model",
        "modelTopology": {"node": nodes, "versions": {"producer": graph.versions.producer}},
        "signature": signature,
        "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": weights}],
    }, data


def main():
    keras.utils.set_random_seed(7)
    x, y = digits()
    is_test = np.arange(len(x)) % 5 == 0
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x[~is_test], y[~is_test], epochs=25, batch_size=32, verbose=0)
    print("accuracy on every fifth image:", model.evaluate(x[is_test], y[is_test], verbose=0)[1])
    json_text, data = written(*frozen(model))
    folder = HERE / "digits-graph"
    folder.mkdir(exist_ok=True)
    (folder / "model.json").write_text(json.dumps(json_text, separators=(",", ":")) + "\n")
    (folder / "group1-shard1of1.bin").write_bytes(data)
    first = np.round(model.predict(x[:1], verbose=0)[0].astype(float), 4).tolist()
    print("probabilities of the first image:", first)
    print(sorted({node["op"] for node in json_text["modelTopology"]["node"]}))


main()
