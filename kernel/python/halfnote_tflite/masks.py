"""Which steps of which values are masked, as tfjs hands masks from layer to layer."""

import tensorflow as tf

from .call import Call

MERGES = {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply"}
RECURRENT = {"RNN", "SimpleRNN", "GRU", "LSTM", "Bidirectional"}


class _Merged:
    """The mask of several masked inputs, which nothing may read."""


class Masks:
    """Masks by value, [batch, steps] and bool."""

    def __init__(self) -> None:
        self._masks: dict[str, tf.Tensor | _Merged] = {}

    def of(self, node: dict) -> tf.Tensor | None:
        """The mask of a call's first input."""
        mask = self._masks.get(node["inputs"][0])
        if isinstance(mask, _Merged):
            if node["kind"] in RECURRENT or node["kind"] == "Softmax":
                raise Call(node["id"], node["kind"], {}, [], [], []).unsupported(
                    "the masks of several inputs reach it through a merge",
                    "Allowed are masks that reach it without a merge between.",
                )
            return None
        return mask

    def follow(self, node: dict, call: Call) -> None:
        """Hands on the mask of a call's input, or what the call says of its own."""
        [output, *_] = node["outputs"]
        own = made_by(call)
        if own is not None:
            self._masks[output] = own
        elif node.get("supportsMasking"):  # tfjs leaves it undefined in some layers
            given = [self._masks[name] for name in node["inputs"] if name in self._masks]
            if node["kind"] in MERGES and given:
                self._masks[output] = _Merged()
            elif given and node["inputs"][0] in self._masks:
                ends = node["kind"] in RECURRENT and not call.flag("returnSequences", True)
                if not ends:
                    self._masks[output] = self._masks[node["inputs"][0]]


def made_by(call: Call) -> tf.Tensor | None:
    if call.kind == "Embedding" and call.flag("maskZero"):
        return tf.not_equal(call.x, tf.zeros([], call.x.dtype))
    if call.kind == "Masking":
        return masking(call)
    return None


def masking(call: Call) -> tf.Tensor:
    """True for steps with a value that is not the one that says `nothing here`."""
    return tf.reduce_any(tf.not_equal(call.x, call.number("maskValue", 0)), axis=-1)
