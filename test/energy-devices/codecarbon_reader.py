"""CodeCarbon's own readers on the trees of the golden set: a request a line in, an answer a line out."""

import builtins
import json
import logging
import os
import re
import sys
import types

logging.disable(logging.CRITICAL)
denied = set()
gpus = []


def guarded_open(file, *args, **kwargs):
    if os.path.realpath(file) in denied:
        raise PermissionError(13, "Permission denied", str(file))
    return real_open(file, *args, **kwargs)


real_open = builtins.open
builtins.open = guarded_open


class NVMLError(Exception):
    pass


class NVMLError_NotSupported(NVMLError):
    pass


def state(handle):
    if gpus[handle]["isLost"]:
        raise NVMLError("GPU is lost")
    return gpus[handle]


nvml = types.ModuleType("pynvml")
nvml.NVMLError = NVMLError
nvml.NVMLError_NotSupported = NVMLError_NotSupported
nvml.nvmlInit = lambda: None
nvml.nvmlDeviceGetCount = lambda: len(gpus)
nvml.nvmlDeviceGetHandleByIndex = lambda index: index
nvml.nvmlDeviceGetName = lambda handle: f"GPU {handle}"
nvml.nvmlDeviceGetUUID = lambda handle: gpus[handle]["uuid"]
nvml.nvmlDeviceGetTotalEnergyConsumption = lambda handle: state(handle)["mj"]
nvml.nvmlDeviceGetPowerUsage = lambda handle: state(handle)["mw"]
nvml.nvmlDeviceGetEnforcedPowerLimit = lambda handle: 700000
nvml.nvmlDeviceGetMemoryInfo = lambda handle: types.SimpleNamespace(total=1, free=1, used=0)
sys.modules["pynvml"] = nvml

from codecarbon import __version__  # noqa: E402
from codecarbon.core.config import normalize_gpu_ids  # noqa: E402
from codecarbon.core.cpu import IntelRAPL  # noqa: E402
from codecarbon.core.units import Time  # noqa: E402
from codecarbon.external.hardware import GPU  # noqa: E402

J_PER_KWH = 3.6e6


class Cpu:
    """As `codecarbon.external.hardware.CPU` adds the counters up."""

    def __init__(self, root):
        self.rapl = IntelRAPL(rapl_dir=root)
        self.rapl.start()
        self.has_counter = bool(self.rapl._rapl_files)

    def read(self, seconds):
        details = self.rapl.get_cpu_details(Time(seconds=seconds))
        return sum(
            value
            for metric, value in details.items()
            if re.match(r"^Processor Energy Delta_\d", metric)
        )


class Gpu:
    """As `codecarbon.emissions_tracker` sets it up and asks it."""

    def __init__(self, visible):
        self.gpu = GPU.from_utils(normalize_gpu_ids(visible) if visible else None)
        self.gpu.start()
        self.has_counter = True

    def read(self, seconds):
        self.gpu.monitor_power()
        return self.gpu.measure_power_and_energy(seconds)[1].kWh


def answer(request):
    global device, joules
    denied.clear()
    denied.update(os.path.realpath(file) for file in request.get("denied", []))
    gpus[:] = request.get("gpus", [])
    if "root" in request:
        device, joules = Cpu(request["root"]), 0.0
    elif "visible" in request:
        device, joules = Gpu(request["visible"]), 0.0
    else:
        joules += device.read(request["seconds"]) * J_PER_KWH
    return {"joules": joules if device.has_counter else None}


print(json.dumps({"version": __version__}), flush=True)
for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # what it says is the figure of that row
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
