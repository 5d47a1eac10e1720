"""Writes what PyTorch predicts token by token with keys and values in a cache, as a fixture of the unit tests.

Usage: python test/pytorch/generate_kv_cache.py  (PyTorch is not part of what setup installs)
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

TARGET = Path(__file__).parent / "kv_cache.json"

VOCABULARY, LENGTH, WIDTH, HEADS, BLOCKS = 11, 12, 16, 4, 2
TOKENS = [[(7 * row + 3 * i * i + i) % VOCABULARY for i in range(LENGTH)] for row in range(2)]


def shapes():
    """In the order in which tfjs lists the weights."""
    yield from [(VOCABULARY, WIDTH), (LENGTH, WIDTH)]
    for _ in range(BLOCKS):
        yield from [(WIDTH,), (WIDTH,)]
        yield from [(WIDTH, WIDTH), (WIDTH,)] * 4
        yield from [(WIDTH,), (WIDTH,)]
        yield from [(WIDTH, 4 * WIDTH), (4 * WIDTH,), (4 * WIDTH, WIDTH), (WIDTH,)]
    yield from [(WIDTH,), (WIDTH,), (WIDTH, VOCABULARY), (VOCABULARY,)]


def wave(index: int, *shape: int) -> torch.Tensor:
    """Numbers that the tests make again."""
    size = math.prod(shape)
    values = [0.4 * math.sin(12.9898 * (i + 1) + index) for i in range(size)]
    return torch.tensor(values, dtype=torch.float64).to(torch.float32).reshape(shape)


def grouped(x: torch.Tensor, bits: int, symmetric: bool) -> torch.Tensor:
    """Each token's head with a scale of its own, rounded to fp16."""
    rows = x.reshape(-1, x.shape[-1])
    low, high = rows.amin(1).clamp(max=0), rows.amax(1).clamp(min=0)
    most = 2 ** (bits - 1) - 1
    scale = torch.maximum(-low, high) / most if symmetric else (high - low) / (2**bits - 1)
    scale = scale.half().float()
    zero = torch.zeros_like(scale) if symmetric else torch.round(-low / scale)
    limits = (-most, most) if symmetric else (0, 2**bits - 1)
    return torch.fake_quantize_per_channel_affine(
        rows, scale, zero.to(torch.int32), 0, *limits
    ).reshape(x.shape)


CACHES = {
    "fp32": lambda x: x,
    "bf16": lambda x: x.bfloat16().float(),
    "fp16": lambda x: x.half().float(),
    "int8": lambda x: grouped(x, 8, True),
    "int4": lambda x: grouped(x, 4, False),
}


def decode(cache) -> torch.Tensor:
    """Logits [batch, length, vocabulary], one token at a time."""
    weights = (wave(index, *shape) for index, shape in enumerate(shapes()))
    take = lambda: next(weights)
    norm = lambda: (1 + take(), take())
    linear = lambda: (take().T, take())
    embeddings, positions = take(), take()
    blocks = [
        (norm(), [linear() for _ in range(4)], norm(), linear(), linear()) for _ in range(BLOCKS)
    ]
    last, head = norm(), linear()
    kept = [([], []) for _ in range(BLOCKS)]
    tokens = torch.tensor(TOKENS)
    split = lambda x: x.reshape(len(TOKENS), 1, HEADS, -1).transpose(1, 2)
    logits = []
    for i in range(LENGTH):
        x = F.embedding(tokens[:, i : i + 1], embeddings) + positions[i]
        for (norm1, (query, key, value, out), norm2, up, down), (keys, values) in zip(blocks, kept):
            y = F.layer_norm(x, [WIDTH], *norm1, eps=1e-5)
            keys.append(cache(split(F.linear(y, *key))))
            values.append(cache(split(F.linear(y, *value))))
            seen = F.scaled_dot_product_attention(
                split(F.linear(y, *query)), torch.cat(keys, 2), torch.cat(values, 2)
            )
            x = x + F.linear(seen.transpose(1, 2).reshape(len(TOKENS), 1, WIDTH), *out)
            y = F.layer_norm(x, [WIDTH], *norm2, eps=1e-5)
            x = x + F.linear(F.gelu(F.linear(y, *up)), *down)
        logits.append(F.linear(F.layer_norm(x, [WIDTH], *last, eps=1e-3), *head))
    return torch.cat(logits, 1)


def main() -> None:
    with torch.no_grad():
        logits = {name: decode(cache).flatten().tolist() for name, cache in CACHES.items()}
    rounded = {name: [round(value, 6) for value in values] for name, values in logits.items()}
    TARGET.write_text(
        json.dumps({"torch": torch.__version__, "tokens": TOKENS, "logits": rounded}) + "\n"
    )


main()
