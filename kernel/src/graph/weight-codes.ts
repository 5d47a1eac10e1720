import {
  BLOCK_WEIGHT_FORMATS,
  FLOAT_WEIGHT_FORMATS,
  LINEAR_WEIGHT_FORMATS,
  WEIGHT_FORMATS,
} from '../formats/names';
import { FORMATS } from '../formats/table';
import {
  USES,
  type BlockWeightFormat,
  type FloatWeightFormat,
  type IntegerWeightFormat,
} from '../formats/uses';
import { checkGroups } from './check-groups';
import type {
  LinearWeightFormat,
  TableWeightFormat,
  WeightCodes,
  WeightFormat,
} from './quantized-graph';
import { codeArray } from '../integer/code-array';
import { type IntegerRange, quantizeValue, symmetricScale } from '../integer/affine';
import { fitCodebook } from '../schemes/codebook';
import type { FittedScheme } from '../schemes/scheme';
import { fitBinary, fitLogarithmic, fitTernary } from '../schemes/sign';
import { decodeFloatCodes, encodeBlockWeights, encodeFloatWeights } from './float-codes';
import { isFloatRule, isNarrow, type WeightScaleRule } from './scale-rules';
import { isCodebook, weightTable } from './weight-table';
import type { Granularity } from '../integer/weights';

/**
 * One scale (or codebook) per output channel, one for all, or one per `group` elements of a channel's
 * depth.
 */
export type WeightGranularity = Granularity | { readonly group: number };

/** Bits per code as they are kept; a ternary code takes two. */
export const WEIGHT_BITS = Object.fromEntries(
  WEIGHT_FORMATS.map((format) => [format, FORMATS[USES[format].weights.codes].bits]),
) as Readonly<Record<WeightFormat, number>>;

/** Whether a format's codes stand for multiples of a scale. */
export function isLinearFormat(format: WeightFormat): format is LinearWeightFormat {
  return (LINEAR_WEIGHT_FORMATS as readonly WeightFormat[]).includes(format);
}

/** Formats with a scale of their own rule. */
export type SignFormat = Exclude<LinearWeightFormat, IntegerWeightFormat>;

export function isSign(format: WeightFormat): format is SignFormat {
  return USES[format].weights.values === 'signs';
}

/** Whether codes are floats without blocks. */
export function isFloatFormat(format: WeightFormat): format is FloatWeightFormat {
  return (FLOAT_WEIGHT_FORMATS as readonly WeightFormat[]).includes(format);
}

/** Whether codes are in blocks, with scales of their own rule. */
export function isBlockFormat(format: WeightFormat): format is BlockWeightFormat {
  return (BLOCK_WEIGHT_FORMATS as readonly WeightFormat[]).includes(format);
}

/**
 * What is shared where nothing is said: a scale by each output channel, which costs little, but one
 * codebook by all of a layer (Han et al., "Deep Compression", 2016), which is many values. Of blocks it
 * says nothing: they lie within channels.
 */
export function usualGranularity(format: WeightFormat): Granularity {
  return isCodebook(format) ? 'per-tensor' : 'per-channel';
}

export interface CodeScheme {
  readonly format: WeightFormat;
  readonly granularity: WeightGranularity;
  /** Of integers and floats: the others have a rule of their own. */
  readonly rule: WeightScaleRule;
  /** Of int8: seven bits where a processor's sums would saturate. */
  readonly int8: IntegerRange;
  /** Of NF4: the scales are quantized in turn. */
  readonly isDouble?: boolean;
}

/**
 * Codes of a row-major `[depth, channels]` matrix.
 * @throws HalfnoteError `invalid-group` where the groups don't divide the depth; `layer` is named.
 */
export function encodeWeights(
  matrix: Float32Array,
  channels: number,
  scheme: CodeScheme,
  layer: string,
): WeightCodes {
  const depth = matrix.length / channels;
  const { format, granularity, rule } = scheme;
  if (isBlockFormat(format)) {
    return encodeBlockWeights(matrix, channels, format, scheme.isDouble);
  }
  const groupSize = typeof granularity === 'object' ? granularity.group : depth;
  checkGroups([{ layer, depth, group: groupSize }]);
  if (isFloatFormat(format)) {
    const isShared = granularity === 'per-tensor';
    if (!isFloatRule(rule)) throw new TypeError(`${format} has no rule ${rule}`);
    return encodeFloatWeights(matrix, channels, { format, rule, isShared, groupSize });
  }
  const fit = fitter(scheme);
  const shared = granularity === 'per-tensor' ? fit(Array.from(matrix)) : undefined;
  const groups = depth / groupSize;
  const codes = codeArray(matrix.length);
  const scales = new Float32Array(isCodebook(format) ? 0 : groups * channels);
  const codebooks: number[] = [...(shared?.codebook ?? [])];
  const values = new Array<number>(groupSize).fill(0);
  for (let group = 0; group < groups; group++) {
    const start = group * groupSize;
    for (let c = 0; c < channels; c++) {
      for (let d = 0; d < groupSize; d++) values[d] = matrix[(start + d) * channels + c] ?? 0;
      const { scale, codebook, encode } = shared ?? fit(values);
      if (codebook === undefined) scales[group * channels + c] = scale;
      else if (shared === undefined) codebooks.push(...codebook);
      for (let d = 0; d < groupSize; d++) {
        codes[(start + d) * channels + c] = encode(values[d] ?? 0);
      }
    }
  }
  const weights = { format, codes, depth, channels, scales, groupSize };
  return codebooks.length === 0 ? weights : { ...weights, codebooks: Float32Array.from(codebooks) };
}

/** The numbers that the codes stand for, row-major `[depth, channels]`. */
export function decodeWeights(weights: WeightCodes): Float32Array<ArrayBuffer> {
  const { format, codes, channels, scales, groupSize } = weights;
  const groupOf = (i: number): number =>
    Math.floor(i / channels / groupSize) * channels + (i % channels);
  if (isFloatFormat(format) || isBlockFormat(format)) {
    const values = decodeFloatCodes(format, codes);
    return scales.length === 0 ? values : values.map((x, i) => x * (scales[groupOf(i)] ?? 0));
  }
  const table = weightTable(weights);
  return Float32Array.from(codes, (code, i) => {
    const group = groupOf(i);
    const level =
      table === undefined
        ? code
        : (table.values[(table.isShared ? 0 : group * table.size) + code + table.offset] ?? 0);
    return scales.length === 0 ? level : level * (scales[group] ?? 0);
  });
}

interface Fit {
  readonly scale: number;
  /** Of codebook formats, which have no scale. */
  readonly codebook?: readonly number[];
  readonly encode: (x: number) => number;
}

function fitter(scheme: CodeScheme): (values: readonly number[]) => Fit {
  const { format } = scheme;
  if (isFloatFormat(format) || isBlockFormat(format)) throw new TypeError(`${format} has no fit`);
  if (!isLinearFormat(format)) return tableFit(format);
  if (isSign(format)) return (values) => signs(SIGN_FITS[format](values));
  const range = integerRange(format, scheme);
  return (values) => {
    const scale = scaleOf(values, range, scheme.rule);
    const params = { scale, zeroPoint: 0 };
    return { scale, encode: (x) => quantizeValue(x, params, range) };
  };
}

function signs({ parameters, encode }: FittedScheme): Fit {
  return { scale: parameters['scale'] ?? 0, encode: (x) => encode(x).code };
}

function tableFit(format: TableWeightFormat): (values: readonly number[]) => Fit {
  return isCodebook(format) ? codebook(format) : logarithmic(format);
}

const SIGN_FITS: Readonly<Record<SignFormat, (values: readonly number[]) => FittedScheme>> = {
  ternary: fitTernary,
  binary: fitBinary,
};

/** The scale is the largest power of two. */
function logarithmic(format: TableWeightFormat): (values: readonly number[]) => Fit {
  const bits = WEIGHT_BITS[format];
  return (values) => {
    const { parameters, encode } = fitLogarithmic({ kind: 'logarithmic', bits }, values);
    return { scale: 2 ** (parameters['maxExponent'] ?? 0), encode: (x) => encode(x).code };
  };
}

/** Where there are fewer distinct values than codes, the last is repeated. */
function codebook(format: TableWeightFormat): (values: readonly number[]) => Fit {
  const bits = WEIGHT_BITS[format];
  return (values) => {
    const { parameters, encode } = fitCodebook({ kind: 'codebook', bits }, values);
    const found = Object.values(parameters);
    const last = found.at(-1) ?? 0;
    const book = Array.from({ length: 2 ** bits }, (_, i) => found[i] ?? last);
    return { scale: 1, codebook: book, encode: (x) => encode(x).code };
  };
}

/**
 * The codes that a scheme allows to be rounded to; undefined where they are no multiples of a scale, and
 * for binary and ternary. `absmax/127` and `tflite-narrow`
 * leave out the smallest, for symmetry.
 */
export function codeRange(scheme: CodeScheme): IntegerRange | undefined {
  const { format } = scheme;
  return !isLinearFormat(format) || isSign(format) ? undefined : integerRange(format, scheme);
}

function integerRange(format: IntegerWeightFormat, { rule, int8 }: CodeScheme): IntegerRange {
  if (format === 'int8') return int8;
  const max = 2 ** (WEIGHT_BITS[format] - 1) - 1;
  return { min: isNarrow(rule) ? -max : -max - 1, max };
}

function scaleOf(values: readonly number[], range: IntegerRange, rule: WeightScaleRule): number {
  const absmax = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (rule === 'mse') return leastSquares(values, absmax, range);
  if (rule !== 'power-of-two') {
    if (rule === 'none') throw new TypeError('integers have a scale');
    return symmetricScale(absmax, range, rule === 'absmax' ? 'absmax/127' : rule);
  }
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
