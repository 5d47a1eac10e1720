"""PyTorch as a peer of the bench: the cases of workers/tfjs-cases.mjs and inference-cases.mjs."""

import contextlib

import torch
from torch import nn

from serving import serve
from torch_inference import inference

torch.manual_seed(0)
LOW = {"bf16": torch.bfloat16, "fp16": torch.float16}


def gemm(size, format):
    dtype = LOW.get(format, torch.float32)
    a = torch.randn(size, size).to(dtype)
    b = torch.randn(size, size).to(dtype)
    return lambda: a @ b


def steps(model, x, y, batch, format):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    first = 0

    def precision():
        if format == "fp32":
            return contextlib.nullcontext()
        return torch.autocast("cpu", dtype=LOW[format])

    def step():
        nonlocal first
        inputs, wanted = x[first : first + batch], y[first : first + batch]
        first = (first + batch) % (len(x) - batch + 1)
        optimizer.zero_grad()
        with precision():
            loss = nn.functional.mse_loss(model(inputs).float(), wanted)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def training(batch, samples, format):
    model = nn.Sequential(nn.Linear(1024, 2048), nn.ReLU(), nn.Linear(2048, 1024))
    return steps(model, torch.randn(samples, 1024), torch.randn(samples, 1024), batch, format)


def cnn(batch, samples, format):
    """In channels_last, which is PyTorch's fastest layout on CPUs and tfjs's only one."""
    model = nn.Sequential(
        nn.Conv2d(64, 64, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 10),
    ).to(memory_format=torch.channels_last)
    x = torch.randn(samples, 64, 56, 56).to(memory_format=torch.channels_last)
    return steps(model, x, torch.randn(samples, 10), batch, format)


class Outputs(nn.Module):
    """Of a recurrent layer: what it gives beside them, its last state, is left out."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


def recurrent(batch, samples, cell, units, sequence, format):
    layer = {"lstm": nn.LSTM, "gru": nn.GRU}[cell](units, units, batch_first=True)
    x, y = torch.randn(2, samples, sequence, units)
    return steps(Outputs(layer), x, y, batch, format)


def transformer(batch, samples, blocks, width, heads, sequence, format):
    model = nn.Sequential(
        *(
            nn.TransformerEncoderLayer(
                width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
            )
            for _ in range(blocks)
        )
    )
    x, y = torch.randn(2, samples, sequence, width)
    return steps(model, x, y, batch, format)


serve(
    {
        "gemm": gemm,
        "training": training,
        "cnn": cnn,
        "recurrent": recurrent,
        "transformer": transformer,
        "inference": inference,
    }
)
