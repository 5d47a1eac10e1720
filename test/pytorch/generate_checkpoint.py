"""Writes what Hugging Face's Llama and Qwen2 give for small weights, as a fixture of the unit tests, and
folders with their weights.

Usage: python test/pytorch/generate_checkpoint.py  (needs torch and transformers, which setup doesn't install)
"""

import json
import math
from pathlib import Path

import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

HERE = Path(__file__).parent
TARGET = HERE / "checkpoint.json"
# Folders as Hugging Face writes them: in several files of fp32, and in one of bf16.
# The first is also what a notebook loads.
FOLDERS = {
    "llama": {
        "path": HERE.parents[1] / "notebooks/models/tiny-llama",
        "dtype": torch.float32,
        "max_shard_size": "8KB",
    },
    "qwen2": {
        "path": HERE / "checkpoints/qwen2",
        "dtype": torch.bfloat16,
        "max_shard_size": "1GB",
    },
}
SIZES = {
    "vocab_size": 9,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32,
}
CASES = {
    "llama": (LlamaForCausalLM, LlamaConfig(**SIZES, rms_norm_eps=1e-5, tie_word_embeddings=False)),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config(**SIZES, rms_norm_eps=1e-6, tie_word_embeddings=True)),
}
TOKENS = [[(5 * row + 3 * i * i + i) % 9 for i in range(12)] for row in range(2)]


def wave(index: int, shape: list[int], gain: int) -> torch.Tensor:
    """Numbers that the tests make again."""
    values = [0.4 * math.sin(12.9898 * (i + 1) + index) for i in range(math.prod(shape))]
    return gain + torch.tensor(values, dtype=torch.float64).to(torch.float32).reshape(shape)


def logits_of(model) -> list[float]:
    with torch.no_grad():
        logits = model(torch.tensor(TOKENS)).logits
    return [float(f"{value:.6g}") for value in logits.flatten().tolist()]


def result(name: str, make, config) -> dict:
    torch.manual_seed(0)
    model = make(config).eval()
    state = {
        name: value
        for name, value in model.state_dict().items()
        if not (config.tie_word_embeddings and name == "lm_head.weight")
    }
    waves = {
        name: wave(index, list(value.shape), 1 if "norm" in name else 0)
        for index, (name, value) in enumerate(state.items())
    }
    model.load_state_dict(waves, strict=False)
    model.tie_weights()
    logits = logits_of(model)
    told = json.loads(config.to_json_string(use_diff=False))
    folder = FOLDERS[name]
    path = folder["path"]
    model.to(folder["dtype"]).save_pretrained(path, max_shard_size=folder["max_shard_size"])
    read = make.from_pretrained(path, dtype=torch.float32).eval()
    return {
        "config": told,
        "shapes": {key: list(value.shape) for key, value in state.items()},
        "logits": logits,
        # In fp32, of the weights as the folder has them.
        "folderLogits": logits_of(read),
    }


def main() -> None:
    cases = {name: result(name, *case) for name, case in CASES.items()}
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    TARGET.write_text(json.dumps({**versions, "tokens": TOKENS, "cases": cases}) + "\n")


main()
