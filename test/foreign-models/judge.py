"""Runs models in ONNX Runtime.

    python judge.py FOLDER     FOLDER/manifest.json lists models and the files with their inputs

Writes each output to a file, and prints a line of JSON for each model: its outputs' names, types and shapes.
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

# What a tfjs tensor is fed as.
NUMPY = {"tensor(float)": np.float32, "tensor(int32)": np.int32, "tensor(int64)": np.int64}


def save_spread(path):
    """A small network with its weights in a file beside it, as torch.onnx.export leaves it."""
    rng = np.random.default_rng(7)
    weights = {
        name: numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), name)
        for name, shape in {"w1": (64, 128), "b1": (128,), "w2": (128, 10), "b2": (10,)}.items()
    }
    nodes = [
        helper.make_node("Gemm", ["x", "w1", "b1"], ["h"]),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("Gemm", ["r", "w2", "b2"], ["y"]),
    ]
    value = helper.make_tensor_value_info
    inputs = [value("x", TensorProto.FLOAT, ["batch", 64])]
    outputs = [value("y", TensorProto.FLOAT, ["batch", 10])]
    graph = helper.make_graph(nodes, "spread", inputs, outputs, list(weights.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    name = f"{path.name}.data"
    onnx.save_model(model, path, save_as_external_data=True, location=name, size_threshold=0)


def judge(folder, case):
    path = Path(case["path"])
    if case.get("spread"):
        save_spread(path)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    feeds = {}
    for spec in session.get_inputs():
        given = case["inputs"][spec.name]
        data = np.fromfile(folder / given["file"], dtype=given["dtype"]).reshape(given["shape"])
        feeds[spec.name] = data.astype(NUMPY[spec.type])
    outputs = []
    for i, (spec, result) in enumerate(zip(session.get_outputs(), session.run(None, feeds))):
        file = f"{case['id']}.output{i}.bin"
        result.astype(np.float64).tofile(folder / file)
        outputs.append({"name": spec.name, "shape": result.shape, "file": file})
    return outputs


def main(folder):
    for case in json.loads((folder / "manifest.json").read_text()):
        print(json.dumps({"id": case["id"], "outputs": judge(folder, case)}), flush=True)


main(Path(sys.argv[1]))
