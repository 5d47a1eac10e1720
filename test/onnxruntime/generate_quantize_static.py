"""Writes quantize_static.json: what ONNX Runtime's static quantization makes of a small CNN.

    .venv/bin/python test/onnxruntime/generate_quantize_static.py

The network: convolution, ReLU, max pool, convolution, ReLU, a residual sum, ReLU, global mean, dense.
Uint8 activations per tensor, int8 weights per output channel, min-max calibration, no reduced range.
"""

import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

random = np.random.RandomState(7)
kernels = {
    "a": random.normal(0, 0.4, (3, 3, 2, 4)).astype(np.float32),  # height, width, in, out
    "b": random.normal(0, 0.3, (3, 3, 4, 4)).astype(np.float32),
    "head": random.normal(0, 0.6, (4, 3)).astype(np.float32),
}
biases = {name: random.normal(0, 0.2, k.shape[-1]).astype(np.float32) for name, k in kernels.items()}
calibration = random.uniform(-1, 2, (6, 8, 8, 2)).astype(np.float32)  # NHWC
test = random.uniform(-1, 2, (4, 8, 8, 2)).astype(np.float32)


def model() -> onnx.ModelProto:
    constants = []
    for name, kernel in kernels.items():
        value = kernel.transpose(3, 2, 0, 1) if kernel.ndim == 4 else kernel
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), f"{name}_w"))
        constants.append(numpy_helper.from_array(biases[name], f"{name}_b"))
    window = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
    nodes = [
        helper.make_node("Conv", ["x", "a_w", "a_b"], ["a_y"], "a", **window),
        helper.make_node("Relu", ["a_y"], ["a_out"], "a_relu"),
        helper.make_node("MaxPool", ["a_out"], ["pool_out"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["pool_out", "b_w", "b_b"], ["b_y"], "b", **window),
        helper.make_node("Relu", ["b_y"], ["b_out"], "b_relu"),
        helper.make_node("Add", ["b_out", "pool_out"], ["sum_y"], "sum"),
        helper.make_node("Relu", ["sum_y"], ["sum_out"], "sum_relu"),
        helper.make_node("GlobalAveragePool", ["sum_out"], ["mean_y"], "mean"),
        helper.make_node("Flatten", ["mean_y"], ["mean_out"], "flat"),
        helper.make_node("Gemm", ["mean_out", "head_w", "head_b"], ["y"], "head"),
    ]
    graph = helper.make_graph(
        nodes,
        "cnn",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


class Reader(CalibrationDataReader):
    def __init__(self) -> None:
        self.batches = iter([calibration[:3], calibration[3:]])

    def get_next(self):
        batch = next(self.batches, None)
        return None if batch is None else {"x": batch.transpose(0, 3, 1, 2)}


def listed(array: np.ndarray) -> list:
    """Float32 values in as few digits as name them."""
    return [float(np.format_float_positional(v, unique=True)) for v in array.astype(np.float32).ravel()]


with tempfile.TemporaryDirectory() as folder:
    source, target = Path(folder, "float.onnx"), Path(folder, "int8.onnx")
    onnx.save(model(), source)
    quantize_static(
        source,
        target,
        Reader(),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax,
    )
    quantized = onnx.load(target)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(target, options, providers=["CPUExecutionProvider"])
    output = session.run(None, {"x": test.transpose(0, 3, 1, 2)})[0]

constants = {c.name: numpy_helper.to_array(c) for c in quantized.graph.initializer}
values = {}
for node in quantized.graph.node:
    if node.op_type == "QuantizeLinear" and node.input[1] in constants:
        scale, zero = (constants[name] for name in node.input[1:3])
        if scale.size == 1 and zero.dtype == np.uint8:
            values[node.input[0]] = {"scale": listed(scale)[0], "zeroPoint": int(zero)}
weights = {}
for name, kernel in kernels.items():
    codes = constants[f"{name}_w_quantized"]
    codes = codes.transpose(2, 3, 1, 0) if codes.ndim == 4 else codes
    weights[name] = {
        "kernel": {"shape": kernel.shape, "values": listed(kernel)},
        "bias": listed(biases[name]),
        "codes": codes.ravel().tolist(),
        "scales": listed(constants[f"{name}_w_scale"]),
    }

result = {
    "onnxruntime": ort.__version__,
    "weights": weights,
    "calibration": {"shape": calibration.shape, "values": listed(calibration)},
    "test": {"shape": test.shape, "values": listed(test)},
    "values": values,
    "output": {"shape": output.shape, "values": listed(output)},
}
path = Path(__file__).with_name("quantize_static.json")
path.write_text(json.dumps(result) + "\n")
print(f"{path.name}: {path.stat().st_size} bytes; values {values}")
