import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { scaledDotProductAttention } from './attention';
import {
  baseConfig,
  lastAxis,
  positiveInteger,
  registerLayer,
  type LayerOptions,
} from './register';

export interface MultiHeadAttentionOptions extends LayerOptions {
  readonly numHeads: number;
  /** Width of each head's queries, keys and values. */
  readonly keyDim: number;
  /** Each position attends to itself and those before it. */
  readonly causal?: boolean;
  readonly useBias?: boolean;
  /** Makes the initial weights reproducible. */
  readonly seed?: number;
}

const PROJECTIONS = ['query', 'key', 'value', 'output'] as const;
type Projection = (typeof PROJECTIONS)[number];
type Shape = readonly (number | null)[];

interface Weights {
  readonly kernel: tf.LayerVariable;
  readonly bias: tf.LayerVariable | undefined;
}

/**
 * Multi-head attention (Vaswani et al. 2017) over [batch, sequence, width]. Called with one tensor it
 * is self-attention; with [query, value] or [query, value, key], as in Keras, cross-attention.
 *
 * Weights, in order: query, key, value kernels [width, heads * keyDim] and output kernel
 * [heads * keyDim, query width], each followed by its bias unless `useBias` is false. Head h has the
 * columns h * keyDim to (h + 1) * keyDim.
 */
export class MultiHeadAttention extends tf.layers.Layer {
  static readonly className = 'MultiHeadAttention';
  readonly numHeads: number;
  readonly keyDim: number;
  readonly causal: boolean;
  private readonly useBias: boolean;
  private readonly seed: number | undefined;
  private readonly projections = new Map<Projection, Weights>();

  constructor(options: MultiHeadAttentionOptions) {
    super(baseConfig(options));
    this.numHeads = positiveInteger('multiHeadAttention', 'numHeads', options.numHeads);
    this.keyDim = positiveInteger('multiHeadAttention', 'keyDim', options.keyDim);
    this.causal = options.causal ?? false;
    this.useBias = options.useBias ?? true;
    this.seed = options.seed;
  }

  override build(inputShape: Shape | readonly Shape[]): void {
    const { query, key, value } = roles(shapesOf(inputShape));
    const inner = this.numHeads * this.keyDim;
    const width = (shape: Shape): number => lastAxis('multiHeadAttention', shape);
    this.project('query', width(query), inner);
    this.project('key', width(key), inner);
    this.project('value', width(value), inner);
    this.project('output', inner, width(query));
    this.built = true;
  }

  private project(name: Projection, from: number, to: number): void {
    const seed = this.seed === undefined ? undefined : this.seed + PROJECTIONS.indexOf(name);
    const glorot = tf.initializers.glorotUniform(seed === undefined ? {} : { seed });
    const kernel = this.addWeight(`${name}_kernel`, [from, to], 'float32', glorot);
    const bias = this.useBias
      ? this.addWeight(`${name}_bias`, [to], 'float32', tf.initializers.zeros())
      : undefined;
    this.projections.set(name, { kernel, bias });
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const { query, key, value } = roles(Array.isArray(inputs) ? inputs : [inputs]);
      const attended = scaledDotProductAttention(
        this.heads('query', query),
        this.heads('key', key),
        this.heads('value', value),
        { causal: this.causal },
      );
      return this.join(attended);
    });
  }

  /** The first of the layer's three steps: [batch, length, width] -> [batch, heads, length, keyDim]. */
  heads(name: Exclude<Projection, 'output'>, input: Tensor): Tensor4D {
    const [batch = 0, length = 0, width = 0] = input.shape;
    const projected = this.linear(name, tf.reshape(input, [batch * length, width]));
    const split = tf.reshape(projected, [batch, length, this.numHeads, this.keyDim]);
    return tf.transpose(split, [0, 2, 1, 3]) as Tensor4D;
  }

  /** The last step, of what was attended: [batch, heads, length, keyDim] -> [batch, length, width]. */
  join(attended: Tensor4D): Tensor {
    const [batch, , length] = attended.shape;
    const joined = tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [batch * length, -1]);
    return tf.reshape(this.linear('output', joined), [batch, length, -1]);
  }

  private linear(name: Projection, input: Tensor): Tensor {
    const weights = this.projections.get(name);
    if (weights === undefined) throw new Error(`${name} was not built`);
    const product = tf.matMul(input, weights.kernel.read());
    return weights.bias === undefined ? product : tf.add(product, weights.bias.read());
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...roles(shapesOf(inputShape)).query];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      numHeads: this.numHeads,
      keyDim: this.keyDim,
      causal: this.causal,
      useBias: this.useBias,
      ...(this.seed === undefined ? {} : { seed: this.seed }),
    };
  }
}

registerLayer(MultiHeadAttention);

/** Attention with learned projections, as a layer of a model. See {@link MultiHeadAttention}. */
export function multiHeadAttention(options: MultiHeadAttentionOptions): MultiHeadAttention {
  return new MultiHeadAttention(options);
}

function shapesOf(shape: Shape | readonly Shape[]): readonly Shape[] {
  return Array.isArray(shape[0]) ? (shape as readonly Shape[]) : [shape as Shape];
}

/** Keras's order: query, value, key; what is missing is the one before. */
function roles<T>(inputs: readonly T[]): { query: T; value: T; key: T } {
  const [query, value = query, key = value] = inputs;
  if (query === undefined || value === undefined || key === undefined || inputs.length > 3) {
    throw new HalfnoteError(
      'invalid-layer-input',
      `multiHeadAttention got ${inputs.length} inputs; allowed are one, [query, value] and ` +
        '[query, value, key].',
    );
  }
  return { query, value, key };
}
