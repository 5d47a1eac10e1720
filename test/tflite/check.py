"""Judges exported models in TensorFlow Lite's interpreter, with none of Halfnote's own code.

    python check.py FOLDER     FOLDER/manifest.json lists the files

Ends with `N passed, N failed`.
"""

import json
import os
import sys
import warnings
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.simplefilter("ignore")

import numpy as np
import tensorflow as tf

PROGRAM = Path(__file__).parent / "../../kernel/python"


def load(folder, tensor):
    return np.fromfile(folder / tensor["file"], tensor["dtype"]).reshape(tensor["shape"])


def codes(x, details):
    scale, zero = details["quantization"]
    if not scale:
        return x.astype(details["dtype"])
    limits = np.iinfo(details["dtype"])
    return np.clip(np.round(x / scale) + zero, limits.min, limits.max).astype(details["dtype"])


def numbers(y, details):
    scale, zero = details["quantization"]
    return (y.astype(np.float32) - zero) * np.float32(scale) if scale else y


def interpreter_of(path):
    return tf.lite.Interpreter(model_path=str(path), num_threads=1)


def ends(path, case):
    """Details of inputs and outputs by their names in the signature; from an interpreter of its own,
    for one that has a runner can't be resized."""
    interpreter = interpreter_of(path)
    [signature] = interpreter.get_signature_list().values()
    runner = interpreter.get_signature_runner()
    into, out = runner.get_input_details(), runner.get_output_details()
    assert sorted(signature["outputs"]) == sorted(t["signature"] for t in case["outputs"])
    return into, out


def run(interpreter, case, folder, into, out):
    """Tensor by tensor, through the interpreter's plain interface, a batch at a time."""
    inputs = [load(folder, tensor) for tensor in case["inputs"]]
    size = case["batch"] or len(inputs[0])
    results = []
    for start in range(0, len(inputs[0]), size):
        for tensor, x in zip(case["inputs"], inputs, strict=True):
            if tensor["name"] in into:
                place = into[tensor["name"]]["index"]
                rows = x[start : start + size]
                if case["batch"] is None:
                    interpreter.resize_tensor_input(place, rows.shape)
        interpreter.allocate_tensors()
        for tensor, x in zip(case["inputs"], inputs, strict=True):
            if tensor["name"] in into:
                details = into[tensor["name"]]
                interpreter.set_tensor(details["index"], codes(x[start : start + size], details))
        interpreter.invoke()
        results.append(
            [
                numbers(interpreter.get_tensor(details["index"]).copy(), details)
                for details in (out[tensor["signature"]] for tensor in case["outputs"])
            ]
        )
    return [np.concatenate(parts) for parts in zip(*results, strict=True)]


def sqnr(actual, expected):
    noise = float(((actual.astype(np.float64) - expected) ** 2).sum())
    return np.inf if noise == 0 else 10 * np.log10(float((expected.astype(np.float64) ** 2).sum()) / noise)


def check_output(tensor, actual, folder):
    expected = load(folder, tensor)
    assert actual.shape == expected.shape, f"{actual.shape}, not {expected.shape}"
    assert np.isfinite(actual).all(), "not finite"
    found = sqnr(actual, expected)
    assert found >= tensor["sqnr"], f"{found:.1f} dB, at least {tensor['sqnr']} are wanted"
    error = float(np.abs(actual - expected).max(initial=0.0))
    reported = tensor["reported"]
    assert abs(error - reported) <= 1e-6 + 1e-3 * error, f"{error} was reported as {reported}"
    return found


def check_file(path, case, interpreter, into, out):
    bound = case.get("mostBytes")
    size = path.stat().st_size
    assert bound is None or size <= bound, f"{size} bytes, more than {bound:.0f}"
    for details in [*into.values(), *out.values()] if case.get("ends") else []:
        assert details["dtype"] == np.dtype(case["ends"]).type, details["dtype"]
    kinds = {tensor["dtype"] for tensor in interpreter.get_tensor_details()}
    if case.get("onlyIntegers"):
        assert not kinds & {np.float32, np.float16}, kinds
    if case["format"] == "int8":
        assert np.int8 in kinds, kinds


def judge(folder, case):
    """[(name, problem or None, words)] for the models in one file."""
    path = folder / case["file"]
    interpreter = interpreter_of(path)
    verdicts = {}
    try:
        into, out = ends(path, case)
        results = run(interpreter, case, folder, into, out)
        check_file(path, case, interpreter, into, out)
    except Exception as error:
        return [(tensor["name"], f"{type(error).__name__}: {error}", "") for tensor in case["outputs"]]
    for tensor, actual in zip(case["outputs"], results, strict=True):
        name = tensor["name"]
        try:
            words = f"{check_output(tensor, actual, folder):.0f} dB"
            verdicts.setdefault(name, (name, None, words))
        except AssertionError as error:
            verdicts[name] = (name, str(error), "")
    return list(verdicts.values())


def check_layers(layers):
    sys.path.insert(0, str(PROGRAM))
    sys.dont_write_bytecode = True
    from halfnote_tflite.layers.table import LAYERS

    assert sorted(LAYERS) == sorted(layers), set(LAYERS) ^ set(layers)


def main(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    passed = failed = 0
    verdicts = [one for case in manifest["files"] for one in judge(folder, case)]
    if manifest["layers"] is not None:
        try:
            check_layers(manifest["layers"])
            verdicts.append(("the library's list of layers is the converter's", None, "the same"))
        except AssertionError as error:
            verdicts.append(("the library's list of layers is the converter's", str(error), ""))
    for name, problem, words in verdicts:
        if problem is None:
            passed += 1
            print(f"✓ {name} ({words})")
        else:
            failed += 1
            print(f"✗ {name}\n  {problem}")
    print(f"{passed} passed, {failed} failed")


main(Path(sys.argv[1]))
