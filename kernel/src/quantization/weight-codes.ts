import { HalfnoteError } from '../errors';
import type { WeightCodes, WeightFormat } from './graph/quantized-graph';
import { codeArray } from './packed';
import { type IntegerRange, quantizeValue, SCALE_RULES, symmetricScale } from './scheme';
import { fitBinary, fitTernary } from './schemes/sign';
import type { Granularity } from './weights';

/** One scale per output channel, one for all, or one per `group` elements of a channel's depth. */
export type WeightGranularity = Granularity | { readonly group: number };

/** Bits per code as they are kept; a ternary code takes two. */
export const WEIGHT_BITS: Readonly<Record<WeightFormat, number>> = {
  int8: 8,
  int4: 4,
  int3: 3,
  int2: 2,
  ternary: 2,
  binary: 1,
};

/**
 * How weights become a scale: by the largest of them, as {@link SCALE_RULES} have it; `mse`: of the
 * scales from a fifth of that up to all of it, the one with the least squared error; `power-of-two`:
 * dynamic fixed point, as in Ristretto, where multiplying by the scale is a shift.
 */
export const WEIGHT_SCALE_RULES = {
  ...SCALE_RULES,
  mse: undefined,
  'power-of-two': undefined,
} as const;

export type WeightScaleRule = keyof typeof WEIGHT_SCALE_RULES;

export interface CodeScheme {
  readonly format: WeightFormat;
  readonly granularity: WeightGranularity;
  /** Of the integer formats: binary and ternary have a rule of their own. */
  readonly rule: WeightScaleRule;
  /** Of int8: seven bits where a processor's sums would saturate. */
  readonly int8: IntegerRange;
}

/**
 * Symmetric codes of a row-major `[depth, channels]` matrix.
 * @throws HalfnoteError `bad-group` where the groups don't divide the depth; `layer` is named.
 */
export function encodeWeights(
  matrix: Float32Array,
  channels: number,
  scheme: CodeScheme,
  layer: string,
): WeightCodes {
  const depth = matrix.length / channels;
  const { format, granularity } = scheme;
  const groupSize = typeof granularity === 'object' ? granularity.group : depth;
  checkGroup(groupSize, depth, layer);
  const fit = fitter(scheme);
  const shared = granularity === 'per-tensor' ? fit(Array.from(matrix)) : undefined;
  const groups = depth / groupSize;
  const codes = codeArray(matrix.length);
  const scales = new Float32Array(groups * channels);
  const values = new Array<number>(groupSize).fill(0);
  for (let group = 0; group < groups; group++) {
    const start = group * groupSize;
    for (let c = 0; c < channels; c++) {
      for (let d = 0; d < groupSize; d++) values[d] = matrix[(start + d) * channels + c] ?? 0;
      const { scale, encode } = shared ?? fit(values);
      scales[group * channels + c] = scale;
      for (let d = 0; d < groupSize; d++) {
        codes[(start + d) * channels + c] = encode(values[d] ?? 0);
      }
    }
  }
  return { format, codes, depth, channels, scales, groupSize };
}

/** The numbers that the codes stand for, row-major `[depth, channels]`. */
export function decodeWeights(weights: WeightCodes): Float32Array<ArrayBuffer> {
  const { codes, channels, scales, groupSize } = weights;
  return Float32Array.from(codes, (code, i) => {
    const group = Math.floor(i / channels / groupSize);
    return code * (scales[group * channels + (i % channels)] ?? 0);
  });
}

interface Fit {
  readonly scale: number;
  readonly encode: (x: number) => number;
}

function fitter(scheme: CodeScheme): (values: readonly number[]) => Fit {
  const range = codeRange(scheme);
  if (range === undefined) {
    const fit = scheme.format === 'binary' ? fitBinary : fitTernary;
    return (values) => signs(fit(values));
  }
  return (values) => {
    const scale = scaleOf(values, range, scheme.rule);
    const params = { scale, zeroPoint: 0 };
    return { scale, encode: (x) => quantizeValue(x, params, range) };
  };
}

function signs({ parameters, encode }: ReturnType<typeof fitBinary>): Fit {
  return { scale: parameters['scale'] ?? 0, encode: (x) => encode(x).code };
}

/**
 * The codes that a scheme allows; undefined for binary and ternary. `absmax/127` and `tflite-narrow`
 * leave out the smallest, for symmetry.
 */
export function codeRange({ format, rule, int8 }: CodeScheme): IntegerRange | undefined {
  if (format === 'int8') return int8;
  if (format === 'binary' || format === 'ternary') return undefined;
  const max = 2 ** (WEIGHT_BITS[format] - 1) - 1;
  return { min: rule === 'absmax/127' || rule === 'tflite-narrow' ? -max : -max - 1, max };
}

function scaleOf(values: readonly number[], range: IntegerRange, rule: WeightScaleRule): number {
  const absmax = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (rule === 'mse') return leastSquares(values, absmax, range);
  if (rule !== 'power-of-two') return symmetricScale(absmax, range, rule);
  return absmax === 0 ? 1 : 2 ** Math.ceil(Math.log2(absmax)) / (range.max + 1);
}

const STEPS = 100;
const LEAST = 20;

function leastSquares(values: readonly number[], absmax: number, range: IntegerRange): number {
  let best = symmetricScale(absmax, range);
  let least = Infinity;
  for (let step = STEPS; step >= LEAST; step--) {
    const scale = symmetricScale((absmax * step) / STEPS, range);
    let error = 0;
    for (const x of values) {
      const code = Math.min(Math.max(Math.round(x / scale), range.min), range.max);
      error += (x - code * scale) ** 2;
    }
    if (error < least) [best, least] = [scale, error];
  }
  return best;
}

function checkGroup(size: number, depth: number, layer: string): void {
  if (Number.isInteger(size) && size >= 1 && depth % size === 0) return;
  const divisors = Array.from({ length: depth }, (_, i) => i + 1).filter((n) => depth % n === 0);
  throw new HalfnoteError(
    'bad-group',
    `Groups of ${size} do not divide the depth of layer '${layer}', which is ${depth}. Allowed: ${divisors.join(', ')}.`,
    `Take one of these, or give this layer its own granularity: layers: { '${layer}': { granularity: 'per-channel' } }.`,
  );
}
