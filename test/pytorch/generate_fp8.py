"""Writes fp8.json: FP8 with delayed scaling as NVIDIA's recipe has it, by PyTorch's FP8 types.

    .venv/bin/python test/pytorch/generate_fp8.py

`sequences`: tensors of several steps, what each becomes when it is scaled, rounded to FP8 and scaled
back, and the scale that was used. PyTorch's rounding is checked against that of ml_dtypes.
`dense`: a product of such tensors and its gradients, with bf16 inputs and sums in fp32.
"""

import json
import math
import pathlib

import ml_dtypes
import numpy
import torch

TYPES = {
    "e4m3": (torch.float8_e4m3fn, ml_dtypes.float8_e4m3fn),
    "e5m2": (torch.float8_e5m2, ml_dtypes.float8_e5m2),
}


def numbers(tensor):
    """Nested lists of the shortest decimals that are these float32 numbers; null where not finite."""

    def text(x):
        return float(str(numpy.float32(x))) if math.isfinite(x) else None

    def walk(value):
        return [walk(v) for v in value] if isinstance(value, list) else text(value)

    return walk(tensor.tolist())


def round_fp8(x, name):
    by_torch = x.to(TYPES[name][0]).float()
    by_ml_dtypes = x.numpy().astype(TYPES[name][1]).astype(numpy.float32)
    assert numpy.array_equal(by_torch.numpy(), by_ml_dtypes)
    return by_torch


class Delayed:
    """transformer_engine's DelayedScaling: history 1024, algorithm max, margin 0."""

    def __init__(self, name):
        self.name, self.scale, self.history = name, 1.0, []
        self.largest = torch.finfo(TYPES[name][0]).max

    def quantize(self, x):
        """The scale of the steps before; of this one where there is none before."""
        amax = x.abs().max().item()
        known = max(self.history) if self.history else amax
        if known > 0 and math.isfinite(known):
            self.scale = self.largest / known
        if math.isfinite(amax):
            self.history = [*self.history, amax][-1024:]
        scaled = (x * torch.tensor(self.scale, dtype=torch.float32)).clamp(-self.largest, self.largest)
        return round_fp8(scaled, self.name) * torch.tensor(1 / self.scale, dtype=torch.float32)


def sequence(name):
    delayed, steps = Delayed(name), []
    # Zeros and small values first, then values beyond what the scale expects, which saturate.
    for size in (0.0, 1e-3, 1.0, 40.0, 0.0, 0.5):
        x = size * torch.randn(24)
        result = delayed.quantize(x)
        steps.append({"input": numbers(x), "scale": delayed.scale, "result": numbers(result)})
    return {"format": name, "steps": steps}


def dense():
    x, w, dy = torch.randn(5, 7), torch.randn(7, 4), 1e-3 * torch.randn(5, 4)

    def low(tensor, name):
        return Delayed(name).quantize(tensor).bfloat16().float()

    xq, wq, dyq = low(x, "e4m3"), low(w, "e4m3"), low(dy, "e5m2")
    return {
        "x": numbers(x), "w": numbers(w), "dy": numbers(dy),
        "y": numbers(xq @ wq), "dx": numbers(dyq @ wq.t()), "dw": numbers(xq.t() @ dyq),
    }  # fmt: skip


def tf32():
    """Rounding to 10 bits after the leading one, to nearest even, by arithmetic in float64."""
    exponents = 2.0 ** torch.randint(-30, 30, (200,))
    x = torch.cat([torch.randn(200) * exponents, torch.tensor([1 + 2**-11, 1 + 3 * 2**-11, 0.0, -1.5])])
    mantissa, exponent = numpy.frexp(x.double().numpy())
    rounded = numpy.ldexp(numpy.rint(mantissa * 2**11) / 2**11, exponent)
    return {"input": numbers(x), "result": numbers(torch.from_numpy(rounded).float())}


torch.manual_seed(11)
fixture = {
    "torch": torch.__version__,
    "ml_dtypes": ml_dtypes.__version__,
    "sequences": [sequence(name) for name in TYPES],
    "dense": dense(),
    "tf32": tf32(),
}
path = pathlib.Path(__file__).with_name("fp8.json")
path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
print(path.name, path.stat().st_size, "bytes")
