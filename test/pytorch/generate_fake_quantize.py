"""Writes what PyTorch's fake quantization gives in training, as a fixture of the unit tests.

Usage: python test/pytorch/generate_fake_quantize.py  (PyTorch is not part of what setup installs)
"""

import json
import math
import warnings
from pathlib import Path

import torch
from torch.ao.nn.intrinsic.qat import ConvBn2d
from torch.ao.quantization import FakeQuantize, QConfig
from torch.ao.quantization.observer import MovingAverageMinMaxObserver, PerChannelMinMaxObserver

warnings.filterwarnings("ignore")
TARGET = Path(__file__).parent / "fake_quantize.json"


def wave(*shape: int, phase: float = 0.0) -> torch.Tensor:
    """Numbers that the tests make again."""
    size = math.prod(shape)
    values = [math.sin(12.9898 * (i + 1) + phase) + math.sin(78.233 * (i + 1)) for i in range(size)]
    return torch.tensor(values, dtype=torch.float32).reshape(shape)


def upstream(x: torch.Tensor, steps: torch.Tensor, low: int, high: int) -> torch.Tensor:
    """Output gradients, 0 where the engines differ on purpose: half a step outside the range PyTorch
    lets a gradient pass, for it looks at the rounded code; TensorFlow and LSQ look at x itself."""
    outside = (x < low * steps) | (x > high * steps)
    rounded = torch.round(x / steps)
    passes = (rounded >= low) & (rounded <= high)
    return torch.where(outside & passes, 0.0, wave(*x.shape, phase=1.0)).detach()


def affine(scale: float, zero_point: int, bits: int) -> dict:
    x = wave(60).requires_grad_()
    y = torch.fake_quantize_per_tensor_affine(x, scale, zero_point, 0, 2**bits - 1)
    dy = upstream(x, torch.tensor(scale), -zero_point, 2**bits - 1 - zero_point)
    (y * dy).sum().backward()
    return {
        "dy": dy.tolist(),
        "scale": scale,
        "zeroPoint": zero_point,
        "bits": bits,
        "y": y.tolist(),
        "dx": x.grad.tolist(),
    }


def learnable(step: float, zero_point: int, bits: int) -> dict:
    x, scale = wave(60).requires_grad_(), torch.tensor([step], requires_grad=True)
    y = torch._fake_quantize_learnable_per_tensor_affine(
        x, scale, torch.tensor([float(zero_point)]), 0, 2**bits - 1, 0.5
    )
    dy = upstream(x, scale, -zero_point, 2**bits - 1 - zero_point)
    (y * dy).sum().backward()
    return {
        "dy": dy.tolist(),
        "step": step,
        "zeroPoint": zero_point,
        "bits": bits,
        "gradientScale": 0.5,
        "y": y.tolist(),
        "dx": x.grad.tolist(),
        "dstep": scale.grad.tolist(),
    }


def learnable_channels() -> dict:
    x, steps = wave(15, 4).requires_grad_(), torch.tensor([0.1, 0.2, 0.3, 0.05], requires_grad=True)
    y = torch._fake_quantize_learnable_per_channel_affine(x, steps, torch.zeros(4), 1, -7, 7, 0.25)
    dy = upstream(x, steps, -7, 7)
    (y * dy).sum().backward()
    return {
        "dy": dy.flatten().tolist(),
        "steps": steps.tolist(),
        "gradientScale": 0.25,
        "y": y.flatten().tolist(),
        "dx": x.grad.flatten().tolist(),
        "dsteps": steps.grad.tolist(),
    }


def moving_average() -> dict:
    """The module in training: it observes each batch, and quantizes it with the range so far."""
    module = FakeQuantize(MovingAverageMinMaxObserver, quant_min=0, quant_max=255, averaging_constant=0.1)
    batches = []
    for step in range(3):
        y = module((step + 1) * wave(30, phase=step))
        batches.append({"y": y.tolist(), "scale": float(module.scale), "zeroPoint": int(module.zero_point)})
    module.disable_observer()
    frozen = module(9 * wave(30, phase=3.0)).tolist()
    return {"batches": batches, "frozen": frozen}


def conv_norm() -> dict:
    """A convolution with batch normalization folded in training: the folded weights are quantized.

    The gradient of gamma is left out: through the fold, which its rounding does not depend on, PyTorch
    gives gamma a share of the rounding error."""
    qconfig = QConfig(
        activation=torch.nn.Identity,
        weight=FakeQuantize.with_args(
            observer=PerChannelMinMaxObserver,
            quant_min=-7,
            quant_max=7,
            dtype=torch.qint8,
            qscheme=torch.per_channel_symmetric,
        ),
    )
    layer = ConvBn2d(2, 3, 3, padding=1, bias=False, eps=1e-3, momentum=0.1, qconfig=qconfig)
    kernel = wave(3, 3, 2, 3)  # [height, width, in, out], as tfjs has it
    gamma, beta = torch.tensor([1.5, -0.7, 0.2]), torch.tensor([0.1, -0.2, 0.3])
    with torch.no_grad():
        layer.weight.copy_(kernel.permute(3, 2, 0, 1))
        layer.bn.weight.copy_(gamma)
        layer.bn.bias.copy_(beta)
    x = wave(4, 6, 6, 2)
    y = layer.train()(x.permute(0, 3, 1, 2))
    (y.permute(0, 2, 3, 1) * wave(4, 6, 6, 3, phase=1.0)).sum().backward()
    return {
        "gamma": gamma.tolist(),
        "beta": beta.tolist(),
        "y": y.detach().permute(0, 2, 3, 1).flatten().tolist(),
        "dkernel": layer.weight.grad.permute(2, 3, 1, 0).flatten().tolist(),
        "dbeta": layer.bn.bias.grad.tolist(),
    }


fixture = {
    "torch": torch.__version__,
    "affine": [affine(0.011, 120, 8), affine(0.13, 8, 4), affine(0.6, 1, 2)],
    "learnable": [learnable(0.011, 120, 8), learnable(0.13, 8, 4), learnable(0.2, 0, 3)],
    "learnableChannels": learnable_channels(),
    "movingAverage": moving_average(),
    "convNorm": conv_norm(),
}
TARGET.write_text(json.dumps(fixture) + "\n")
print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, torch {torch.__version__}")
