"""Quantizes models by ONNX Runtime's own `quantize_static`: QDQ, per channel, min-max.

    python quantize_static.py FOLDER    FOLDER/quantize.json lists models, and the files with their inputs

Dense products that are outputs of the model stay in float, as ours do: in codes they could not leave the
range of the calibration, which cuts errors upwards where inputs are other ones, and tells nothing of a model.

Prints a line of JSON for each model: the signal-to-noise ratio of its outputs on inputs that it was not
calibrated with, in dB, or why ONNX Runtime can't quantize it.
"""
import json
import logging
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

logging.disable(logging.WARNING)
np.seterr(all="ignore")
NUMPY = {"tensor(float)": np.float32, "tensor(int32)": np.int32, "tensor(int64)": np.int64}


class Reader(CalibrationDataReader):
    def __init__(self, batches):
        self.batches = iter(batches)

    def get_next(self):
        return next(self.batches, None)


def session(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def sqnr(expected, actual):
    """The mean over the float outputs, each of all inputs, in dB; what is exact counts as 120."""
    found = []
    for i, first in enumerate(expected[0]):
        if first.dtype not in (np.float32, np.float16):
            continue
        pairs = [(a[i].astype(np.float64), b[i].astype(np.float64)) for a, b in zip(expected, actual)]
        signal = sum(np.sum(a**2) for a, _ in pairs)
        noise = sum(np.sum((a - b) ** 2) for a, b in pairs)
        if signal == 0:
            raise ValueError("an output is 0 throughout")
        found.append(120.0 if noise == 0 else min(120.0, 10 * np.log10(signal / noise)))
    return float(np.mean(found))


def prepared(path, folder):
    """Per-channel scales need opset 13; batch normalizations are folded as ONNX Runtime advises."""
    model = onnx.load(path)
    opset = next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))
    newer = folder / "newer.onnx"
    onnx.save(model if opset >= 13 else onnx.version_converter.convert_version(model, 13), newer)
    processed = folder / "processed.onnx"
    try:
        quant_pre_process(str(newer), str(processed), skip_symbolic_shape=True, auto_merge=True)
        session(processed)
        return processed
    except Exception:
        return newer


def with_float_outputs(path):
    """Takes the rounding of dense products away that nothing but an output of the model follows."""
    model = onnx.load(path)
    graph = model.graph
    makers = {name: node for node in graph.node for name in node.output}
    taken = [name for node in graph.node for name in node.input]
    for output in graph.output:
        narrow = makers.get(output.name)
        wide = narrow and makers.get(narrow.input[0])
        if not wide or (narrow.op_type, wide.op_type) != ("DequantizeLinear", "QuantizeLinear"):
            continue
        maker = makers.get(wide.input[0])
        alone = taken.count(wide.input[0]) == 1 and output.name not in taken
        if maker is None or maker.op_type not in ("Gemm", "MatMul") or not alone:
            continue
        maker.output[list(maker.output).index(wide.input[0])] = output.name
        graph.node.remove(narrow)
        graph.node.remove(wide)
    onnx.save(model, path)


def judge(folder, case):
    path = Path(case["path"])
    original = session(path)

    def feeds(given):
        return {
            spec.name: np.fromfile(folder / given[spec.name]["file"], given[spec.name]["dtype"])
            .reshape(given[spec.name]["shape"])
            .astype(NUMPY[spec.type])
            for spec in original.get_inputs()
        }

    with tempfile.TemporaryDirectory() as name:
        own = Path(name)
        quantized = own / "quantized.onnx"
        quantize_static(
            str(prepared(path, own)),
            str(quantized),
            Reader([feeds(one) for one in case["calibrate"]]),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=case["reduceRange"],
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        with_float_outputs(quantized)
        small = session(quantized)
        names = [output.name for output in original.get_outputs()]
        held = [feeds(one) for one in case["held"]]
        return sqnr([original.run(names, one) for one in held], [small.run(names, one) for one in held])


def main(folder):
    for case in json.loads((folder / "quantize.json").read_text()):
        try:
            result = {"sqnrDb": judge(folder, case)}
        except Exception as error:
            result = {"error": str(error).strip().split("\n")[0][:160]}
        print(json.dumps({"id": case["id"], **result}), flush=True)


main(Path(sys.argv[1]))
