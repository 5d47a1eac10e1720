import type * as tf from '@tensorflow/tfjs';
import type { WeightCodes } from '../../graph/quantized-graph';

/** What a batch normalization multiplies each channel by at inference: gamma / sqrt(variance + epsilon). */
export function normGain(norm: tf.layers.Layer, channels: number): Float64Array {
  const config = norm.getConfig();
  const values = norm.getWeights().map((tensor) => tensor.dataSync<'float32'>());
  const gamma = config['scale'] === true ? values[0] : undefined;
  const variance = values.at(-1);
  const epsilon = Number(config['epsilon']);
  return Float64Array.from(
    { length: channels },
    (_, c) => (gamma?.[c] ?? 1) / Math.sqrt((variance?.[c] ?? 1) + epsilon),
  );
}

/**
 * The codes of weights that are multiplied by a number per channel: the scale takes its size, and the
 * codes, which are symmetric, its sign. Nothing is rounded again.
 */
export function foldGain(weights: WeightCodes, gain: Float64Array): WeightCodes {
  const { channels, format } = weights;
  // A binary code cannot be 0, so there a scale of 0 has to do.
  const isZero = (c: number): boolean => gain[c % channels] === 0 && format !== 'binary';
  return {
    ...weights,
    codes: weights.codes.map((code, i) => {
      if (isZero(i)) return 0;
      return (gain[i % channels] ?? 1) < 0 ? -code : code;
    }),
    scales: weights.scales.map((scale, c) =>
      isZero(c) ? 1 : scale * Math.abs(gain[c % channels] ?? 1),
    ),
  };
}
