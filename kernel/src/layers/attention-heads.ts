import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { scaledDotProductAttention } from './attention';
import { baseConfig, positiveInteger, registerLayer, type LayerOptions } from './register';

export interface AttentionHeadsOptions extends LayerOptions {
  /** Divides the width of queries, keys and values. */
  readonly numHeads: number;
  /** Heads of keys and values, each for equally many of queries. Divides numHeads, the default. */
  readonly numKvHeads?: number;
  /** Each position attends to itself and those before it. */
  readonly causal?: boolean;
}

/**
 * What is left of multi-head attention without its projections: no weights. Called with queries
 * [batch, queries, heads * keyDim], keys [batch, keys, kvHeads * keyDim] and values [batch, keys, kvHeads *
 * valueDim], of which head h has the columns from h * keyDim on; gives [batch, queries, heads * valueDim].
 * With fewer kvHeads than heads it is grouped-query attention (Ainslie et al. 2023): query head h sees
 * head floor(h / (heads / kvHeads)) of keys and values.
 */
export class AttentionHeads extends tf.layers.Layer {
  static readonly className = 'AttentionHeads';
  readonly numHeads: number;
  readonly numKvHeads: number;
  readonly causal: boolean;

  constructor(options: AttentionHeadsOptions) {
    super(baseConfig(options));
    this.numHeads = positiveInteger('attentionHeads', 'numHeads', options.numHeads);
    const { numKvHeads = this.numHeads } = options;
    this.numKvHeads = positiveInteger('attentionHeads', 'numKvHeads', numKvHeads);
    this.causal = options.causal ?? false;
    if (this.numHeads % this.numKvHeads === 0) return;
    throw new HalfnoteError(
      'invalid-layer-option',
      `attentionHeads: numKvHeads is ${this.numKvHeads}, which doesn't divide the ${this.numHeads} heads.`,
    );
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const [q, k, v] = three(inputs);
      const { causal } = this;
      const [keys, values] = [this.split(k, this.numKvHeads), this.split(v, this.numKvHeads)];
      return this.join(scaledDotProductAttention(this.split(q), keys, values, { causal }));
    });
  }

  /** [batch, length, heads * width] -> [batch, heads, length, width]. */
  split(input: Tensor, heads = this.numHeads): Tensor4D {
    const [batch = 0, length = 0] = input.shape;
    const split: Tensor4D = tf.reshape(input, [batch, length, heads, -1]);
    return tf.transpose(split, [0, 2, 1, 3]);
  }

  /** The way back. */
  join(heads: Tensor4D): Tensor {
    const [batch, , length] = heads.shape;
    return tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [batch, length, -1]);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [q, , v] = three(inputShape as tf.Shape[]);
    const [width = null] = v.slice(-1);
    if (typeof width !== 'number') return [...q.slice(0, -1), null];
    if (width % this.numKvHeads !== 0) {
      throw new HalfnoteError(
        'invalid-layer-option',
        `attentionHeads: ${this.numKvHeads} heads don't divide the width ${width}.`,
      );
    }
    return [...q.slice(0, -1), (width / this.numKvHeads) * this.numHeads];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { numHeads, numKvHeads, causal } = this;
    return { ...super.getConfig(), numHeads, numKvHeads, causal };
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
