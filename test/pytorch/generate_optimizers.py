"""torch.optim on given gradients, as fixtures: python test/pytorch/generate_optimizers.py

Each case has the weights after each step; `options` are those of our optimizer of that name. Learning-rate
schedules and clipping are PyTorch's too.
"""

import json
import pathlib

import numpy
import torch

OUT = pathlib.Path(__file__).with_name("optimizers.json")
SEED = 4
STEPS = 12
SIZE = 8

S = torch.optim


def case(name, options, make, clip=None, scheduler=None):
    return {"name": name, "options": options, "make": make, "clip": clip, "scheduler": scheduler}


CASES = [
    case("sgd", {"learningRate": 0.1}, lambda p: S.SGD(p, lr=0.1)),
    case("sgd", {"learningRate": 0.1, "weightDecay": 0.05}, lambda p: S.SGD(p, lr=0.1, weight_decay=0.05)),
    case("sgd", {"learningRate": 0.05, "momentum": 0.9}, lambda p: S.SGD(p, lr=0.05, momentum=0.9)),
    case(
        "sgd",
        {"learningRate": 0.05, "momentum": 0.9, "nesterov": True, "weightDecay": 0.01},
        lambda p: S.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    ),
    case("adam", {"learningRate": 0.01, "epsilon": 1e-8}, lambda p: S.Adam(p, lr=0.01, eps=1e-8)),
    case("adam", {"learningRate": 0.01, "epsilon": 1e-3}, lambda p: S.Adam(p, lr=0.01, eps=1e-3)),
    case(
        "adam",
        {"learningRate": 0.01, "epsilon": 1e-8, "beta1": 0.8, "beta2": 0.95, "weightDecay": 0.1},
        lambda p: S.Adam(p, lr=0.01, eps=1e-8, betas=(0.8, 0.95), weight_decay=0.1),
    ),
    case(
        "adam",
        {"learningRate": 0.01, "epsilon": 1e-8, "amsgrad": True},
        lambda p: S.Adam(p, lr=0.01, eps=1e-8, amsgrad=True),
    ),
    case(
        "adamw",
        {"learningRate": 0.01, "epsilon": 1e-8, "weightDecay": 0.01},
        lambda p: S.AdamW(p, lr=0.01, eps=1e-8, weight_decay=0.01),
    ),
    case(
        "adamw",
        {"learningRate": 0.05, "epsilon": 1e-8, "weightDecay": 0.3, "amsgrad": True},
        lambda p: S.AdamW(p, lr=0.05, eps=1e-8, weight_decay=0.3, amsgrad=True),
    ),
    # Without epsilon, whose place is the one difference in Adamax.
    case("adamax", {"learningRate": 0.01, "epsilon": 0}, lambda p: S.Adamax(p, lr=0.01, eps=0)),
    case(
        "rmsprop",
        {"learningRate": 0.01, "rho": 0.99, "epsilon": 1e-3, "epsilonPlacement": "outside"},
        lambda p: S.RMSprop(p, lr=0.01, alpha=0.99, eps=1e-3),
    ),
    case(
        "rmsprop",
        {
            "learningRate": 0.01,
            "rho": 0.9,
            "epsilon": 1e-3,
            "momentum": 0.7,
            "centered": True,
            "weightDecay": 0.02,
            "epsilonPlacement": "outside",
        },
        lambda p: S.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-3, momentum=0.7, centered=True, weight_decay=0.02),
    ),
    # Where epsilon is negligible its place is too: TensorFlow's kernel gives PyTorch's result.
    case(
        "rmsprop",
        {"learningRate": 0.01, "rho": 0.9, "epsilon": 0, "momentum": 0.7},
        lambda p: S.RMSprop(p, lr=0.01, alpha=0.9, eps=0, momentum=0.7),
    ),
    case(
        "adagrad",
        {"learningRate": 0.1, "epsilon": 1e-10, "initialAccumulatorValue": 0},
        lambda p: S.Adagrad(p, lr=0.1),
    ),
    case(
        "adagrad",
        {"learningRate": 0.1, "epsilon": 1e-3, "initialAccumulatorValue": 0.1, "weightDecay": 0.02},
        lambda p: S.Adagrad(p, lr=0.1, eps=1e-3, initial_accumulator_value=0.1, weight_decay=0.02),
    ),
    case(
        "adadelta",
        {"learningRate": 1, "rho": 0.9, "epsilon": 1e-6},
        lambda p: S.Adadelta(p, lr=1, rho=0.9, eps=1e-6),
    ),
    case(
        "adamw",
        {"learningRate": 0.01, "epsilon": 1e-8, "weightDecay": 0.1, "globalClipNorm": 0.5},
        lambda p: S.AdamW(p, lr=0.01, eps=1e-8, weight_decay=0.1),
        clip=lambda p: torch.nn.utils.clip_grad_norm_(p, 0.5),
    ),
    case(
        "sgd",
        {"learningRate": 0.1, "globalClipNorm": 0.5},
        lambda p: S.SGD(p, lr=0.1),
        clip=lambda p: torch.nn.utils.clip_grad_norm_(p, 0.5),
    ),
    case(
        "sgd",
        {"learningRate": 0.1, "clipValue": 0.3},
        lambda p: S.SGD(p, lr=0.1),
        clip=lambda p: torch.nn.utils.clip_grad_value_(p, 0.3),
    ),
    case(
        "adamw",
        {
            "learningRate": {"schedule": "cosine", "initial": 0.1, "end": 0.01, "decaySteps": 9, "warmupSteps": 0},
            "epsilon": 1e-8,
            "weightDecay": 0.1,
        },
        lambda p: S.AdamW(p, lr=0.1, eps=1e-8, weight_decay=0.1),
        scheduler=lambda o: S.lr_scheduler.LambdaLR(
            o, lambda t: 0.1 + 0.9 * 0.5 * (1 + numpy.cos(numpy.pi * min(t, 9) / 9))
        ),
    ),
]

L = S.lr_scheduler
SCHEDULES = [
    ({"schedule": "step", "initial": 0.5, "stepSize": 4, "gamma": 0.3}, lambda o: L.StepLR(o, 4, 0.3)),
    ({"schedule": "exponential", "initial": 0.5, "decayRate": 0.9}, lambda o: L.ExponentialLR(o, 0.9)),
    (
        {"schedule": "polynomial", "initial": 0.5, "decaySteps": 15, "power": 2},
        lambda o: L.PolynomialLR(o, total_iters=15, power=2),
    ),
    (
        {"schedule": "cosine", "initial": 0.5, "end": 0.05, "decaySteps": 24},
        lambda o: L.CosineAnnealingLR(o, T_max=24, eta_min=0.05),
    ),
    (
        {"schedule": "cosine", "initial": 0.5, "end": 0.05, "decaySteps": 18, "warmupSteps": 5, "warmupFrom": 0.05},
        lambda o: L.SequentialLR(
            o,
            [L.LinearLR(o, start_factor=0.1, total_iters=5), L.CosineAnnealingLR(o, T_max=18, eta_min=0.05)],
            milestones=[5],
        ),
    ),
]


def run(entry, start, gradients):
    weight = torch.nn.Parameter(torch.tensor(start))
    optimizer = entry["make"]([weight])
    scheduler = entry["scheduler"] and entry["scheduler"](optimizer)
    trace = []
    for gradient in gradients:
        weight.grad = torch.tensor(gradient)
        if entry["clip"]:
            entry["clip"]([weight])
        optimizer.step()
        if scheduler:
            scheduler.step()
        trace.append([float(v) for v in weight.detach()])
    return {"name": entry["name"], "options": entry["options"], "weights": trace}


def rates(config, make, steps=24):
    optimizer = S.SGD([torch.nn.Parameter(torch.zeros(1))], lr=config["initial"])
    scheduler = make(optimizer)
    values = []
    for _ in range(steps):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return {"config": config, "rates": values}


def main():
    rng = numpy.random.default_rng(SEED)
    start = rng.normal(size=SIZE).astype(numpy.float32)
    # Gradients of very different size.
    sizes = numpy.array([1, 1, 0.1, 0.01, 1e-3, 1e-4, 10, 100])
    gradients = (rng.normal(size=(STEPS, SIZE)) * sizes).astype(numpy.float32)
    payload = {
        "torch": torch.__version__.split("+")[0],
        "seed": SEED,
        "start": [float(v) for v in start],
        "gradients": [[float(v) for v in row] for row in gradients],
        "cases": [run(entry, start, gradients) for entry in CASES],
        "schedules": [rates(*entry) for entry in SCHEDULES],
    }
    OUT.write_text(json.dumps(payload, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
