"""Recurrent layers over all steps, in one direction or both.

TensorFlow Lite's own LSTM operator is not used: it keeps its state from one run to the next, where a
layer of tfjs begins anew.
"""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from ..call import Call, sizes_of
from .activations import activate
from .dense import linear

#: The most steps that are written out; longer and open sequences become a loop.
MOST_STEPS = 256


@dataclass
class Run:
    """One direction of a layer."""

    call: Call
    cell: str
    #: [inputs, gates * units]; gates as tfjs orders them: z r h of a GRU, i f c o of an LSTM.
    kernel: np.ndarray
    #: [units, gates * units].
    recurrent: np.ndarray
    bias: np.ndarray | None
    activation: str
    #: Of the gates.
    recurrent_activation: str
    #: From the last step to the first.
    backwards: bool
    #: Whether every step's output is wanted, and not only the last.
    sequences: bool
    #: Steps of a backward run in the order of time; tfjs itself gives them in that of the run.
    in_time_order: bool

    @property
    def units(self) -> int:
        return self.recurrent.shape[0]

    @property
    def state_count(self) -> int:
        return 2 if self.cell == "LSTM" else 1


def read_run(call: Call, in_time_order: bool) -> Run:
    cell = call.inner["cell"]
    name = cell.kind.removesuffix("Cell")
    if name not in ("SimpleRNN", "GRU", "LSTM"):
        raise call.unsupported(
            f"its cell is {cell.kind}", "Allowed are: SimpleRNNCell, GRUCell, LSTMCell."
        )
    if call.flag("stateful"):
        raise call.unsupported(
            "it is stateful",
            "Make it stateless, and give and return its states: initialState, returnState.",
        )
    kernel, recurrent, *bias = call.weights
    return Run(
        call=call,
        cell=name,
        kernel=kernel,
        recurrent=recurrent,
        bias=bias[0] if bias else None,
        activation=cell.text("activation", "tanh"),
        recurrent_activation=cell.text("recurrentActivation", "hardSigmoid"),
        backwards=call.flag("goBackwards"),
        sequences=call.flag("returnSequences"),
        in_time_order=in_time_order,
    )


def step(run: Run, projected: tf.Tensor, states: list) -> list:
    """The states after one step, h first. `projected` is x @ kernel + bias."""

    def inner(x):
        return activate(run.call, x, run.activation)

    def gate(x):
        return activate(run.call, x, run.recurrent_activation)

    h = states[0]
    if run.cell == "SimpleRNN":
        return [inner(projected + tf.matmul(h, run.recurrent))]
    if run.cell == "LSTM":
        i, f, g, o = tf.split(projected + tf.matmul(h, run.recurrent), 4, -1)
        c = gate(f) * states[1] + gate(i) * inner(g)
        return [gate(o) * inner(c), c]
    units = run.units
    xz, xr, xh = tf.split(projected, 3, -1)
    hz, hr = tf.split(tf.matmul(h, run.recurrent[:, : 2 * units]), 2, -1)
    z, r = gate(xz + hz), gate(xr + hr)
    candidate = inner(xh + tf.matmul(r * h, run.recurrent[:, 2 * units :]))
    return [z * h + (1 - z) * candidate]


def execute(run: Run, x: tf.Tensor, initial: list, mask: tf.Tensor | None) -> list:
    """[output, *states]: every step's output, or the last one's, and the states after it."""
    batch, steps, _ = sizes_of(x)
    states = list(initial) or [tf.zeros([batch, run.units])] * run.state_count
    projected = linear(x, run.kernel, run.bias)
    written_out = isinstance(steps, int) and steps <= MOST_STEPS
    forward = write_out if written_out else loop
    outputs, states = forward(run, projected, states, mask, steps)
    return [outputs if run.sequences else states[0], *states]


def write_out(run: Run, projected, states: list, mask, steps: int) -> tuple:
    inputs = tf.unstack(projected, steps, axis=1)
    kept = [None] * steps if mask is None else tf.unstack(mask, steps, axis=1)
    outputs = []
    order = range(steps - 1, -1, -1) if run.backwards else range(steps)
    for t in order:
        states = keep(kept[t], step(run, inputs[t], states), states)
        outputs.append(states[0])
    if not run.sequences:
        return None, states
    if run.backwards and run.in_time_order:
        outputs.reverse()
    return tf.stack(outputs, axis=1), states


def loop(run: Run, projected, states: list, mask, steps) -> tuple:
    """The same in a loop. What was put out grows step by step: TensorFlow Lite has no list of
    tensors whose batch is open."""
    by_step = tf.transpose(projected, [1, 0, 2])
    mask_by_step = None if mask is None else tf.transpose(mask, [1, 0])
    units = run.units
    batch = sizes_of(projected)[0]
    outputs = tf.zeros([batch, 0, units])
    backwards = run.backwards
    first = run.backwards and run.in_time_order

    def body(t, outputs, *states):
        at = steps - 1 - t if backwards else t
        kept = None if mask_by_step is None else tf.gather(mask_by_step, at)
        after = keep(kept, step(run, tf.gather(by_step, at), list(states)), list(states))
        if run.sequences:
            now = after[0][:, tf.newaxis]
            outputs = tf.concat([now, outputs] if first else [outputs, now], axis=1)
        return (t + 1, outputs, *after)

    known = projected.shape[0]
    shapes = [tf.TensorShape([known, units])] * len(states)
    _, outputs, *states = tf.while_loop(
        lambda t, *_: t < steps,
        body,
        (0, outputs, *states),
        shape_invariants=(tf.TensorShape([]), tf.TensorShape([known, None, units]), *shapes),
    )
    return outputs, states


def keep(mask, after: list, before: list) -> list:
    """The states as they were where a step is masked."""
    if mask is None:
        return after
    # Products, for XNNPACK fails to prepare the selection between tensors of int8.
    new = tf.cast(mask[:, tf.newaxis], tf.float32)
    return [new * now + (1 - new) * past for now, past in zip(after, before)]


def recurrent(call: Call) -> list:
    run = read_run(call, in_time_order=False)
    return execute(run, call.x, call.inputs[1:], call.mask)[: len(call.output_shapes)]


def bidirectional(call: Call) -> list:
    """Both directions, merged step by step in the order of time."""
    states = call.inputs[1:]
    half = len(states) // 2

    def direction(role: str, initial: list) -> list:
        inner = call.inner[role]
        inner.output_shapes = call.output_shapes
        return execute(read_run(inner, in_time_order=True), call.x, initial, call.mask)

    forward, *after = direction("forward", states[:half])
    backward, *before = direction("backward", states[half:])
    outputs = merged(call, forward, backward) + after + before
    return outputs[: len(call.output_shapes)]


def merged(call: Call, forward: tf.Tensor, backward: tf.Tensor) -> list:
    mode = call.config.get("mergeMode", "concat")
    if mode is None:
        return [forward, backward]
    if mode == "sum":
        return [forward + backward]
    if mode == "ave":
        return [(forward + backward) * 0.5]
    if mode == "mul":
        return [forward * backward]
    return [tf.concat([forward, backward], -1)]


LAYERS = {
    "Bidirectional": bidirectional,
    "GRU": recurrent,
    "LSTM": recurrent,
    "RNN": recurrent,
    "SimpleRNN": recurrent,
}
