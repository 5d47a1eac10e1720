import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { scaledDotProductAttention } from './attention';
import { baseConfig, positiveInteger, registerLayer, type LayerOptions } from './register';

export interface AttentionHeadsOptions extends LayerOptions {
  /** Divides the width of queries, keys and values. */
  readonly numHeads: number;
  /** Each position attends to itself and those before it. */
  readonly causal?: boolean;
}

/**
 * What is left of multi-head attention without its projections: no weights. Called with queries
 * [batch, queries, heads * keyDim], keys [batch, keys, heads * keyDim] and values [batch, keys, heads *
 * valueDim], of which head h has the columns from h * keyDim on; gives [batch, queries, heads * valueDim].
 */
export class AttentionHeads extends tf.layers.Layer {
  static readonly className = 'AttentionHeads';
  readonly numHeads: number;
  readonly causal: boolean;

  constructor(options: AttentionHeadsOptions) {
    super(baseConfig(options));
    this.numHeads = positiveInteger('attentionHeads', 'numHeads', options.numHeads);
    this.causal = options.causal ?? false;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const [q, k, v] = three(inputs);
      const { causal } = this;
      return this.join(
        scaledDotProductAttention(this.split(q), this.split(k), this.split(v), { causal }),
      );
    });
  }

  /** [batch, length, heads * width] -> [batch, heads, length, width]. */
  split(input: Tensor): Tensor4D {
    const [batch = 0, length = 0] = input.shape;
    const heads: Tensor4D = tf.reshape(input, [batch, length, this.numHeads, -1]);
    return tf.transpose(heads, [0, 2, 1, 3]);
  }

  /** The way back. */
  join(heads: Tensor4D): Tensor {
    const [batch, , length] = heads.shape;
    return tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [batch, length, -1]);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [q, , v] = three(inputShape as tf.Shape[]);
    const [width = null] = v.slice(-1);
    if (typeof width === 'number' && width % this.numHeads !== 0) {
      throw new HalfnoteError(
        'invalid-layer-option',
        `attentionHeads: ${this.numHeads} heads don't divide the width ${width}.`,
      );
    }
    return [...q.slice(0, -1), width];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), numHeads: this.numHeads, causal: this.causal };
  }
}

registerLayer(AttentionHeads);

/** See {@link AttentionHeads}. */
export function attentionHeads(options: AttentionHeadsOptions): AttentionHeads {
  return new AttentionHeads(options);
}

type Triple<T> = readonly [queries: T, keys: T, values: T];

function three<T>(inputs: T | readonly T[]): Triple<T> {
  if (Array.isArray(inputs) && inputs.length === 3) return inputs as unknown as Triple<T>;
  throw new HalfnoteError(
    'invalid-layer-input',
    'attentionHeads takes three inputs: [queries, keys, values].',
  );
}
