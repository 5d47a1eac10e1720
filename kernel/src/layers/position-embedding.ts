import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import {
  baseConfig,
  lastAxis,
  positiveInteger,
  registerLayer,
  single,
  singleShape,
  type LayerOptions,
} from './register';

export interface PositionEmbeddingOptions extends LayerOptions {
  /** The longest sequence. */
  readonly maxLength: number;
  readonly seed?: number;
}

/**
 * Adds a learned vector to each position of [batch, sequence, width], as GPT-2 does. Weight: positions
 * [maxLength, width], from a normal distribution of standard deviation 0.02.
 */
export class PositionEmbedding extends tf.layers.Layer {
  static readonly className = 'PositionEmbedding';
  readonly maxLength: number;
  private readonly seed: number | undefined;
  private positions: tf.LayerVariable | undefined;

  constructor(options: PositionEmbeddingOptions) {
    super(baseConfig(options));
    this.maxLength = positiveInteger('positionEmbedding', 'maxLength', options.maxLength);
    this.seed = options.seed;
    this.supportsMasking = true;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = singleShape(inputShape);
    const length = shape.at(-2);
    if (typeof length === 'number') this.checkLength(length);
    const normal = tf.initializers.randomNormal({
      mean: 0,
      stddev: 0.02,
      ...(this.seed === undefined ? {} : { seed: this.seed }),
    });
    const size = [this.maxLength, lastAxis('positionEmbedding', shape)];
    this.positions = this.addWeight('positions', size, 'float32', normal);
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      return this.addFrom(0, single(inputs));
    });
  }

  /** Adds the vectors of the positions from `start` on: `input` is that part of a longer sequence. */
  addFrom(start: number, input: Tensor): Tensor {
    const [, length = 0, width = 0] = input.shape;
    this.checkLength(start + length);
    const all = this.positions?.read();
    if (all === undefined) throw new Error('positionEmbedding was not built');
    return tf.add(
      input,
      length === this.maxLength ? all : tf.slice(all, [start, 0], [length, width]),
    );
  }

  private checkLength(length: number): void {
    if (length <= this.maxLength) return;
    throw new HalfnoteError(
      'invalid-layer-input',
      `positionEmbedding has ${this.maxLength} positions, but the sequence has ${length}.`,
      'Give a larger maxLength, or cut the sequence.',
    );
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return singleShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { maxLength, seed } = this;
    return { ...super.getConfig(), maxLength, ...(seed === undefined ? {} : { seed }) };
  }
}

registerLayer(PositionEmbedding);

/** See {@link PositionEmbedding}. */
export function positionEmbedding(options: PositionEmbeddingOptions): PositionEmbedding {
  return new PositionEmbedding(options);
}
