import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import {
  baseConfig,
  positiveInteger,
  registerLayer,
  single,
  singleShape,
  type LayerOptions,
} from './register';
import { ROTARY_LAYOUTS, rotaryTable, type RotaryLayout, type RotaryTable } from './rotary-table';

export interface RotaryEmbeddingOptions extends LayerOptions {
  /** Width of a head, an even number: each head is turned by itself. */
  readonly headDim: number;
  /** The longest sequence. */
  readonly maxLength: number;
  /** The base of the angles' frequencies. Default 10000. */
  readonly theta?: number;
  /** How the numbers of a head are paired. Default `half-split`. */
  readonly layout?: RotaryLayout;
}

/**
 * Rotary position embedding (RoPE, Su et al. 2021) of queries or keys [batch, length, heads * headDim]:
 * pairs of numbers are turned by angles that grow with the position, so that the product of a query and
 * a key depends on their distance. Gives the same shape. No weights.
 */
export class RotaryEmbedding extends tf.layers.Layer {
  static readonly className = 'RotaryEmbedding';
  readonly headDim: number;
  readonly maxLength: number;
  readonly theta: number;
  readonly layout: RotaryLayout;
  #table: (RotaryTable & { readonly start: number; readonly length: number }) | undefined;

  constructor(options: RotaryEmbeddingOptions) {
    super(baseConfig(options));
    this.headDim = positiveInteger('rotaryEmbedding', 'headDim', options.headDim);
    this.maxLength = positiveInteger('rotaryEmbedding', 'maxLength', options.maxLength);
    this.theta = options.theta ?? 10000;
    this.layout = options.layout ?? 'half-split';
    checkOptions(this);
    this.supportsMasking = true;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      return this.turnFrom(0, single(inputs));
    });
  }

  /** Turns by the positions from `start` on: `input` is that part of a longer sequence. */
  turnFrom(start: number, input: Tensor): Tensor {
    const [batch = 0, length = 0, width = 0] = input.shape;
    this.#checkLength(start + length);
    const { headDim } = this;
    const pairs = headDim / 2;
    return tf.tidy(() => {
      const table = this.#tableOf(start, length);
      const cos = tf.tensor(table.cos, [length, 1, pairs]);
      const sin = tf.tensor(table.sin, [length, 1, pairs]);
      const heads = [batch, length, width / headDim];
      // The two numbers of each pair, [batch, length, heads, pairs] both.
      const isSplit = this.layout === 'half-split';
      const paired = tf.reshape(input, [...heads, ...(isSplit ? [2, pairs] : [pairs, 2])]);
      const axis = isSplit ? 3 : 4;
      const [first, second] = tf.unstack(paired, axis) as [Tensor, Tensor];
      const turned = [
        tf.sub(tf.mul(first, cos), tf.mul(second, sin)),
        tf.add(tf.mul(second, cos), tf.mul(first, sin)),
      ];
      return tf.reshape(tf.stack(turned, axis), input.shape);
    });
  }

  /** Made once for the layers' calls on one part of a sequence. */
  #tableOf(start: number, length: number): RotaryTable {
    if (this.#table?.start === start && this.#table.length === length) return this.#table;
    const table = rotaryTable(this.theta, this.headDim, start, length);
    this.#table = { ...table, start, length };
    return this.#table;
  }

  #checkLength(length: number): void {
    if (length <= this.maxLength) return;
    throw new HalfnoteError(
      'invalid-layer-input',
      `rotaryEmbedding has ${this.maxLength} positions, but the sequence has ${length}.`,
      'Give a larger maxLength, or cut the sequence.',
    );
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const shape = singleShape(inputShape);
    const width = shape.at(-1);
    const isMade = shape.length === 3 && typeof width === 'number' && width % this.headDim === 0;
    if (!isMade) {
      throw new HalfnoteError(
        'invalid-layer-input',
        `rotaryEmbedding got [${shape.map((size) => size ?? 'any').join(', ')}]; allowed is [batch, length, heads * ${this.headDim}].`,
      );
    }
    const length = shape[1];
    if (typeof length === 'number') this.#checkLength(length);
    return shape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { headDim, maxLength, theta, layout } = this;
    return { ...super.getConfig(), headDim, maxLength, theta, layout };
  }
}

registerLayer(RotaryEmbedding);

/** See {@link RotaryEmbedding}. */
export function rotaryEmbedding(options: RotaryEmbeddingOptions): RotaryEmbedding {
  return new RotaryEmbedding(options);
}

function checkOptions({ headDim, theta, layout }: RotaryEmbedding): void {
  const wrong =
    headDim % 2 !== 0
      ? `headDim is ${headDim}; allowed are even numbers.`
      : !(Number.isFinite(theta) && theta > 0)
        ? `theta is ${theta}; allowed are positive numbers.`
        : !ROTARY_LAYOUTS.includes(layout)
          ? `layout is '${layout as string}'; allowed are ${ROTARY_LAYOUTS.join(' and ')}.`
          : undefined;
  if (wrong === undefined) return;
  throw new HalfnoteError('invalid-layer-option', `rotaryEmbedding: ${wrong}`);
}
