import { roundHalfEven, type AffineParams } from '../integer/affine';
import type { FusedActivation, WeightCodes } from '../graph/quantized-graph';

/**
 * What an integer product's output code is, for every engine: with `s` the exact sum of
 * `(q - zeroPoint) * w`, all other steps rounded to float32,
 *
 *     y    = s * (inputScale * weightScale) + bias
 *     code = clamp(roundHalfEven(y / scale) + zeroPoint, low, high)
 *
 * the float32 simulation of quantize-dequantize, with the sums exact. Kernels that multiply in
 * another order may differ by one where `y / scale` is within float32's rounding of a tie.
 */
export function requantizeSum(
  sum: number,
  multiplier: number,
  bias: number,
  output: AffineParams,
  bounds: CodeBounds,
): number {
  const y = Math.fround(Math.fround(sum * multiplier) + bias);
  const code = roundHalfEven(Math.fround(y / output.scale)) + output.zeroPoint;
  return Math.min(Math.max(code, bounds.low), bounds.high);
}

/** The codes that an output can have: an activation that clamps is a clamp of codes. */
export interface CodeBounds {
  readonly low: number;
  readonly high: number;
}

/** uint8's bounds, narrowed by a fused activation. */
export function codeBounds(activation: FusedActivation, output: AffineParams): CodeBounds {
  const low = activation === 'linear' ? 0 : output.zeroPoint;
  const six = roundHalfEven(Math.fround(6 / output.scale)) + output.zeroPoint;
  return { low, high: activation === 'relu6' ? Math.min(255, six) : 255 };
}

/** Whether uint8's own saturation is all the clamping there is. */
export function isPlain({ low, high }: CodeBounds): boolean {
  return low === 0 && high === 255;
}

/** One float32 factor per channel from sums to real numbers. For one scale per channel only. */
export function multipliers(weights: WeightCodes, input: AffineParams): Float32Array {
  return weights.scales.map((scale) => Math.fround(input.scale * scale));
}

/** Each channel's sum of weight codes: a zero point z adds z times this to the sums. */
export function channelSums({ codes, channels }: WeightCodes): Int32Array {
  const sums = new Int32Array(channels);
  for (let i = 0; i < codes.length; i++) {
    const channel = i % channels;
    sums[channel] = (sums[channel] ?? 0) + (codes[i] ?? 0);
  }
  return sums;
}

/** The largest sum of absolute codes of any channel: bounds what a 32-bit sum has to hold. */
export function largestAbsSum({ codes, channels }: WeightCodes): number {
  const sums = new Float64Array(channels);
  for (let i = 0; i < codes.length; i++) {
    const channel = i % channels;
    sums[channel] = (sums[channel] ?? 0) + Math.abs(codes[i] ?? 0);
  }
  return sums.reduce((a, b) => Math.max(a, b), 0);
}

/** True when each channel has one scale, as integer kernels need. */
export function isPerChannel(weights: WeightCodes): boolean {
  return weights.groupSize === weights.depth;
}
