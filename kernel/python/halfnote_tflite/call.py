"""One call of one layer, as the functions in `layers` see it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf

from .errors import Refused


@dataclass
class Call:
    id: str
    kind: str
    config: dict[str, Any]
    #: In the layer's own order, float32.
    weights: list[np.ndarray]
    inputs: list[tf.Tensor]
    #: None where a size is open.
    output_shapes: list[list[int | None]]
    #: [batch, steps], bool: False where the first input's step is to be left out.
    mask: tf.Tensor | None = None
    #: The layers inside, by role: `layer`, `cell`, `forward`, `backward`.
    inner: dict[str, "Call"] = field(default_factory=dict)
    #: What the network knows of itself, see `network.Facts`.
    facts: Any = None

    @property
    def x(self) -> tf.Tensor:
        return self.inputs[0]

    @property
    def activation(self) -> str:
        return self.text("activation", "linear")

    @property
    def channels_first(self) -> bool:
        return self.text("dataFormat", "channelsLast") == "channelsFirst"

    def text(self, key: str, otherwise: str) -> str:
        value = self.config.get(key)
        return value if isinstance(value, str) else otherwise

    def number(self, key: str, otherwise: float) -> float:
        value = self.config.get(key)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return value if is_number else otherwise

    def flag(self, key: str, otherwise: bool = False) -> bool:
        value = self.config.get(key)
        return value if isinstance(value, bool) else otherwise

    def sizes(self, key: str, count: int, otherwise: int = 1) -> list[int]:
        """One number per axis: a single one stands for all."""
        value = self.config.get(key)
        if value is None:
            value = otherwise
        if not isinstance(value, list):
            return [int(value)] * count
        return [int(value[i] if i < len(value) else value[0]) for i in range(count)]

    def axes(self, key: str, otherwise: list[int]) -> list[int]:
        """Axes as given, one or many."""
        value = self.config.get(key)
        if isinstance(value, list):
            return [int(axis) for axis in value]
        return [int(value)] if isinstance(value, (int, float)) else otherwise

    def padding(self) -> str:
        padding = self.text("padding", "valid")
        if padding in ("same", "valid"):
            return padding.upper()
        raise self.unsupported(
            f"its padding is {padding}, with which tfjs can't run it either",
            "Allowed are 'same' and 'valid'.",
        )

    def unsupported(self, what: str, allowed: str) -> Refused:
        return Refused(
            "tflite-unsupported",
            f"The layer '{self.id}' ({self.kind}) can't be exported to TensorFlow Lite: {what}.",
            allowed,
        )


def sizes_of(x: tf.Tensor) -> list:
    """A tensor's sizes: numbers where they are known, else scalars that are known when it runs."""
    known = x.shape.as_list()
    if None not in known:
        return known
    dynamic = tf.shape(x)
    return [dynamic[axis] if size is None else size for axis, size in enumerate(known)]


def reshape(x: tf.Tensor, sizes: list) -> tf.Tensor:
    """To `sizes`, in which the first may be whatever is left, so that no shape is computed for it."""
    open_sizes = sum(not isinstance(size, int) for size in sizes)
    if open_sizes == 1:
        sizes = [size if isinstance(size, int) else -1 for size in sizes]
    return tf.reshape(x, sizes)
