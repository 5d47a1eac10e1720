"""Writes what PyTorch's observers and fake quantization give, as fixtures of the unit tests.

Usage: python test/pytorch/generate_quantization.py  (PyTorch is not part of what setup installs)
"""

import json
import math
from pathlib import Path

import torch
from torch.ao.quantization import observer as observers

TARGET = Path(__file__).parents[2] / "test/pytorch/quantization.json"


def batch(index: int, size: int = 400) -> torch.Tensor:
    """Numbers that the tests make again: a sum of sines, cubed, which has long tails."""
    values = [math.sin(12.9898 * (i + 1) + index) + math.sin(78.233 * (i + 1)) for i in range(size)]
    return torch.tensor([(1 + index) * v**3 for v in values], dtype=torch.float32)


def observed(observer) -> list[float]:
    for index in range(3):
        observer(batch(index))
    return [float(observer.min_val), float(observer.max_val)]


def searched() -> list[float]:
    observer = observers.HistogramObserver(quant_min=0, quant_max=255)
    for index in range(3):
        observer(batch(index))
    return [float(x) for x in observer._non_linear_param_search()]


def fake_quantized() -> dict:
    x = batch(0)
    scale, zero_point = 0.05, 120
    scales = torch.tensor([0.02 * (row + 1) for row in range(4)])
    rows = torch.fake_quantize_per_channel_affine(
        x.reshape(4, -1), scales, torch.zeros(4, dtype=torch.int32), 0, -127, 127
    )
    return {
        "scale": scale,
        "zeroPoint": zero_point,
        "tensor": torch.fake_quantize_per_tensor_affine(x, scale, zero_point, 0, 255).tolist(),
        "scales": scales.tolist(),
        "rows": rows.flatten().tolist(),
    }


fixture = {
    "torch": torch.__version__,
    "minMax": observed(observers.MinMaxObserver()),
    "movingAverage": observed(observers.MovingAverageMinMaxObserver(averaging_constant=0.01)),
    "histogram": searched(),
    "fakeQuantize": fake_quantized(),
}
TARGET.write_text(json.dumps(fixture) + "\n")
print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, torch {torch.__version__}")
