import { type IntegerRange, type ScaleRule, quantizeValue, symmetricScale } from './scheme';

export type Granularity = 'per-channel' | 'per-tensor';

/** Weights as integers, with what is needed to undo the activations' zero point exactly. */
export interface QuantizedWeights {
  /** Row-major codes of a `[depth, channels]` matrix. */
  readonly codes: Int8Array;
  readonly depth: number;
  readonly channels: number;
  /** One per output channel; all the same when per tensor. */
  readonly scales: Float32Array;
  /** Sum of a channel's codes: a zero point z in the activations adds z times this to a product. */
  readonly sums: Int32Array;
  /** The largest sum of absolute codes of any channel: bounds what a 32-bit sum has to hold. */
  readonly largestAbsSum: number;
}

export interface WeightScheme {
  readonly granularity: Granularity;
  readonly rule: ScaleRule;
  readonly range: IntegerRange;
}

/**
 * Symmetric codes of a kernel whose last axis is the output channel: dense `[in, out]`,
 * convolution `[height, width, in, out]`, depthwise `[height, width, in * multiplier]`.
 */
export function quantizeWeights(
  kernel: Float32Array,
  channels: number,
  scheme: WeightScheme,
): QuantizedWeights {
  const depth = kernel.length / channels;
  const absmax = new Float32Array(channels);
  for (let i = 0; i < kernel.length; i++) {
    const channel = i % channels;
    absmax[channel] = Math.max(absmax[channel] ?? 0, Math.abs(kernel[i] ?? 0));
  }
  if (scheme.granularity === 'per-tensor') {
    absmax.fill(absmax.reduce((a, b) => Math.max(a, b), 0));
  }
  const scales = absmax.map((value) => symmetricScale(value, scheme.range, scheme.rule));

  const codes = new Int8Array(kernel.length);
  const sums = new Int32Array(channels);
  const absSums = new Float64Array(channels);
  for (let i = 0; i < kernel.length; i++) {
    const channel = i % channels;
    const params = { scale: scales[channel] ?? 1, zeroPoint: 0 };
    const q = quantizeValue(kernel[i] ?? 0, params, scheme.range);
    codes[i] = q;
    sums[channel] = (sums[channel] ?? 0) + q;
    absSums[channel] = (absSums[channel] ?? 0) + Math.abs(q);
  }
  const largestAbsSum = absSums.reduce((a, b) => Math.max(a, b), 0);
  return { codes, depth, channels, scales, sums, largestAbsSum };
}
