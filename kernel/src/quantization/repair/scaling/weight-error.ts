import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { WeightCodes } from '../../../graph/quantized-graph';
import { decodeWeights } from '../../../graph/weight-codes';
import { inputChannelOf } from '../channels';
import type { LinearNode } from '../float-graph';

/**
 * What a product's rounded weights are off by, row-major `[depth, channels]`.
 * @param weights Of the kernel with its input channels multiplied by `factors`.
 */
export function weightErrors(
  { op: { kernel, geometry } }: LinearNode,
  weights: WeightCodes,
  factors: Float64Array,
): Float32Array {
  const inputOf = inputChannelOf(geometry);
  const decoded = decodeWeights(weights);
  return kernel.map((w, i) => (decoded[i] ?? 0) / (factors[inputOf(i)] ?? 1) - w);
}

/** The blocks of a Hessian about its diagonal, `[depth / size, size, size]`. The caller disposes of it. */
export function diagonalBlocks(hessian: Float64Array, depth: number, size: number): Tensor {
  return tf.tidy(() => {
    const whole = tf.tensor2d(Float32Array.from(hessian), [depth, depth]);
    const starts = Array.from({ length: depth / size }, (_, i) => i * size);
    return tf.stack(starts.map((at) => tf.slice(whole, [at, at], [size, size])));
  });
}

/**
 * `½ Σ δᵀ H δ` of each block of rows and each channel: the mean squared error of outputs that errors of
 * weights make, each block taken by itself; row-major `[blocks, channels]`.
 */
export function outputErrors(blocks: Tensor, errors: Float32Array): Float32Array {
  const [count = 1, size = 1] = blocks.shape;
  const result = tf.tidy(() => {
    const delta = tf.tensor3d(errors, [count, size, errors.length / (count * size)]);
    return tf.mul(tf.sum(tf.mul(delta, tf.matMul(blocks, delta)), 1), 0.5);
  });
  const values = result.dataSync<'float32'>().slice();
  result.dispose();
  return values;
}

/** The mean of {@link outputErrors} over channels, for a Hessian as one block. */
export function outputErrorOf(hessian: Tensor, errors: Float32Array): number {
  const each = outputErrors(hessian, errors);
  return each.reduce((sum, error) => sum + error, 0) / each.length;
}
