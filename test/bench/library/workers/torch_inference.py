"""PyTorch's side of workers/inference-cases.mjs, in channels_last.

INT8 is its eager static quantization with the `x86` engine, which takes the faster of FBGEMM and oneDNN,
and that engine's own observers: per channel weights, activations in 7 bits (`reduce_range`)."""

import math
import os
import warnings

import torch
from torch import nn
from torch.ao import quantization

torch.set_num_threads(int(os.environ["BENCH_THREADS"]))
torch.backends.quantized.engine = "x86"
CALIBRATION_SAMPLES = 16


def build(channels, layers):
    modules = []
    for layer in layers:
        if layer["kind"] == "dense":
            modules.append(nn.Linear(channels, layer["units"]))
        elif layer["kind"] == "conv2d":
            size = layer["kernelSize"]
            modules.append(nn.Conv2d(channels, layer["filters"], size, padding=size // 2))
        else:
            modules += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        channels = layer.get("units") or layer.get("filters") or channels
        if layer.get("activation") == "relu":
            modules.append(nn.ReLU())
    for module in modules:
        if hasattr(module, "weight"):
            nn.init.kaiming_normal_(module.weight)
            nn.init.zeros_(module.bias)
    return nn.Sequential(*modules).eval()


def quantize(model, examples):
    pairs = [
        [str(i), str(i + 1)] for i in range(len(model) - 1) if isinstance(model[i + 1], nn.ReLU)
    ]
    fused = quantization.fuse_modules(model, pairs) if pairs else model
    wrapped = quantization.QuantWrapper(fused)
    wrapped.qconfig = quantization.get_default_qconfig("x86")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        prepared = quantization.prepare(wrapped)
        prepared(examples)
        return quantization.convert(prepared)


def samples(count, shape):
    x = torch.randn(count, shape[-1], *shape[:-1])
    return x.to(memory_format=torch.channels_last) if x.dim() == 4 else x


@torch.inference_mode()
def inference(input, layers, batch, format):
    model = build(input[-1], layers)
    if len(input) == 3:
        model = model.to(memory_format=torch.channels_last)
    x = samples(batch, input)

    def timed(subject):
        with torch.inference_mode():
            return subject(x)

    if format == "fp32":
        return lambda: timed(model)
    small = quantize(model, samples(CALIBRATION_SAMPLES, input))
    reference, result = timed(model).double(), timed(small).double()
    ratio = reference.square().sum() / (reference - result).square().sum()
    return lambda: timed(small), {"sqnrDb": 10 * math.log10(ratio.item())}
