"""Loss-scale traces of torch.amp.GradScaler, as fixtures: python test/pytorch/generate_loss_scale.py

Each sequence is a run of optimizer steps on given gradients, some of which aren't finite. What is
written down after each step: the scale, the growth tracker, and the weights.
"""

import json
import pathlib

import numpy
import torch

OUT = pathlib.Path(__file__).with_name("loss_scale.json")
SEED = 20
RATE = 0.125
KINDS = [float("inf"), float("-inf"), float("nan")]


def flags(rng, name, interval, steps):
    """Which steps are finite: edges of the growth interval by design, the rest at random."""
    if name == "all-finite":
        return [True] * steps
    if name == "never-finite":
        return [False] * steps
    if name == "just-before-growth":
        return [(i + 1) % interval != 0 for i in range(steps)]
    if name == "just-after-growth":
        return [i % (interval + 1) != interval for i in range(steps)]
    return [bool(v) for v in rng.random(steps) > rng.uniform(0.05, 0.6)]


def sequence(index, name, options, steps):
    rng = numpy.random.default_rng(SEED + index)
    finite = flags(rng, name, options["growth_interval"], steps)
    gradients = rng.normal(size=(steps, 3)).astype(numpy.float32)
    start = rng.normal(size=3).astype(numpy.float32)
    bad = [None if ok else [int(rng.integers(3)), int(rng.integers(3))] for ok in finite]

    weight = torch.nn.Parameter(torch.tensor(start))
    optimizer = torch.optim.SGD([weight], lr=RATE)
    scaler = torch.amp.GradScaler("cpu", **options)
    trace = []
    for step in range(steps):
        optimizer.zero_grad()
        gradient = torch.tensor(gradients[step])
        if bad[step] is not None:
            position, kind = bad[step]
            gradient[position] = KINDS[kind]
        scaler.scale((weight * gradient).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        state = scaler.state_dict()
        trace.append(
            {
                "scale": state["scale"],
                "tracker": state["_growth_tracker"],
                "weight": [float(v) for v in weight.detach()],
            }
        )
    return {
        "name": name,
        "options": options,
        "start": [float(v) for v in start],
        "gradients": [[float(v) for v in row] for row in gradients],
        # Which element of a step's gradient isn't finite, and what it is instead.
        "bad": [b and [b[0], ["inf", "-inf", "nan"][b[1]]] for b in bad],
        "trace": trace,
    }


def main():
    base = {"init_scale": 65536.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 5}
    cases = [(n, base, 24) for n in ("all-finite", "never-finite", "just-before-growth", "just-after-growth")]
    cases += [("random", {**base, "growth_interval": n}, 40) for n in (1, 2, 3, 4, 5, 7, 11)]
    # Factors that are no powers of two: the scale is rounded to fp32 after each change.
    odd = {"init_scale": 1000.0, "growth_factor": 1.7, "backoff_factor": 0.3, "growth_interval": 3}
    cases += [("random", odd, 40), ("random", {**odd, "growth_interval": 1}, 40)]
    # Growth that would leave fp32 is not done.
    huge = {**base, "init_scale": 2.0**126, "growth_interval": 1}
    cases += [("random", huge, 12)]
    payload = {
        "torch": torch.__version__.split("+")[0],
        "seed": SEED,
        "learningRate": RATE,
        "sequences": [sequence(i, *case) for i, case in enumerate(cases)],
    }
    OUT.write_text(json.dumps(payload, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
