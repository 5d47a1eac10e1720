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
    let logits = tf.matMul(scaled, k, false, true);
    if (options.causal === true) logits = tf.add(logits, causalMask(queries, keys));
    if (options.mask !== undefined) logits = tf.add(logits, additive(options.mask));
    return tf.matMul<T>(tf.softmax(logits), v);
  });
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
    k.shape.at(-2) === v.shape.at(-2);
  if (fits) return;
  const show = (tensor: Tensor): string => `[${tensor.shape.join(', ')}]`;
  throw new HalfnoteError(
    'invalid-attention-shape',
    `Attention needs q [..., queries, depth], k [..., keys, depth] and v [..., keys, width], ` +
      `but got ${show(q)}, ${show(k)} and ${show(v)}.`,
  );
}
