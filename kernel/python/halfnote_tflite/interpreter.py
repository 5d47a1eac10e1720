"""Runs a file as its users will."""

import warnings

import numpy as np


def interpreter(data: bytes):
    """LiteRT's interpreter where it is installed, else the one that is part of TensorFlow."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError:
            import tensorflow as tf

            Interpreter = tf.lite.Interpreter
        return Interpreter(model_content=data)


class Interpreted:
    def __init__(self, data: bytes):
        self._interpreter = interpreter(data)
        self._run = self._interpreter.get_signature_runner()

    def outputs(
        self, description: dict, inputs: list[np.ndarray], batch: int | None
    ) -> tuple[list[np.ndarray], bool]:
        """Outputs in float, in order; and whether the file took all rows at once."""
        if batch is None:
            try:
                return self._of(description, inputs), True
            except (RuntimeError, ValueError):
                pass
        size = batch or 1
        parts = [
            self._of(description, [x[start : start + size] for x in inputs])
            for start in range(0, len(inputs[0]), size)
        ]
        return [np.concatenate(part) for part in zip(*parts, strict=True)], False

    def _of(self, description: dict, inputs: list[np.ndarray]) -> list[np.ndarray]:
        details = self._run.get_input_details()
        names = [entry["name"] for entry in description["inputs"]]
        feeds = {
            name: to_codes(x, details[name])
            for name, x in zip(names, inputs, strict=True)
            if name in details
        }
        results = self._run(**feeds)
        details = self._run.get_output_details()
        return [
            from_codes(results[entry["name"]], details[entry["name"]])
            for entry in description["outputs"]
        ]

    def ends(self, description: dict) -> dict:
        """The inputs and outputs of the file, in the model's order."""

        def values(entries: list[dict], details: dict) -> list[dict]:
            return [
                {
                    "name": entry["name"],
                    "type": np.dtype(details[entry["name"]]["dtype"]).name,
                    "shape": [int(n) for n in details[entry["name"]]["shape_signature"]],
                    **grid(details[entry["name"]]),
                }
                for entry in entries
                if entry["name"] in details
            ]

        run = self._run
        return {
            "inputs": values(description["inputs"], run.get_input_details()),
            "outputTypes": values(description["outputs"], run.get_output_details()),
        }


def grid(details: dict) -> dict:
    scale, zero = details["quantization"]
    return {"scale": float(scale), "zeroPoint": int(zero)} if scale else {}


def to_codes(x: np.ndarray, details: dict) -> np.ndarray:
    dtype = details["dtype"]
    scale, zero = details["quantization"]
    if not scale or not np.issubdtype(dtype, np.integer):
        return x.astype(dtype)
    limits = np.iinfo(dtype)
    return np.clip(np.rint(x / scale) + zero, limits.min, limits.max).astype(dtype)


def from_codes(y: np.ndarray, details: dict) -> np.ndarray:
    scale, zero = details["quantization"]
    if not scale or not np.issubdtype(y.dtype, np.integer):
        return y
    return (y.astype(np.float32) - zero) * np.float32(scale)
