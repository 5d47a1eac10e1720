"""Halfnote's attention: softmax(q k^T / sqrt(width of a head)) v, for each head."""

import math

import numpy as np
import tensorflow as tf

from ..call import Call, reshape, sizes_of
from .dense import linear
from .products import centered

#: Far below any logit.
HIDDEN_BELOW = 1e9
#: Below a query's other logits: e^-8 is less than half of the 1/256 that int8 tells apart.
HIDDEN_MARGIN = 8.0


def multi_head_attention(call: Call) -> tf.Tensor:
    """With learned projections before and after; inputs in Keras's order: query, value, key."""
    query, value, key = (call.inputs + [call.inputs[-1]] * 2)[:3]
    heads = int(call.number("numHeads", 1))
    step = 2 if call.flag("useBias", True) else 1
    projections = [call.weights[i : i + step] for i in range(0, 4 * step, step)]

    def project(x: tf.Tensor, which: int) -> tf.Tensor:
        kernel, *bias = projections[which]
        return linear(x, kernel, bias[0] if bias else None)

    attended = attend(call, heads, project(query, 0), project(key, 1), project(value, 2))
    return project(attended, 3)


def attention_heads(call: Call) -> tf.Tensor:
    """What lies between the projections, of queries, keys and values."""
    heads = int(call.number("numHeads", 1))
    return attend(call, heads, *call.inputs, int(call.number("numKvHeads", heads)))


def attend(call: Call, heads: int, query, key, value, kv_heads: int = 0) -> tf.Tensor:
    """[batch, length, heads * width] each; gives as many rows as `query` has. Keys and values may have
    fewer heads, each for equally many of the queries'."""

    def split(x: tf.Tensor, order: list[int], count: int = heads) -> tf.Tensor:
        batch, length, width = sizes_of(x)
        return tf.transpose(reshape(x, [batch, length, count, width // count]), order)

    def shared(x: tf.Tensor, order: list[int]) -> tf.Tensor:
        count = kv_heads or heads
        apart = split(x, order, count)
        return apart if count == heads else tf.repeat(apart, heads // count, axis=1)

    width = query.shape[-1] // heads
    queries = split(query, [0, 2, 1, 3]) * (1 / math.sqrt(width))
    # The same number off every key changes all logits of a query alike, and no share.
    key, _ = centered(call, "key", key)
    logits = tf.matmul(queries, shared(key, [0, 2, 3, 1]))
    if call.flag("causal"):
        logits = logits - hidden(sizes_of(query)[1], sizes_of(key)[1], hidden_below(call, logits))
    # Shares add up to one: what is taken off every value is what is missing after.
    value, center = centered(call, "value", value)
    attended = tf.matmul(tf.nn.softmax(logits), shared(value, [0, 2, 1, 3]))
    batch, length, _ = sizes_of(query)
    width = value.shape[-1] // (kv_heads or heads) * heads
    joined = reshape(tf.transpose(attended, [0, 2, 1, 3]), [batch, length, width])
    return joined if center == 0 else joined + center


def hidden_below(call: Call, logits: tf.Tensor) -> float:
    """How far the logits of hidden keys are put below: in int8 no further than they have to, for one
    range has to hold them and all others."""
    lowest = tf.reduce_min(logits, -1, keepdims=True)
    known = call.facts.observe(f"{call.id}/spread", logits - lowest)
    return HIDDEN_BELOW if known is None else known[1] + HIDDEN_MARGIN


def hidden(queries, keys, below: float):
    """[queries, keys]: `below` where query i would see a key after i + keys - queries."""
    if isinstance(queries, int) and isinstance(keys, int):
        return np.float32(below) * np.triu(np.ones([queries, keys], np.float32), keys - queries + 1)
    later = tf.range(keys)[tf.newaxis] > tf.range(queries)[:, tf.newaxis] + keys - queries
    return tf.cast(later, tf.float32) * below


LAYERS = {
    "AttentionHeads": attention_heads,
    "MultiHeadAttention": multi_head_attention,
}
