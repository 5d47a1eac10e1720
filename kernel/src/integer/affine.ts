/**
 * The affine map between real numbers and integers, `q = clamp(round(x / scale) + zeroPoint)` with
 * ties to even, as in ONNX `QuantizeLinear` and PyTorch. Products and quotients are rounded to
 * float32 first, so that results agree with those to the bit.
 */
export interface AffineParams {
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

export const UINT8: IntegerRange = { min: 0, max: 255 };
/** Symmetric: -128 is left out, so that every value has its negative. */
export const INT8: IntegerRange = { min: -127, max: 127 };
/** Seven bits: two products with a uint8 fit a 16-bit sum (2 x 255 x 63 < 2^15). */
export const INT7: IntegerRange = { min: -63, max: 63 };

/**
 * How the largest absolute value becomes a scale. Libraries differ, so the rule has a name:
 * `absmax/127` as in ONNX Runtime and optimum-quanto, `2*absmax/255` as in torchao and PyTorch,
 * `tflite-narrow` as TensorFlow Lite has weights: the first with -128 left out by specification.
 * The figures are those of 8 bits; other widths go by their own largest code.
 */
export const SCALE_RULES = {
  'absmax/127': (absmax: number, range: IntegerRange) => absmax / range.max,
  'tflite-narrow': (absmax: number, range: IntegerRange) => absmax / range.max,
  '2*absmax/255': (absmax: number, range: IntegerRange) => (2 * absmax) / (2 * range.max + 1),
} as const;

export type ScaleRule = keyof typeof SCALE_RULES;

/** The least normal number of float32: kernels that flush smaller ones to zero would divide by it. */
const LEAST_SCALE = 2 ** -126;

/** Rounds to the nearest integer, ties to even; `Math.round` takes ties up. */
export function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const fraction = x - down;
  if (fraction < 0.5) return down;
  if (fraction > 0.5) return down + 1;
  return down % 2 === 0 ? down : down + 1;
}

/** The scale for values up to `absmax` in absolute terms; 1 when all are zero. */
export function symmetricScale(
  absmax: number,
  range: IntegerRange = INT8,
  rule: ScaleRule = 'absmax/127',
): number {
  const scale = Math.fround(SCALE_RULES[rule](absmax, range));
  return scale > 0 ? scale : 1;
}

/** Scale and zero point for values in [min, max], widened to hold 0, which is then exact. */
export function asymmetricParams(
  min: number,
  max: number,
  range: IntegerRange = UINT8,
): AffineParams {
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  const span = Math.fround(high - low);
  if (!(span > 0)) return { scale: 1, zeroPoint: range.min };
  const scale = Math.max(Math.fround(span / (range.max - range.min)), LEAST_SCALE);
  const zeroPoint = roundHalfEven(Math.fround(-low / scale)) + range.min;
  return { scale, zeroPoint: clamp(zeroPoint, range) };
}

/**
 * As {@link asymmetricParams}, with the least power of two for a scale that holds the range: dynamic
 * fixed point, where going from one scale to another is a shift.
 */
export function powerOfTwoParams(
  min: number,
  max: number,
  range: IntegerRange = UINT8,
): AffineParams {
  const low = Math.min(min, 0);
  const span = Math.max(max, 0) - low;
  if (!(span > 0)) return { scale: 1, zeroPoint: range.min };
  const least = 2 ** Math.ceil(Math.log2(span / (range.max - range.min)));
  const scale = Math.max(least, LEAST_SCALE);
  return { scale, zeroPoint: clamp(roundHalfEven(-low / scale) + range.min, range) };
}

/**
 * How the range of activations becomes scale and zero point: `range` as narrow as it allows,
 * `power-of-two` as in Ristretto.
 */
export const ACTIVATION_SCALES = {
  range: asymmetricParams,
  'power-of-two': powerOfTwoParams,
} as const;

export type ActivationScale = keyof typeof ACTIVATION_SCALES;

/** The integer for one value. NaN becomes the zero point. */
export function quantizeValue(x: number, params: AffineParams, range: IntegerRange): number {
  const q = roundHalfEven(Math.fround(x / params.scale)) + params.zeroPoint;
  return Number.isNaN(q) ? params.zeroPoint : clamp(q, range);
}

/** The real number that an integer stands for: `(q - zeroPoint) * scale`. */
export function dequantizeValue(q: number, params: AffineParams): number {
  return Math.fround((q - params.zeroPoint) * params.scale);
}

/**
 * Symmetric int8 codes of a list of numbers with one scale.
 * `quantizeSymmetric([-0.5, 0.3, 1.2, -2.1])` has scale 2.1/127 and gives [-30, 18, 73, -127].
 */
export function quantizeSymmetric(
  values: ArrayLike<number>,
  options: { readonly rule?: ScaleRule; readonly range?: IntegerRange } = {},
): { readonly codes: Int8Array; readonly scale: number } {
  const { rule = 'absmax/127', range = INT8 } = options;
  let absmax = 0;
  for (let i = 0; i < values.length; i++) absmax = Math.max(absmax, Math.abs(values[i] ?? 0));
  const scale = symmetricScale(absmax, range, rule);
  const params = { scale, zeroPoint: 0 };
  return { codes: Int8Array.from(values, (x) => quantizeValue(x, params, range)), scale };
}

function clamp(q: number, range: IntegerRange): number {
  return Math.min(Math.max(q, range.min), range.max);
}
