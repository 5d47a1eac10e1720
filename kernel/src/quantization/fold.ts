import type * as tf from '@tensorflow/tfjs';
import type { LinearLayer } from './linear-layer';
import { outputChannels } from './product';

/** True for a batch normalization over the last axis of a value of this rank. */
export function normalizesChannels(layer: tf.layers.Layer, rank: number): boolean {
  if (layer.getClassName() !== 'BatchNormalization') return false;
  const axis = layer.getConfig()['axis'];
  return axis === -1 || axis === rank - 1;
}

/**
 * Weights that do what the layer and the normalization after it did at inference:
 * `w * g` and `(b - mean) * g + beta` with `g = gamma / sqrt(variance + epsilon)` per channel.
 */
export function foldNorm(linear: LinearLayer, norm: tf.layers.Layer): LinearLayer {
  const config = norm.getConfig();
  const epsilon = Number(config['epsilon']);
  const channels = outputChannels(linear.geometry);
  const values = norm.getWeights().map((tensor) => tensor.dataSync<'float32'>());
  const gamma = config['scale'] === true ? values.shift() : undefined;
  const beta = config['center'] === true ? values.shift() : undefined;
  const [mean, variance] = values;
  const gain = Float64Array.from(
    { length: channels },
    (_, c) => (gamma?.[c] ?? 1) / Math.sqrt((variance?.[c] ?? 1) + epsilon),
  );
  return {
    ...linear,
    kernel: linear.kernel.map((w, i) => w * (gain[i % channels] ?? 1)),
    bias: linear.bias.map((b, c) => (b - (mean?.[c] ?? 0)) * (gain[c] ?? 1) + (beta?.[c] ?? 0)),
  };
}
