"""Writes what PyTorch computes of a small decoder as Llama's, logits and gradients, as a fixture of the unit tests.

Usage: python test/pytorch/generate_decoder.py  (PyTorch is not part of what setup installs)
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

TARGET = Path(__file__).parent / "decoder.json"

VOCABULARY, LENGTH, WIDTH, HEADS, KV_HEADS, HEAD_DIM, FF_WIDTH, BLOCKS = 7, 10, 8, 4, 2, 4, 12, 2
EPSILON = 1e-5
TOKENS = [[(7 * row + 3 * i * i + i) % VOCABULARY for i in range(LENGTH + 1)] for row in range(2)]
CASES = {
    "half-split": {"theta": 10000.0, "layout": "half-split", "bias": True, "tied": False},
    "interleaved": {"theta": 50.0, "layout": "interleaved", "bias": False, "tied": True},
}


def shapes(bias: bool, tied: bool):
    """Of each layer's weights, by the layer's name, with kernels [inputs, outputs] as in tfjs."""
    yield "embedding", [(VOCABULARY, WIDTH)]
    for i in range(BLOCKS):
        yield f"block{i}_norm1", [(WIDTH,)]
        for name, heads in [("query", HEADS), ("key", KV_HEADS), ("value", KV_HEADS)]:
            units = heads * HEAD_DIM
            yield f"block{i}_{name}", [(WIDTH, units), *([(units,)] if bias else [])]
        yield f"block{i}_output", [(HEADS * HEAD_DIM, WIDTH)]
        yield f"block{i}_norm2", [(WIDTH,)]
        yield f"block{i}_gate", [(WIDTH, FF_WIDTH)]
        yield f"block{i}_up", [(WIDTH, FF_WIDTH)]
        yield f"block{i}_down", [(FF_WIDTH, WIDTH)]
    yield "norm", [(WIDTH,)]
    if not tied:
        yield "logits", [(WIDTH, VOCABULARY)]


def wave(index: int, *shape: int) -> torch.Tensor:
    """Numbers that the tests make again: gains are about 1, all else about 0."""
    values = [0.4 * math.sin(12.9898 * (i + 1) + index) for i in range(math.prod(shape))]
    return torch.tensor(values, dtype=torch.float64).to(torch.float32).reshape(shape)


def rotated(x: torch.Tensor, theta: float, layout: str) -> torch.Tensor:
    """[batch, heads, length, width]: by the paper's complex form, or by the form of published checkpoints."""
    frequency = theta ** (-torch.arange(0, HEAD_DIM, 2, dtype=torch.float64) / HEAD_DIM)
    angles = torch.outer(torch.arange(x.shape[2], dtype=torch.float64), frequency)
    if layout == "interleaved":
        pairs = torch.view_as_complex(x.double().reshape(*x.shape[:-1], -1, 2))
        turned = pairs * torch.polar(torch.ones_like(angles), angles)
        return torch.view_as_real(turned).flatten(-2).float()
    both = torch.cat([angles, angles], -1)
    first, second = x.chunk(2, -1)
    return (x * both.cos() + torch.cat([-second, first], -1) * both.sin()).float()


def decoder(weights: dict, case: dict) -> torch.Tensor:
    """Logits [batch, length, vocabulary]."""
    one = lambda name: weights[name][0]
    linear = lambda name, x: F.linear(x, one(name).T, *weights[name][1:])
    norm = lambda name, x: F.rms_norm(x, [WIDTH], one(name), eps=EPSILON)
    x = F.embedding(torch.tensor(TOKENS)[:, :-1], one("embedding"))
    batch, length, _ = x.shape
    split = lambda y: y.reshape(batch, length, -1, HEAD_DIM).transpose(1, 2)
    for i in range(BLOCKS):
        y = norm(f"block{i}_norm1", x)
        query, key, value = [
            split(linear(f"block{i}_{name}", y)) for name in ("query", "key", "value")
        ]
        query, key = [rotated(z, case["theta"], case["layout"]) for z in (query, key)]
        seen = F.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
        x = x + linear(f"block{i}_output", seen.transpose(1, 2).reshape(batch, length, -1))
        y = norm(f"block{i}_norm2", x)
        gated = F.silu(linear(f"block{i}_gate", y)) * linear(f"block{i}_up", y)
        x = x + linear(f"block{i}_down", gated)
    x = norm("norm", x)
    return x @ one("embedding").T if case["tied"] else linear("logits", x)


def result(case: dict) -> dict:
    weights = {}
    index = 0
    for name, of_layer in shapes(case["bias"], case["tied"]):
        weights[name] = []
        for shape in of_layer:
            gain = 1 if "norm" in name else 0
            weights[name].append((gain + wave(index, *shape)).requires_grad_())
            index += 1
    logits = decoder(weights, case)
    targets = torch.tensor(TOKENS)[:, 1:]
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    loss.backward()
    digits = lambda x: [float(f"{value:.6g}") for value in x.detach().flatten().tolist()]
    gradients = {name: [digits(w.grad) for w in of_layer] for name, of_layer in weights.items()}
    return {**case, "loss": loss.item(), "logits": digits(logits), "gradients": gradients}


def main() -> None:
    cases = {name: result(case) for name, case in CASES.items()}
    TARGET.write_text(
        json.dumps({"torch": torch.__version__, "tokens": TOKENS, "cases": cases}) + "\n"
    )


main()
