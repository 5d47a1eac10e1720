"""Writes what PyTorch's equalization and bias correction give, as fixtures of the unit tests.

Usage: python test/pytorch/generate_repair.py  (PyTorch is not part of what setup installs)
"""

import copy
import json
import math
from pathlib import Path

import torch
from torch import nn
from torch.ao.quantization import _correct_bias, _equalize

TARGET = Path(__file__).parents[2] / "test/pytorch/repair.json"


def numbers(size: int, seed: int) -> list[float]:
    """Numbers that the tests make again."""
    return [math.sin(12.9898 * (i + 1) + seed) * 2 ** (3 * math.sin(i + seed)) for i in range(size)]


def fill(module: nn.Module, seed: int) -> None:
    for i, parameter in enumerate(module.parameters()):
        values = torch.tensor(numbers(parameter.numel(), seed + i), dtype=torch.float32)
        parameter.data = values.reshape(parameter.shape)


def chain(kind: str) -> nn.Sequential:
    if kind == "dense":
        layers = [nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 3)]
    else:
        layers = [nn.Conv2d(2, 4, 3), nn.ReLU(), nn.Conv2d(4, 3, 2), nn.ReLU(), nn.Conv2d(3, 5, 1)]
    model = nn.Sequential(*layers)
    for i, layer in enumerate(layers):
        fill(layer, i)
    return model


def equalized(kind: str) -> list[dict]:
    model = chain(kind)
    _equalize.equalize(model, [["0", "2", "4"]], threshold=1e-6)
    return [
        {"weight": layer.weight.flatten().tolist(), "bias": layer.bias.tolist()}
        for layer in model
        if not isinstance(layer, nn.ReLU)
    ]


class RoundedLinear(nn.Linear):
    """PyTorch corrects modules of another class than the float one's."""


class RoundedConv2d(nn.Conv2d):
    """As above."""


def corrected(kind: str) -> list[float]:
    """The bias of one layer with weights rounded to integers, corrected on a batch of 20."""
    layer = chain(kind)[0]
    rounded = copy.deepcopy(layer)
    rounded.__class__ = RoundedLinear if kind == "dense" else RoundedConv2d
    rounded.weight.data = torch.round(rounded.weight.data)
    shape = (20, 5) if kind == "dense" else (20, 2, 6, 6)
    x = torch.tensor(numbers(math.prod(shape), 9), dtype=torch.float32).reshape(shape)
    _correct_bias.bias_correction(
        nn.Sequential(layer),
        nn.Sequential(rounded),
        [(x,)],
        target_modules={RoundedLinear, RoundedConv2d},
    )
    return rounded.bias.tolist()


if __name__ == "__main__":
    kinds = ["dense", "conv"]
    fixture = {
        "torch": torch.__version__,
        "equalized": {kind: equalized(kind) for kind in kinds},
        "corrected": {kind: corrected(kind) for kind in kinds},
    }
    TARGET.write_text(json.dumps(fixture) + "\n")
    print(TARGET.name)
