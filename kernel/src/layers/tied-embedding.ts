import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import {
  baseConfig,
  positiveInteger,
  registerLayer,
  single,
  singleShape,
  type Initialize,
  type LayerOptions,
} from './register';

export interface TiedEmbeddingOptions extends LayerOptions {
  /** Tokens that there are. */
  readonly inputDim: number;
  /** Width of a token's vector. */
  readonly outputDim: number;
  readonly seed?: number;
  /** Default `random`. */
  readonly initialize?: Initialize;
}

/**
 * One table of vectors at both ends of a language model (Press & Wolf 2017). Called with tokens [batch,
 * length] it looks up their vectors [batch, length, outputDim]; called again with [batch, length,
 * outputDim] it gives the product with each token's vector, the logits [batch, length, inputDim].
 * Weight: embeddings [inputDim, outputDim], from a normal distribution of standard deviation 0.02.
 */
export class TiedEmbedding extends tf.layers.Layer {
  static readonly className = 'TiedEmbedding';
  readonly inputDim: number;
  readonly outputDim: number;
  private readonly seed: number | undefined;
  private readonly initialize: Initialize;
  private embeddings: tf.LayerVariable | undefined;

  constructor(options: TiedEmbeddingOptions) {
    super(baseConfig(options));
    this.inputDim = positiveInteger('tiedEmbedding', 'inputDim', options.inputDim);
    this.outputDim = positiveInteger('tiedEmbedding', 'outputDim', options.outputDim);
    this.seed = options.seed;
    this.initialize = options.initialize ?? 'random';
  }

  override build(): void {
    const initializer =
      this.initialize === 'zeros' ? tf.initializers.zeros() : vectorInitializer(this.seed);
    const size = [this.inputDim, this.outputDim];
    this.embeddings = this.addWeight('embeddings', size, 'float32', initializer);
    this.built = true;
  }

  override apply(
    ...args: Parameters<tf.layers.Layer['apply']>
  ): ReturnType<tf.layers.Layer['apply']> {
    const given = single(args[0] as tf.SymbolicTensor | tf.Tensor);
    const result = super.apply(...args);
    // tfjs counts calls, of which a model gives back one for each of its layers: without this, a model with both
    // ends would never free the table.
    const counted = this as unknown as { _refCount: number };
    if (given instanceof tf.SymbolicTensor && given.rank === 3 && counted._refCount > 1)
      counted._refCount -= 1;
    return result;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const input = single(inputs);
      const table = this.embeddings?.read();
      if (table === undefined) throw new Error('tiedEmbedding was not built');
      if (input.rank === 2) return tf.gather(table, tf.cast(input, 'int32'));
      const [batch = 0, length = 0, width = 0] = input.shape;
      const rows = tf.reshape(input, [batch * length, width]);
      const logits = tf.matMul(rows, table, false, true);
      return tf.reshape(logits, [batch, length, this.inputDim]);
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const shape = singleShape(inputShape);
    const { inputDim, outputDim } = this;
    if (shape.length === 2) return [...shape, outputDim];
    if (shape.length === 3 && shape[2] === outputDim) return [...shape.slice(0, 2), inputDim];
    throw new HalfnoteError(
      'invalid-layer-input',
      `tiedEmbedding got [${shape.map((size) => size ?? 'any').join(', ')}]; allowed are tokens [batch, length] and [batch, length, ${outputDim}].`,
    );
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { inputDim, outputDim, seed } = this;
    return {
      ...super.getConfig(),
      inputDim,
      outputDim,
      ...(seed === undefined ? {} : { seed }),
    };
  }
}

/** Of tokens' vectors, as GPT-2 has it. */
export function vectorInitializer(seed?: number): ReturnType<typeof tf.initializers.randomNormal> {
  const seeded = seed === undefined ? {} : { seed };
  return tf.initializers.randomNormal({ mean: 0, stddev: 0.02, ...seeded });
}

registerLayer(TiedEmbedding);

/** See {@link TiedEmbedding}. */
export function tiedEmbedding(options: TiedEmbeddingOptions): TiedEmbedding {
  return new TiedEmbedding(options);
}
