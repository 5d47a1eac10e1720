"""A described model as a TensorFlow function."""

from dataclasses import dataclass, field

import numpy as np
import tensorflow as tf

from .call import Call
from .errors import Refused
from .layers.table import LAYERS
from .masks import Masks


@dataclass
class Facts:
    """What a run is told of the ranges of its tensors, and what it finds out.

    A range is (lowest, highest), under the name that a layer gives it. They matter to int8, which
    has to hold all of a tensor, and are empty for other formats.
    """

    known: dict[str, tuple[float, float]] = field(default_factory=dict)
    #: Filled by a run that is to observe; such a run is not traced.
    seen: dict[str, tuple[float, float]] | None = None

    def observe(self, name: str, x: tf.Tensor) -> tuple[float, float] | None:
        """The range that is known of a tensor; widens what was seen of it."""
        if self.seen is not None:
            low, high = self.seen.get(name, (np.inf, -np.inf))
            self.seen[name] = (
                min(low, float(tf.reduce_min(x))),
                max(high, float(tf.reduce_max(x))),
            )
        return self.known.get(name)


class Network(tf.Module):
    """Runs a model's description: the layers' calls in order, nested models unfolded.

    The description is what `describeModel` in network.ts writes; `weights` holds all weights one
    after the other, as float32.
    """

    def __init__(self, description: dict, weights: np.ndarray, batch: int | None):
        super().__init__()
        self.description = description
        #: See Facts.
        self.ranges: dict[str, tuple[float, float]] = {}
        self._weights = weights
        self._arrays: dict[int, np.ndarray] = {}
        self.signature = [
            tf.TensorSpec([batch, *entry["shape"][1:]], entry["dtype"], name=entry["name"])
            for entry in description["inputs"]
        ]

    def concrete(self):
        """The function of the named inputs that gives a dictionary of the named outputs."""

        def forward(*inputs):
            results = self.run(list(inputs))
            # An output that is an input, or is there twice, needs a tensor of its own.
            return {
                entry["name"]: tf.identity(result)
                for entry, result in zip(self.description["outputs"], results, strict=True)
            }

        self.forward = tf.function(forward, input_signature=self.signature, autograph=False)
        return self.forward.get_concrete_function()

    def run(self, inputs: list, seen: dict | None = None) -> list:
        """The outputs, in order. `seen` is filled with the ranges that layers ask for."""
        facts = Facts(self.ranges, seen)
        values = {
            entry["id"]: tf.convert_to_tensor(x)
            for entry, x in zip(self.description["inputs"], inputs, strict=True)
        }
        masks = Masks()
        for node in self.description["nodes"]:
            call = self._call(node, [values[name] for name in node["inputs"]], facts)
            call.mask = masks.of(node)
            layer = LAYERS.get(call.kind)
            if layer is None:
                raise Refused(
                    "tflite-unsupported",
                    f"The layer '{call.id}' ({call.kind}) can't be exported to TensorFlow Lite.",
                    f"Allowed are: {', '.join(sorted(LAYERS))}.",
                )
            results = layer(call)
            results = list(results) if isinstance(results, (list, tuple)) else [results]
            values.update(zip(node["outputs"], results))
            masks.follow(node, call)
        return [values[entry["id"]] for entry in self.description["outputs"]]

    def _call(self, node: dict, inputs: list, facts: Facts) -> Call:
        return Call(
            id=node["id"],
            kind=node["kind"],
            config=node["config"],
            weights=[self._array(weight) for weight in node["weights"]],
            inputs=inputs,
            output_shapes=node["outputShapes"],
            inner={role: self._call(one, [], facts) for role, one in node.get("inner", {}).items()},
            facts=facts,
        )

    def _array(self, weight: dict) -> np.ndarray:
        """One array for each weight, so that a layer that is called twice has one constant."""
        start = weight["offset"]
        if start not in self._arrays:
            size = int(np.prod(weight["shape"], dtype=np.int64))
            self._arrays[start] = self._weights[start : start + size].reshape(weight["shape"])
        return self._arrays[start]
