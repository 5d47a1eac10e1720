"""Writes flops.json: what PyTorch's FlopCounterMode counts for ten models, forward and in a training step.

    python test/pytorch/generate_flops.py  (torch is not part of what setup installs)

test/cost/models.mjs builds the same models in TensorFlow.js. `training` is forward and backward, without
a gradient for the input, which PyTorch does not compute.
"""

import json
import pathlib

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

BATCH = 4
# oneDNN's fused recurrent layers are not among the operators that PyTorch counts.
torch.backends.mkldnn.enabled = False


class Residual(nn.Module):
    """Two 3x3 convolutions with a 1x1 shortcut where size or channels change."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.first = nn.Conv2d(channels, filters, 3, stride, 1)
        self.second = nn.Conv2d(filters, filters, 3, 1, 1)
        self.shortcut = nn.Conv2d(channels, filters, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


class Last(nn.Module):
    """The last step of a recurrent layer."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0][:, -1]


class ResetBeforeGru(nn.Module):
    """A GRU whose reset gate acts on the state before the product, as in TensorFlow.js."""

    def __init__(self, width, units):
        super().__init__()
        self.units = units
        self.input = nn.Linear(width, 3 * units)
        self.gates = nn.Linear(units, 2 * units, bias=False)
        self.candidate = nn.Linear(units, units, bias=False)

    def forward(self, x):
        state = torch.zeros(x.shape[0], self.units)
        for step in x.unbind(1):
            update, reset, new = self.input(step).chunk(3, -1)
            from_update, from_reset = self.gates(state).chunk(2, -1)
            update = torch.sigmoid(update + from_update)
            reset = torch.sigmoid(reset + from_reset)
            state = update * state + (1 - update) * torch.tanh(new + self.candidate(reset * state))
        return state


class Transformer(nn.Module):
    """One block after a table of tokens: attention and a feed-forward part, without norms."""

    def __init__(self, tokens, width, heads):
        super().__init__()
        self.heads = heads
        self.table = nn.Embedding(tokens, width)
        self.query, self.key, self.value, self.join = (nn.Linear(width, width) for _ in range(4))
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.logits = nn.Linear(width, tokens)

    def split(self, x):
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, tokens):
        x = self.table(tokens)
        q, k, v = (self.split(part(x)) for part in (self.query, self.key, self.value))
        seen = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, -1) @ v
        x = x + self.join(seen.transpose(1, 2).flatten(2))
        return self.logits(x + self.narrow(F.gelu(self.wide(x))))


class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(50, 16)
        self.convolution = nn.Conv1d(16, 32, 5)
        self.classes = nn.Linear(32, 3)

    def forward(self, tokens):
        x = F.relu(self.convolution(self.table(tokens).transpose(1, 2)))
        return self.classes(x.amax(-1))


def mobile(channels, filters, stride):
    """Depthwise and pointwise; the padding makes the sizes those of `same`."""
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, stride, 1, groups=channels), nn.Conv2d(channels, filters, 1)
    )


MODELS = {
    "perceptron": (nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10)), (64,)),
    "lenet": (
        nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10),
        ),
        (1, 28, 28),
    ),
    "residual": (
        nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), Residual(8, 8, 1), Residual(8, 16, 2),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10),
        ),
        (3, 16, 16),
    ),
    "mobile": (
        nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1), mobile(8, 16, 1), mobile(16, 32, 2),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10),
        ),
        (3, 32, 32),
    ),
    "text-cnn": (TextCnn(), 20),
    "video": (
        nn.Sequential(
            nn.Conv3d(2, 4, 3), nn.ReLU(), nn.Conv3d(4, 6, 2, 2), nn.Flatten(), nn.Linear(162, 5)
        ),
        (2, 8, 8, 8),
    ),
    "autoencoder": (
        nn.Sequential(
            nn.Conv2d(1, 8, 2, 2), nn.ReLU(), nn.ConvTranspose2d(8, 4, 2, 2), nn.Conv2d(4, 1, 3, padding=1)
        ),
        (1, 16, 16),
    ),
    "lstm": (nn.Sequential(Last(nn.LSTM(12, 24, batch_first=True)), nn.Linear(24, 5)), (10, 12)),
    "gru": (nn.Sequential(ResetBeforeGru(12, 24), nn.Linear(24, 5)), (10, 12)),
    "transformer": (Transformer(40, 32, 4), 12),
}  # fmt: skip


def count(model, shape):
    tokens = isinstance(shape, int)
    x = torch.zeros(BATCH, shape, dtype=torch.long) if tokens else torch.zeros(BATCH, *shape)
    with FlopCounterMode(display=False) as forward:
        model(x)
    with FlopCounterMode(display=False) as training:
        model(x).sum().backward()
    return {
        "parameters": sum(p.numel() for p in model.parameters()),
        "forward": forward.get_total_flops(),
        "training": training.get_total_flops(),
    }


counts = {name: count(model.train(), shape) for name, (model, shape) in MODELS.items()}
target = pathlib.Path(__file__).with_name("flops.json")
target.write_text(
    json.dumps({"torch": torch.__version__.split("+")[0], "batch": BATCH, "models": counts}, indent=2) + "\n"
)
