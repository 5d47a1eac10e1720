"""Writes layers/<case>.json: what PyTorch computes for each kind of layer, as an oracle.

    .venv/bin/python test/pytorch/generate_layers.py [case ...]

Each file has the layers as TensorFlow.js builds them, their weights in TensorFlow.js's order and layout,
a batch, and for fp32, bf16 and fp16 (torch.autocast on CPU; fp16 with GradScaler): the output, the mean
squared error, the gradients of weights and input, and the weights after three steps of SGD and of Adam.
"""

import copy
import json
import pathlib
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional as F

FORMATS = {"fp32": None, "bf16": torch.bfloat16, "fp16": torch.float16}
STEPS = 3
SGD_RATE = 0.1
ADAM_RATE = 0.01
LOSS_SCALE = 1024.0
FOLDER = pathlib.Path(__file__).with_name("layers")


def last(x):
    """Channels from the second axis, where PyTorch has them, to the last."""
    return x.movedim(1, -1) if x.ndim > 2 else x


def same(x):
    return x


def kernel(w):
    """Convolution: [out, in, ...k] -> [...k, in, out]; transposed: [in, out, ...k] -> [...k, out, in]."""
    return w.movedim((0, 1), (-1, -2))


def depthwise(channels):
    """[channels * multiplier, 1, ...k] -> [...k, channels, multiplier]."""
    return lambda w: w.reshape(channels, -1, *w.shape[2:]).movedim((0, 1), (-2, -1))


def transposed(w):
    return w.t()


class Case:
    """`weights`: for each weight in TensorFlow.js's order its name in the module, and its layout."""

    def __init__(self, layers, module, x, weights, layout=same, norm=None):
        self.layers, self.module, self.x = layers, module, x
        self.weights, self.layout, self.norm = weights, layout, norm

    def statistics(self, module, biased=lambda variance, norm: variance):
        """Moving mean and variance of the batch normalization, if there is one."""
        if self.norm is None:
            return []
        norm = module.get_submodule(self.norm)
        return [numbers(norm.running_mean), numbers(biased(norm.running_var, norm))]


class Separable(nn.Module):
    def __init__(self):
        super().__init__()
        self.depthwise = nn.Conv2d(3, 6, 3, groups=3, bias=False)
        self.pointwise = nn.Conv2d(6, 4, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


class Attention(nn.Module):
    def __init__(self, width, heads, causal):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x):
        def split(layer):
            return layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)

        attended = F.scaled_dot_product_attention(
            split(self.query), split(self.key), split(self.value), is_causal=self.causal
        )
        return self.output(attended.transpose(1, 2).flatten(-2))


class Recurrent(nn.Module):
    """The last state of an LSTM whose second bias, which TensorFlow.js doesn't have, is zero."""

    def __init__(self, inputs, units):
        super().__init__()
        self.cell = nn.LSTM(inputs, units, batch_first=True)
        self.cell.bias_hh_l0.requires_grad_(False).zero_()

    def forward(self, x):
        # oneDNN's LSTM has 16-bit formats on some processors only; PyTorch's own has them on all.
        with torch.backends.mkldnn.flags(enabled=False):
            return self.cell(x)[0][:, -1]


class ResetBeforeGru(nn.Module):
    """The GRU of Cho et al. 2014, as TensorFlow.js has it; PyTorch's resets after the product."""

    def __init__(self, inputs, units):
        super().__init__()
        bound = units**-0.5
        self.units = units
        self.kernel = nn.Parameter(torch.empty(inputs, 3 * units).uniform_(-bound, bound))
        self.recurrent = nn.Parameter(torch.empty(units, 3 * units).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(3 * units).uniform_(-bound, bound))

    def forward(self, x):
        u = self.units
        h = x.new_zeros(x.shape[0], u)
        for t in range(x.shape[1]):
            gates = x[:, t] @ self.kernel + self.bias
            reset_update = h @ self.recurrent[:, : 2 * u]
            z = torch.sigmoid(gates[:, :u] + reset_update[:, :u])
            r = torch.sigmoid(gates[:, u : 2 * u] + reset_update[:, u:])
            candidate = torch.tanh(gates[:, 2 * u :] + (r * h) @ self.recurrent[:, 2 * u :])
            h = z * h + (1 - z) * candidate
        return h


class Masked(nn.Module):
    """Dropout whose mask is given: the values that are kept are scaled up."""

    def __init__(self, inputs, units, mask):
        super().__init__()
        self.dense = nn.Linear(inputs, units)
        self.register_buffer("mask", mask)

    def forward(self, x):
        return self.dense(x) * self.mask


def layer(name, **config):
    return {"layer": name, "config": config}


def conv(dimensions, **config):
    return layer(f"conv{dimensions}d", **config)


CONV = [("weight", kernel), ("bias", same)]
LINEAR = [("weight", transposed), ("bias", same)]
POOLED = [("0.weight", kernel), ("0.bias", same)]
NORMED = [*POOLED, ("1.weight", same), ("1.bias", same)]


def cases():
    yield "dense", lambda: Case(
        [layer("dense", units=5)], nn.Linear(7, 5), torch.randn(6, 7), LINEAR
    )
    yield "conv1d", lambda: Case(
        [conv(1, filters=4, kernelSize=3, padding="same")],
        nn.Conv1d(3, 4, 3, padding="same"), torch.randn(2, 3, 8), CONV, last,
    )  # fmt: skip
    yield "conv2d", lambda: Case(
        [conv(2, filters=4, kernelSize=3, padding="same")],
        nn.Conv2d(3, 4, 3, padding="same"), torch.randn(2, 3, 6, 5), CONV, last,
    )  # fmt: skip
    yield "conv2d-strided", lambda: Case(
        [conv(2, filters=4, kernelSize=[3, 2], strides=[2, 1])],
        nn.Conv2d(3, 4, (3, 2), stride=(2, 1)), torch.randn(2, 3, 7, 5), CONV, last,
    )  # fmt: skip
    yield "conv3d", lambda: Case(
        [conv(3, filters=3, kernelSize=2)],
        nn.Conv3d(2, 3, 2), torch.randn(2, 2, 4, 4, 3), CONV, last,
    )  # fmt: skip
    yield "conv2d-transpose", lambda: Case(
        [layer("conv2dTranspose", filters=3, kernelSize=3, strides=2)],
        nn.ConvTranspose2d(4, 3, 3, stride=2), torch.randn(2, 4, 3, 3), CONV, last,
    )  # fmt: skip
    yield "conv3d-transpose", lambda: Case(
        [layer("conv3dTranspose", filters=2, kernelSize=2, strides=2)],
        nn.ConvTranspose3d(3, 2, 2, stride=2), torch.randn(2, 3, 2, 3, 2), CONV, last,
    )  # fmt: skip
    yield "depthwise", lambda: Case(
        [layer("depthwiseConv2d", kernelSize=3, depthMultiplier=2, padding="same")],
        nn.Conv2d(3, 6, 3, groups=3, padding="same"), torch.randn(2, 3, 6, 5),
        [("weight", depthwise(3)), ("bias", same)], last,
    )  # fmt: skip
    yield "separable", lambda: Case(
        [layer("separableConv2d", filters=4, kernelSize=3, depthMultiplier=2)],
        Separable(), torch.randn(2, 3, 6, 5),
        [("depthwise.weight", depthwise(3)), ("pointwise.weight", kernel), ("pointwise.bias", same)],
        last,
    )  # fmt: skip
    # A product comes first, so that the norm meets 16-bit values.
    yield "batch-norm", lambda: Case(
        [conv(2, filters=4, kernelSize=1), layer("batchNormalization", momentum=0.9, epsilon=1e-3)],
        nn.Sequential(nn.Conv2d(2, 4, 1), scaled(nn.BatchNorm2d(4, momentum=0.1, eps=1e-3))),
        2 * torch.randn(3, 2, 3, 3) + 1, NORMED, last, "1",
    )  # fmt: skip
    yield "layer-norm", lambda: Case(
        [layer("dense", units=8), layer("layerNormalization", axis=-1, epsilon=1e-5)],
        nn.Sequential(nn.Linear(5, 8), scaled(nn.LayerNorm(8))), 2 * torch.randn(5, 5) + 1,
        [("0.weight", transposed), *NORMED[1:]],
    )  # fmt: skip
    yield "group-norm", lambda: Case(
        [conv(2, filters=6, kernelSize=1), layer("groupNormalization", groups=2, epsilon=1e-5)],
        nn.Sequential(nn.Conv2d(2, 6, 1), scaled(nn.GroupNorm(2, 6))),
        2 * torch.randn(3, 2, 3, 2) + 1, NORMED, last,
    )  # fmt: skip
    yield "embedding", lambda: Case(
        [layer("embedding", inputDim=6, outputDim=4), layer("dense", units=3)],
        nn.Sequential(nn.Embedding(6, 4), nn.Linear(4, 3)), torch.randint(0, 6, (4, 5)),
        [("0.weight", same), ("1.weight", transposed), ("1.bias", same)],
    )  # fmt: skip
    for causal in (False, True):
        yield "attention-causal" if causal else "attention", lambda causal=causal: Case(
            [layer("multiHeadAttention", numHeads=2, keyDim=4, causal=causal)],
            Attention(8, 2, causal), torch.randn(2, 5, 8),
            [
                (f"{name}.{part}", layout)
                for name in ("query", "key", "value", "output")
                for part, layout in (("weight", transposed), ("bias", same))
            ],
        )  # fmt: skip
    yield "lstm", lambda: Case(
        [layer("lstm", units=4, recurrentActivation="sigmoid")],
        Recurrent(3, 4), torch.randn(4, 5, 3),
        [
            ("cell.weight_ih_l0", transposed),
            ("cell.weight_hh_l0", transposed),
            ("cell.bias_ih_l0", same),
        ],
    )  # fmt: skip
    yield "gru", lambda: Case(
        [layer("gru", units=4, recurrentActivation="sigmoid")],
        ResetBeforeGru(3, 4), torch.randn(4, 5, 3),
        [("kernel", same), ("recurrent", same), ("bias", same)],
    )  # fmt: skip
    yield "dropout-none", lambda: Case(
        [layer("dense", units=5), layer("dropout", rate=0)],
        nn.Sequential(nn.Linear(7, 5), nn.Dropout(0)), torch.randn(6, 7),
        [("0.weight", transposed), ("0.bias", same)],
    )  # fmt: skip
    mask = (torch.rand(6, 5, generator=torch.Generator().manual_seed(3)) < 0.6) / 0.6
    yield "dropout-mask", lambda: Case(
        [layer("dense", units=5), layer("mask", values=numbers(mask))],
        Masked(7, 5, mask), torch.randn(6, 7),
        [("dense.weight", transposed), ("dense.bias", same)],
    )  # fmt: skip
    for name, pool in (("max", nn.MaxPool2d), ("average", nn.AvgPool2d)):
        yield f"{name}-pooling", lambda name=name, pool=pool: Case(
            [conv(2, filters=3, kernelSize=2), layer(f"{name}Pooling2d", poolSize=2)],
            nn.Sequential(nn.Conv2d(2, 3, 2), pool(2)), torch.randn(2, 2, 7, 7), POOLED, last,
        )  # fmt: skip
        pool3d = nn.MaxPool3d if name == "max" else nn.AvgPool3d
        yield f"{name}-pooling3d", lambda name=name, pool3d=pool3d: Case(
            [conv(3, filters=2, kernelSize=2), layer(f"{name}Pooling3d", poolSize=2)],
            nn.Sequential(nn.Conv3d(2, 2, 2), pool3d(2)), torch.randn(1, 2, 5, 5, 5), POOLED, last,
        )  # fmt: skip


def scaled(norm):
    """Normalizations start with ones and zeros, which would hide a mistake."""
    nn.init.uniform_(norm.weight, 0.5, 1.5)
    nn.init.uniform_(norm.bias, -0.5, 0.5)
    return norm


def numbers(tensor):
    """Nested lists of the shortest decimals that are these float32 numbers."""
    array = tensor.detach().float().numpy()
    return numpy.vectorize(lambda x: float(str(numpy.float32(x))), otypes=[float])(array).tolist()


def run(case, target, dtype):
    """One format: forward and backward at the initial weights, then steps from there."""
    names = [name for name, _ in case.weights]

    def loss_of(module, x):
        with torch.autocast("cpu", dtype=dtype or torch.bfloat16, enabled=dtype is not None):
            output = module(x)
        return output, F.mse_loss(output.float(), target)

    scale = LOSS_SCALE if dtype is torch.float16 else 1.0
    module = copy.deepcopy(case.module)
    x = case.x.clone().requires_grad_(case.x.is_floating_point())
    output, loss = loss_of(module, x)
    (loss * scale).backward()
    parameters = dict(module.named_parameters())
    result = {
        "output": numbers(case.layout(output)),
        "loss": numbers(loss),
        "gradients": [
            numbers(layout(parameters[name].grad) / scale) for name, layout in case.weights
        ],
    }
    if x.requires_grad:
        result["inputGradient"] = numbers(case.layout(x.grad) / scale)

    def train(make):
        trained = copy.deepcopy(case.module)
        weights = dict(trained.named_parameters())
        optimizer = make([weights[name] for name in names])
        scaler = torch.amp.GradScaler("cpu", init_scale=scale, enabled=scale != 1)
        for _ in range(STEPS):
            optimizer.zero_grad()
            scaler.scale(loss_of(trained, case.x)[1]).backward()
            scaler.step(optimizer)
            scaler.update()
        return trained, [numbers(layout(weights[name])) for name, layout in case.weights]

    trained, result["sgd"] = train(lambda p: torch.optim.SGD(p, lr=SGD_RATE))
    _, result["adam"] = train(lambda p: torch.optim.Adam(p, lr=ADAM_RATE, eps=1e-8))
    result["statistics"] = case.statistics(
        trained, lambda variance, norm: biased(variance, norm, output.numel() / output.shape[1])
    )
    return result


def biased(variance, norm, count):
    """TensorFlow.js averages the biased variances of the batches, PyTorch the unbiased ones."""
    kept = (1 - norm.momentum) ** STEPS
    return kept + (variance - kept) * (count - 1) / count


def write(name, make):
    torch.manual_seed(7)
    case = make()
    with torch.no_grad():
        target = torch.randn(case.module(case.x).shape)
    # The trial forward pass must not count in the statistics.
    torch.manual_seed(7)
    case = make()
    parameters = dict(case.module.named_parameters())
    fixture = {
        "torch": torch.__version__,
        "layers": case.layers,
        "input": numbers(case.layout(case.x)),
        "integerInput": not case.x.is_floating_point(),
        "target": numbers(case.layout(target)),
        "weights": [numbers(layout(parameters[name])) for name, layout in case.weights],
        "statistics": case.statistics(case.module),
        "steps": STEPS,
        "sgdRate": SGD_RATE,
        "adamRate": ADAM_RATE,
        "lossScale": LOSS_SCALE,
        "formats": {},
    }
    for format_name, dtype in FORMATS.items():
        try:
            fixture["formats"][format_name] = run(case, target, dtype)
        except RuntimeError as error:
            reason = str(error).splitlines()[0]
            fixture["formats"][format_name] = {"unsupported": reason}
            print(f"{name}: PyTorch's CPU has no {format_name}: {reason}")
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(f"{name}: {path.stat().st_size} bytes")


FOLDER.mkdir(exist_ok=True)
wanted = sys.argv[1:]
for case_name, case_maker in cases():
    if not wanted or case_name in wanted:
        write(case_name, case_maker)
