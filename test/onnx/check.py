"""Judges exported models: the checker, strict shape inference, and ONNX Runtime's outputs.

    python check.py FOLDER     FOLDER/manifest.json lists the cases

Ends with `N passed, N failed`.
"""
import json
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, shape_inference
from onnxruntime.capi._pybind_state import quantize_matmul_4bits


def load(folder, tensor):
    data = np.fromfile(folder / tensor["file"], dtype=tensor["dtype"])
    return data.reshape(tensor["shape"])


def session(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    # Weight-only products of 8 bits keep their float input; by default it is rounded to int8 too.
    options.add_session_config_entry("session.qdq_matmulnbits_accuracy_level", "1")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def check_file(path, case):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    assert model.producer_name == "halfnote", model.producer_name
    assert {o.domain: o.version for o in model.opset_import}[""] >= 21
    graph = model.graph
    names = [node.name for node in graph.node]
    assert len(set(names)) == len(names), "two nodes have one name"
    for value in graph.input:
        first = value.type.tensor_type.shape.dim[0]
        assert first.dim_param == "batch", f"{value.name}: its batch is {first}"
    check_transposes(graph)
    check_constants(graph)
    counts = Counter(node.op_type for node in graph.node)
    for op, count in case.get("operators", {}).items():
        assert counts[op] == count, f"{counts[op]} {op} instead of {count}: {dict(counts)}"
    if case["format"] == "fp16":
        # The scales of a Resize are fp32 by ONNX's own definition.
        scales = {name for node in graph.node if node.op_type == "Resize" for name in node.input}
        said = [p.value for p in model.metadata_props if p.key == "halfnote.notes"]
        kept = re.findall(r"'([^']+)' stays in fp32", "".join(said))
        wide = [
            t.name
            for t in graph.initializer
            if t.data_type == TensorProto.FLOAT
            and not t.name.startswith(tuple(f"{name}/" for name in kept))
            and not t.name.endswith("/mask_value")
        ]
        assert set(wide) <= scales, f"fp32 constants in fp16: {wide}"
    return model


def check_transposes(graph):
    """No two transposes follow each other where one, or none, would do."""
    made = {output: node for node in graph.node for output in node.output}
    for node in graph.node:
        before = made.get(node.input[0]) if node.input else None
        if node.op_type == "Transpose" and before is not None:
            assert before.op_type != "Transpose", f"{before.name} then {node.name}"


def check_constants(graph):
    read = {name for node in walk(graph) for name in node.input}
    unread = [t.name for t in graph.initializer if t.name not in read]
    assert not unread, f"constants that nothing reads: {unread}"


def walk(graph):
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from walk(attribute.g)


def check_outputs(path, case, folder):
    run = session(str(path))
    inputs = [load(folder, tensor) for tensor in case["inputs"]]
    feeds = {spec.name: x for spec, x in zip(run.get_inputs(), inputs, strict=True)}
    results = run.run(None, feeds)
    worst = 0.0
    for i, (result, tensor) in enumerate(zip(results, case["outputs"], strict=True)):
        expected = load(folder, tensor)
        assert result.shape == expected.shape, f"output {i}: {result.shape}, not {expected.shape}"
        assert np.isfinite(result).all(), f"output {i} is not finite"
        largest = np.abs(expected).max(initial=0.0)
        off = np.abs(result - expected)
        together = np.sqrt(np.mean(off**2)) if off.size else 0.0
        for name, error in (("relative", off.max(initial=0.0)), ("together", together)):
            if name not in case:
                continue
            allowed = case["absolute"] + case[name] * largest
            worst = max(worst, error / allowed)
            what = f"output {i} is off by {error:.3g} ({name}), allowed is {allowed:.3g}"
            assert error <= allowed, what
    return worst


def check_runtime_fuses(path, case, folder):
    """ONNX Runtime's own operators after it has optimized the file."""
    wanted = case.get("fused")
    if wanted is None:
        return
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(folder / "optimized.onnx")
    onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    counts = Counter(node.op_type for node in onnx.load(folder / "optimized.onnx").graph.node)
    for op, count in wanted.items():
        assert counts[op] == count, f"{counts[op]} fused {op} instead of {count}: {dict(counts)}"


def check_block(folder, case):
    """Scales and codes of ONNX Runtime's own quantizer, which rounds products and not quotients."""
    inputs, units, size = case["inputs"], case["units"], case["blockSize"]
    blocks = -(-inputs // size)
    kernel = np.fromfile(folder / case["data"], np.float32).reshape(inputs, units)
    packed = np.zeros((units, blocks, size // 2), np.uint8)
    scales = np.zeros(units * blocks, np.float32)
    zero_points = np.zeros(units * ((blocks + 1) // 2), np.uint8)
    quantize_matmul_4bits(packed, kernel, scales, zero_points, size, units, inputs, True)
    ours = np.fromfile(folder / case["packed"], np.uint8).reshape(packed.shape)
    np.testing.assert_allclose(np.fromfile(folder / case["scales"], np.float32), scales, 1e-6)
    # Inputs beyond the last are padding, whose codes nothing reads.
    codes, expected = (
        np.stack([b & 15, b >> 4], -1).reshape(units, -1)[:, :inputs].astype(int)
        for b in (ours, packed)
    )
    assert np.abs(codes - expected).max() <= 1, "a code is off by more than one"
    assert (codes != expected).mean() < 1e-3, "more than ties are rounded otherwise"


def main(folder):
    cases = json.loads((folder / "manifest.json").read_text())
    failed = 0
    for case in cases:
        path = folder / case["file"]
        try:
            check_file(path, case)
            worst = check_outputs(path, case, folder)
            check_runtime_fuses(path, case, folder)
            print(f"✓ {case['name']} ({worst:.0%} of the tolerance, {path.stat().st_size} bytes)")
        except Exception as error:  # every case is judged, whatever happens to the one before
            failed += 1
            print(f"✗ {case['name']}\n  {type(error).__name__}: {str(error)[:1500]}")
    blocks = json.loads((folder / "blocks.json").read_text())
    for case in blocks:
        try:
            check_block(folder, case)
            print(f"✓ {case['name']}")
        except Exception as error:
            failed += 1
            print(f"✗ {case['name']}\n  {error}")
    cases += blocks
    print(f"{len(cases) - failed} passed, {failed} failed")


main(Path(sys.argv[1]))
