"""PyTorch as a peer of the bench: the same cases as workers/ours.mjs, over JSON lines (see worker.mjs)."""

import contextlib
import json
import sys
import time

import torch

torch.manual_seed(0)
LOW = {"bf16": torch.bfloat16, "fp16": torch.float16}


def gemm(size, format):
    dtype = LOW.get(format, torch.float32)
    a = torch.randn(size, size).to(dtype)
    b = torch.randn(size, size).to(dtype)
    return lambda: a @ b


def training(batch, format):
    model = torch.nn.Sequential(
        torch.nn.Linear(1024, 2048), torch.nn.ReLU(), torch.nn.Linear(2048, 1024)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    x, y = torch.randn(batch, 1024), torch.randn(batch, 1024)

    def precision():
        if format == "fp32":
            return contextlib.nullcontext()
        return torch.autocast("cpu", dtype=LOW[format])

    def step():
        optimizer.zero_grad()
        with precision():
            loss = torch.nn.functional.mse_loss(model(x).float(), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


CASES = {"gemm": gemm, "training": training}


def main():
    prepared = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            key = json.dumps([request["name"], request["parameters"]])
            if key not in prepared:
                prepared[key] = CASES[request["name"]](**request["parameters"])
                for _ in range(3):
                    prepared[key]()
            seconds = []
            for _ in range(request["repetitions"]):
                start = time.perf_counter()
                prepared[key]()
                seconds.append(time.perf_counter() - start)
            answer = {"secondsEach": seconds}
        except Exception as error:  # the bench prints it beside the case
            answer = {"error": str(error)}
        print("@" + json.dumps(answer), flush=True)


main()
