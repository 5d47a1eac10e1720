"""One conversion: rebuild, compare with what tfjs predicts, convert, run, measure."""

import json
import platform
from pathlib import Path

import numpy as np
import tensorflow as tf

from .contents import contents
from .convert import convert
from .interpreter import Interpreted
from .measure import check_rebuilt, measure
from .network import Network


def run_job(folder: Path) -> dict:
    """Writes model.tflite into the folder and gives what is to be known of it."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    weights = np.fromfile(folder / "weights.bin", np.float32)
    network = Network(job["network"], weights, job["batch"])
    inputs = [load(folder, tensor) for tensor in job["check"]["inputs"]]
    expected = [load(folder, tensor) for tensor in job["check"]["outputs"]]
    batches = [[load(folder, tensor) for tensor in batch] for batch in job["calibrate"]]

    say("rebuilding the model")
    rebuilt = check_rebuilt(network, inputs, expected)
    say("converting")
    data = convert(network, job["format"], batches, job["io"], job["integersOnly"])
    (folder / "model.tflite").write_bytes(data)
    say("measuring the error")
    run = Interpreted(data)
    outputs, at_once = run.outputs(network.description, inputs, job["batch"])
    names = [entry["name"] for entry in network.description["outputs"]]
    return {
        "tensorflow": tf.__version__,
        "python": platform.python_version(),
        "rebuilt": {"maxAbsError": rebuilt},
        "outputs": [
            {"name": name, **measure(result, reference)}
            for name, result, reference in zip(names, outputs, expected, strict=True)
        ],
        "anyBatch": at_once,
        **contents(data),
        **run.ends(network.description),
    }


def load(folder: Path, tensor: dict) -> np.ndarray:
    return np.fromfile(folder / tensor["file"], tensor["dtype"]).reshape(tensor["shape"])


def say(stage: str) -> None:
    print(stage, flush=True)
