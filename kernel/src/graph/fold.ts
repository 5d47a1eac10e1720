import type * as tf from '@tensorflow/tfjs';
import type { LinearLayer } from './linear-layer';
import { isBatchNorm } from '../models/layer-traits';
import { outputChannels } from '../integer/product';

/** True for a batch normalization over the last axis of a value of this rank. */
export function normalizesChannels(layer: tf.layers.Layer, rank: number): boolean {
  if (!isBatchNorm(layer)) return false;
  const axis = layer.getConfig()['axis'];
  return axis === -1 || axis === rank - 1;
}

/** True for a normalization that {@link normProduct} can make a product of. */
export function canBeProduct(layer: tf.layers.Layer, rank: number): boolean {
  return rank <= 4 && normalizesChannels(layer, rank);
}

/**
 * Weights that do what the layer and the normalization after it did at inference:
 * `w * g` and `(b - mean) * g + beta` with `g = gamma / sqrt(variance + epsilon)` per channel.
 */
export function foldNorm(linear: LinearLayer, norm: tf.layers.Layer): LinearLayer {
  const { gain, mean, beta } = readNorm(norm, outputChannels(linear.geometry));
  return {
    ...linear,
    kernel: linear.kernel.map((w, i) => w * (gain[i % gain.length] ?? 1)),
    bias: linear.bias.map((b, c) => (b - (mean[c] ?? 0)) * (gain[c] ?? 1) + (beta[c] ?? 0)),
  };
}

/**
 * A normalization that follows no product, as one: a depthwise convolution of images of `channels`
 * with one weight a channel.
 */
export function normProduct(norm: tf.layers.Layer, channels: number): LinearLayer {
  const identity: LinearLayer = {
    geometry: {
      kind: 'depthwise',
      kernel: [1, 1, channels, 1],
      strides: [1, 1],
      padding: 'valid',
    },
    kernel: new Float32Array(channels).fill(1),
    bias: new Float32Array(channels),
    activation: 'linear',
  };
  return foldNorm(identity, norm);
}

/** What a normalization does at inference to each channel: `(x - mean) * gain + beta`. */
function readNorm(
  norm: tf.layers.Layer,
  channels: number,
): { gain: Float64Array; mean: ArrayLike<number>; beta: ArrayLike<number> } {
  const config = norm.getConfig();
  const epsilon = Number(config['epsilon']);
  const values = norm.getWeights().map((tensor) => tensor.dataSync<'float32'>());
  const gamma = config['scale'] === true ? values.shift() : undefined;
  const beta = config['center'] === true ? values.shift() : undefined;
  const [mean = [], variance] = values;
  const gain = Float64Array.from(
    { length: channels },
    (_, c) => (gamma?.[c] ?? 1) / Math.sqrt((variance?.[c] ?? 1) + epsilon),
  );
  return { gain, mean, beta: beta ?? [] };
}
