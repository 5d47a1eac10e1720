import * as tf from '@tensorflow/tfjs';
import { positionEmbedding } from '../layers/position-embedding';
import { transformerBlock } from '../layers/transformer';

export interface CharacterModelOptions {
  readonly length: number;
  readonly width?: number;
  readonly vocabulary?: number;
  readonly activation?: 'softmax' | 'linear';
  /** Standard deviation of the last layer's weights: how sure of itself the model is. */
  readonly sharpness?: number;
}

/** Two transformer blocks with weights as a seed has them: [batch, length] to [batch, length, vocabulary]. */
export function characterModel({
  length,
  width = 16,
  vocabulary = 11,
  activation = 'linear',
  sharpness = 0.5,
}: CharacterModelOptions): tf.LayersModel {
  const normal = (seed: number, stddev: number) => tf.initializers.randomNormal({ stddev, seed });
  const tokens = tf.input({ shape: [length], dtype: 'int32' });
  const embedding = tf.layers.embedding({
    inputDim: vocabulary,
    outputDim: width,
    embeddingsInitializer: normal(1, 1),
  });
  let x = embedding.apply(tokens) as tf.SymbolicTensor;
  x = positionEmbedding({ maxLength: length, seed: 2 }).apply(x) as tf.SymbolicTensor;
  for (const block of [0, 1]) {
    x = transformerBlock(x, { numHeads: 4, causal: true, name: `block${block}`, seed: 10 * block });
  }
  x = tf.layers.layerNormalization({ axis: -1 }).apply(x) as tf.SymbolicTensor;
  const logits = tf.layers
    .dense({
      units: vocabulary,
      activation,
      name: 'logits',
      kernelInitializer: normal(3, sharpness),
    })
    .apply(x);
  return tf.model({ inputs: tokens, outputs: logits as tf.SymbolicTensor });
}
