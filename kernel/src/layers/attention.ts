import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';

export interface AttentionOptions {
  /** Query i attends to the keys up to i + keys - queries only, so that the last query sees all keys. */
  readonly causal?: boolean;
  /** Boolean, shape broadcastable to [..., queries, keys]: where it is false, nothing is attended to. */
  readonly mask?: Tensor;
  /** What the logits are multiplied by; 1 / sqrt(depth) unless given. */
  readonly scale?: number;
}

/** Far below any logit, and finite: a query that may attend to nothing gets the mean, not NaN. */
const MASKED = -1e9;

/**
 * softmax(q k^T scale + mask) v, after Vaswani et al. 2017. Differentiable. The products run in the
 * precision policy's format, the softmax in fp32.
 *
 * Keys and values may have fewer heads than queries (grouped-query attention, Ainslie et al. 2023): with
 * q [batch, heads, queries, depth] and k [batch, kvHeads, keys, depth], query head h sees the keys of head
 * floor(h / (heads / kvHeads)).
 *
 * @param q [..., queries, depth]
 * @param k [..., keys, depth]
 * @param v [..., keys, width]
 * @returns [..., queries, width]
 * @throws HalfnoteError `invalid-attention-shape` where they don't fit together.
 */
export function scaledDotProductAttention<T extends Tensor>(
  q: T,
  k: T,
  v: T,
  options: AttentionOptions = {},
): T {
  checkShapes(q, k, v);
  return tf.tidy(() => {
    const [queries = 0, depth = 1] = q.shape.slice(-2);
    const keys = k.shape.at(-2) ?? 0;
    // The smaller of the factors is scaled: queries hold depth numbers where logits hold keys.
    const scaled = tf.mul(q, options.scale ?? 1 / Math.sqrt(depth));
    let logits = asHeadsOf(q, tf.matMul(asRowsOf(k, scaled), k, false, true));
    if (options.causal === true) logits = tf.add(logits, causalMask(queries, keys));
    if (options.mask !== undefined) logits = tf.add(logits, additive(options.mask));
    const attended = tf.matMul<T>(asRowsOf(v, tf.softmax(logits)), v);
    return asHeadsOf(q, attended);
  });
}

/** The heads that share one of `shared` as rows of one matrix: nothing is moved, or repeated. */
function asRowsOf<T extends Tensor>(shared: T, x: T): T {
  if (!isGrouped(x, shared)) return x;
  const [batch = 0, , , width = 0] = x.shape;
  return tf.reshape(x, [batch, shared.shape[1] ?? 0, -1, width]) as T;
}

/** The way back. */
function asHeadsOf<T extends Tensor>(q: T, rows: T): T {
  if (!isGrouped(q, rows)) return rows;
  return tf.reshape(rows, [...q.shape.slice(0, -1), rows.shape.at(-1) ?? 0]) as T;
}

function isGrouped(q: Tensor, k: Tensor): boolean {
  return q.rank === 4 && k.rank === 4 && q.shape[1] !== k.shape[1];
}

/** [queries, keys]: 0 where query i may see key j, else far below. */
function causalMask(queries: number, keys: number): Tensor {
  const values = new Float32Array(queries * keys);
  for (let i = 0; i < queries; i++) {
    const seen = Math.max(0, i + keys - queries + 1);
    values.fill(MASKED, i * keys + Math.min(seen, keys), (i + 1) * keys);
  }
  return tf.tensor2d(values, [queries, keys]);
}

function additive(mask: Tensor): Tensor {
  return tf.mul(tf.sub(1, tf.cast(mask, 'float32')), MASKED);
}

function checkShapes(q: Tensor, k: Tensor, v: Tensor): void {
  const fits =
    Math.min(q.rank, k.rank, v.rank) >= 2 &&
    q.shape.at(-1) === k.shape.at(-1) &&
    k.shape.at(-2) === v.shape.at(-2) &&
    (!isGrouped(q, k) || (q.shape[1] ?? 0) % (k.shape[1] ?? 1) === 0);
  if (fits) return;
  const show = (tensor: Tensor): string => `[${tensor.shape.join(', ')}]`;
  throw new HalfnoteError(
    'invalid-attention-shape',
    `Attention needs q [..., queries, depth], k [..., keys, depth] and v [..., keys, width], ` +
      `but got ${show(q)}, ${show(k)} and ${show(v)}.`,
  );
}
