"""Writes autocast_lists.json: what torch.autocast does with each of PyTorch's operators.

    .venv/bin/python test/pytorch/generate_autocast_lists.py

The facts come from the installed PyTorch: for CUDA from the lists of ATen/autocast_mode.h, which its
dispatcher is registered from; for CPU, whose lists are not in a header, from the dispatcher (which
operators have an AutocastCPU kernel) and from "CPU Ops that can autocast" of the documentation of
torch.amp (which of them compute in lower precision, and which promote).
"""

import json
import pathlib
import re

import torch

HEADER = pathlib.Path(torch.__file__).parent / "include/ATen/autocast_mode.h"
CUDA_LISTS = {
    "low": ["AT_FORALL_LOWER_PRECISION_FP"],
    "fp32": [
        "AT_FORALL_FP32",
        "AT_FORALL_FP32_SET_OPT_DTYPE",
        "AT_FORALL_DIFFERENT_REDISPATCH_SIGNATURE",
    ],
    "promote": ["AT_FORALL_PROMOTE"],
}
CPU_LOW = {
    "_addmm_activation", "_convolution", "_native_multi_head_attention", "addbmm", "addmm", "baddbmm",
    "bmm", "conv1d", "conv2d", "conv3d", "conv_tbc", "conv_transpose1d", "conv_transpose2d",
    "conv_transpose3d", "linalg_vecdot", "linear", "matmul", "mkldnn_rnn_layer", "mm", "prelu",
    "scaled_dot_product_attention",
}  # fmt: skip
CPU_PROMOTE = {"cat", "index_copy", "stack"}


def macro(header, name):
    body = re.search(rf"#define {name}\(_\)((?:.*\\\n)*.*)", header)
    return re.findall(r"_\(\s*(?:ADD_NS\()?(\w+)", body.group(1)) if body else []


def cuda():
    header = HEADER.read_text()
    lists = {
        rule: sorted({op for name in macros for op in macro(header, name)})
        for rule, macros in CUDA_LISTS.items()
    }
    check(set().union(*lists.values()), registered("AutocastCUDA"), "CUDA")
    return lists


def cpu():
    names = registered("AutocastCPU")
    missing = (CPU_LOW | CPU_PROMOTE) - names
    if missing:
        raise SystemExit(f"PyTorch's CPU autocast doesn't know {sorted(missing)}")
    return {
        "low": sorted(CPU_LOW),
        "fp32": sorted(names - CPU_LOW - CPU_PROMOTE),
        "promote": sorted(CPU_PROMOTE),
    }


def registered(key):
    """Names, without overloads, of the operators that have a kernel for a dispatch key."""
    return {
        name.removeprefix("aten::").split(".")[0]
        for name in torch._C._dispatch_get_all_op_names()
        if name.startswith("aten::") and torch._C._dispatch_has_kernel_for_dispatch_key(name, key)
    }


def check(listed, known, device):
    """What the header lists and what the dispatcher has must be the same, but for special cases."""
    # Registered apart from the lists: cuDNN's convolutions, and one that only throws.
    apart = {"binary_cross_entropy", "cudnn_convolution", "cudnn_convolution_transpose"}
    differing = (listed ^ known) - apart
    if differing:
        raise SystemExit(f"{device}: the header and the dispatcher differ in {sorted(differing)}")


lists = {"torch": torch.__version__, "cuda": cuda(), "cpu": cpu()}
path = pathlib.Path(__file__).with_name("autocast_lists.json")
path.write_text(json.dumps(lists, indent=1) + "\n")
print(path.name, {device: {k: len(v) for k, v in lists[device].items()} for device in ("cuda", "cpu")})
