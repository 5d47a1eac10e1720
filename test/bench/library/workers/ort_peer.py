"""ONNX Runtime as a peer of the bench: the case of workers/inference-cases.mjs, in NCHW as ONNX has it.

INT8 is what its documentation advises for CPUs: static, QDQ, per channel, uint8 activations and int8
weights, and `reduce_range` where the processor has no VNNI. INT4 is `MatMulNBits` in blocks of 32 with
int8 activations (`accuracy_level` 4)."""

import logging
import math
import os
import tempfile

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from serving import serve

THREADS = int(os.environ["BENCH_THREADS"])
REDUCE_RANGE = os.environ.get("BENCH_REDUCE_RANGE") == "1"
CALIBRATION_SAMPLES = 16
BLOCK = 32
random = np.random.default_rng(0)
logging.getLogger().setLevel(logging.ERROR)  # it advises to fold norms first: there are none


def normal(*shape, deviation=1.0):
    return (deviation * random.standard_normal(shape)).astype(np.float32)


class Graph:
    """Nodes and weights of a chain of layers, from `x` on."""

    def __init__(self, channels):
        self.nodes, self.weights, self.last, self.channels = [], [], "x", channels
        self.spatial = False

    def constant(self, name, values):
        self.weights.append(numpy_helper.from_array(values, f"{name}{len(self.nodes)}"))
        return self.weights[-1].name

    def add(self, operator, *inputs, **attributes):
        output = f"v{len(self.nodes)}"
        domain = attributes.pop("domain", None)
        self.nodes.append(
            helper.make_node(operator, [self.last, *inputs], [output], domain=domain, **attributes)
        )
        self.last = output

    def dense(self, units):
        weight = normal(self.channels, units, deviation=math.sqrt(2 / self.channels))
        self.add("Gemm", self.constant("w", weight), self.constant("b", np.zeros(units, np.float32)))

    def dense_int4(self, units):
        depth = self.channels
        weight = normal(units, depth // BLOCK, BLOCK, deviation=math.sqrt(2 / depth))
        scales = np.abs(weight).max(2, keepdims=True) / 7
        codes = (np.clip(np.round(weight / scales), -8, 7) + 8).astype(np.uint8)
        packed = codes[..., 0::2] | (codes[..., 1::2] << 4)
        self.add(
            "MatMulNBits",
            self.constant("w", packed),
            self.constant("s", scales.reshape(-1)),
            domain="com.microsoft",
            K=depth,
            N=units,
            bits=4,
            block_size=BLOCK,
            accuracy_level=4,
        )
        return weight.reshape(units, depth).T

    def conv2d(self, filters, size, padding="same"):
        deviation = math.sqrt(2 / (self.channels * size**2))
        weight = normal(filters, self.channels, size, size, deviation=deviation)
        bias = self.constant("b", np.zeros(filters, np.float32))
        pads = [size // 2 if padding == "same" else 0] * 4
        self.add("Conv", self.constant("w", weight), bias, kernel_shape=[size, size], pads=pads)

    def max_pool(self, size):
        self.add("MaxPool", kernel_shape=[size, size], strides=[size, size])

    def average_pool(self):
        self.add("GlobalAveragePool")
        self.add("Flatten")

    def model(self, x_shape):
        graph = helper.make_graph(
            self.nodes,
            "network",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", *x_shape])],
            [helper.make_tensor_value_info(self.last, TensorProto.FLOAT, None)],
            self.weights,
        )
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def build(shape, layers):
    graph = Graph(shape[0])
    for layer in layers:
        if layer["kind"] == "dense":
            graph.dense(layer["units"])
        elif layer["kind"] == "conv2d":
            graph.conv2d(layer["filters"], layer["kernelSize"], layer.get("padding", "same"))
        elif layer["kind"] == "max-pool":
            graph.max_pool(layer["size"])
        elif layer["kind"] == "flatten":
            graph.add("Flatten")
        else:
            graph.average_pool()
        graph.channels = layer.get("units") or layer.get("filters") or layer.get("features") or graph.channels
        if layer.get("activation") == "relu":
            graph.add("Relu")
        elif layer.get("activation") == "softmax":
            graph.add("Softmax", axis=-1)
    return graph.model(shape)


class Examples(CalibrationDataReader):
    def __init__(self, shape):
        self.batches = iter([{"x": normal(CALIBRATION_SAMPLES, *shape)}])

    def get_next(self):
        return next(self.batches, None)


def quantized(model, shape):
    with tempfile.TemporaryDirectory() as folder:
        source, target = (os.path.join(folder, name) for name in ("fp32.onnx", "int8.onnx"))
        onnx.save(model, source)
        quantize_static(
            source,
            target,
            Examples(shape),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=REDUCE_RANGE,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        return onnx.load(target)


def session(model):
    options = ort.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.log_severity_level = 3
    return ort.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def sqnr(reference, noisy):
    reference, noisy = reference.astype(np.float64), noisy.astype(np.float64)
    return 10 * math.log10((reference**2).sum() / ((reference - noisy) ** 2).sum())


def inference(input, layers, batch, format, frozen=False):
    """`frozen` says how tfjs gets the network; here it is a graph anyhow."""
    shape = [input[-1], *input[:-1]]
    x = normal(batch, *shape)
    if format == "int4":
        graph = Graph(shape[0])
        weight = graph.dense_int4(layers[0]["units"])
        run = session(graph.model(shape))
        return lambda: run.run(None, {"x": x}), {"sqnrDb": sqnr(x @ weight, run.run(None, {"x": x})[0])}
    float_model = build(shape, layers)
    if format == "fp32":
        run = session(float_model)
        return lambda: run.run(None, {"x": x})
    run = session(quantized(float_model, shape))
    [reference], [result] = (each.run(None, {"x": x}) for each in (session(float_model), run))
    return lambda: run.run(None, {"x": x}), {"sqnrDb": sqnr(reference, result)}


serve({"inference": inference})
