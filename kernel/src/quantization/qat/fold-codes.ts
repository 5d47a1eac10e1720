import type * as tf from '@tensorflow/tfjs';
import { FORMATS } from '../../formats/table';
import type { FloatWeightFormat } from '../../formats/uses';
import { elementOf } from '../../graph/float-codes';
import type { WeightCodes } from '../../graph/quantized-graph';
import { signedCodes } from '../../graph/weight-bytes';
import { isFloatFormat } from '../../graph/weight-codes';

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
  if (isFloatFormat(format)) return foldFloatGain(weights, format, gain);
  // A binary code cannot be 0, so there a scale of 0 has to do.
  const isZero = (c: number): boolean => gain[c % channels] === 0 && format !== 'binary';
  return {
    ...weights,
    codes: signedCodes(weights).map((code, i) => {
      if (isZero(i)) return 0;
      return (gain[i % channels] ?? 1) < 0 ? -code : code;
    }),
    scales: weights.scales.map((scale, c) =>
      isZero(c) ? 1 : scale * Math.abs(gain[c % channels] ?? 1),
    ),
  };
}

/** The same of floats, whose sign is their highest bit. Zero has none: some formats have no other. */
function foldFloatGain(
  weights: WeightCodes,
  format: FloatWeightFormat,
  gain: Float64Array,
): WeightCodes {
  const { channels } = weights;
  const sign = 2 ** (FORMATS[elementOf(format)].bits - 1);
  const gainOf = (i: number): number => gain[i % channels] ?? 1;
  return {
    ...weights,
    codes: weights.codes.map((code, i) => {
      if (gainOf(i) === 0) return 0;
      return gainOf(i) < 0 && code !== 0 ? code ^ sign : code;
    }),
    scales: weights.scales.map((scale, c) => (gainOf(c) === 0 ? 1 : scale * Math.abs(gainOf(c)))),
  };
}
