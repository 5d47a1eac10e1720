import * as tf from '@tensorflow/tfjs';
import type { SymbolicTensor } from '@tensorflow/tfjs';
import { decoderBlock, type DecoderBlockOptions } from './decoder-block';
import { positiveInteger } from './register';
import { rmsNormalization } from './rms-normalization';
import { tiedEmbedding, vectorInitializer } from './tied-embedding';

export interface DecoderOptions extends Omit<
  DecoderBlockOptions,
  'numHeads' | 'numKvHeads' | 'name'
> {
  /** Tokens that there are. */
  readonly vocabSize: number;
  /** Of the vectors between the blocks. */
  readonly width: number;
  /** Blocks. */
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values. Default: heads. */
  readonly kvHeads?: number;
  /** Whether logits are products with the embeddings, rather than with weights of their own. Default false. */
  readonly tieEmbeddings?: boolean;
  /** The model's name. Default `decoder`. */
  readonly name?: string;
}

/**
 * A language model as Llama and Qwen2 are: embedding, blocks ({@link decoderBlock}), RMS normalization, and
 * logits for the next token. Trained with any of tfjs's optimizers, saved and loaded as tfjs's own models;
 * `generate`, `quantize` and `exportOnnx` know its layers.
 *
 * @returns A model from tokens [batch, length] to logits [batch, length, vocabSize], for any length up to
 *   maxLength. Layers: `embedding`, `block0_...`, `norm`, `logits` (where embeddings aren't tied).
 * @throws HalfnoteError `invalid-layer-option`.
 */
export function buildDecoder(options: DecoderOptions): tf.LayersModel {
  const { vocabSize, width, layers, heads, kvHeads, tieEmbeddings = false, ...rest } = options;
  const { name = 'decoder', seed, ...block } = rest;
  const { initialize = 'random' } = block;
  for (const [option, value] of Object.entries({ vocabSize, width, layers })) {
    positiveInteger('decoder', option, value);
  }
  const apply = (layer: tf.layers.Layer, input: SymbolicTensor): SymbolicTensor =>
    layer.apply(input) as SymbolicTensor;
  const seeded = (offset: number) => (seed === undefined ? {} : { seed: seed + offset });
  const tokens = tf.input({ shape: [null], dtype: 'int32', name: 'tokens' });
  const embedding = embeddingOf(options);
  let x = apply(embedding, tokens);
  for (let i = 0; i < layers; i++) {
    x = decoderBlock(x, {
      ...block,
      numHeads: heads,
      ...(kvHeads === undefined ? {} : { numKvHeads: kvHeads }),
      name: `block${i}`,
      ...seeded(10 * (i + 1)),
    });
  }
  const { epsilon = 1e-6 } = block;
  x = apply(rmsNormalization({ epsilon, name: 'norm' }), x);
  const head = tieEmbeddings
    ? embedding
    : tf.layers.dense({
        units: vocabSize,
        useBias: false,
        name: 'logits',
        kernelInitializer:
          initialize === 'zeros'
            ? tf.initializers.zeros()
            : tf.initializers.glorotUniform(seeded(1)),
      });
  return tf.model({ name, inputs: tokens, outputs: apply(head, x) });
}

function embeddingOf({
  vocabSize,
  width,
  tieEmbeddings = false,
  seed,
  initialize = 'random',
}: DecoderOptions): tf.layers.Layer {
  const sizes = { inputDim: vocabSize, outputDim: width, name: 'embedding' };
  if (tieEmbeddings) {
    return tiedEmbedding({ ...sizes, initialize, ...(seed === undefined ? {} : { seed }) });
  }
  const embeddingsInitializer =
    initialize === 'zeros' ? tf.initializers.zeros() : vectorInitializer(seed);
  return tf.layers.embedding({ ...sizes, embeddingsInitializer });
}
