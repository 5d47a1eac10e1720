import { HalfnoteError } from '../errors';
import { decodeArray, encodeArray } from '../formats/arrays';
import type { CodeArray } from '../formats/codes';
import type { FormatOrName, NumberFormat } from '../formats/format';
import { limits } from '../formats/limits';
import { asFormat } from '../formats/table';
import { roundHalfEven } from '../integer/affine';
import { type GivenGranularity, granularityOf, partition } from './granularity';

/** What a linear quantization goes by: one of each, or one per group in row-major order of groups. */
export interface LinearParameters {
  readonly scale: number | ArrayLike<number>;
  /** A number that the format has. Default 0. */
  readonly zeroPoint?: number | ArrayLike<number>;
}

export interface LinearCodesOptions {
  /** Which elements share a scale. Default: all. */
  readonly granularity?: GivenGranularity;
  /** Row-major. Default: a vector. */
  readonly shape?: readonly number[];
}

export interface QuantizeLinearOptions extends LinearCodesOptions {
  /** Of float formats: is what is too large the largest value? Default true. Integers always clamp. */
  readonly saturate?: boolean;
}

/**
 * Codes of numbers by a given scale and zero point, as ONNX's `QuantizeLinear`: the quotient in
 * float32; for integer formats rounded half to even, with the zero point added, and clamped; for
 * FP8 and FP4 rounded to the format. NaN becomes the zero point of an integer format. Codes are bit
 * patterns, as `encodeArray` gives them: `decodeArray(format, codes)` are the integers.
 * @throws HalfnoteError `unknown-format`, `shape-mismatch`, `invalid-axis`, `invalid-group`,
 *   `invalid-parameter` where a scale or zero point is missing or none that can be used.
 */
export function quantizeLinear(
  values: ArrayLike<number>,
  formatOrName: FormatOrName,
  parameters: LinearParameters,
  options: QuantizeLinearOptions = {},
): CodeArray {
  const format = asFormat(formatOrName);
  const groups = groupsOf(values.length, format, parameters, options);
  const scaled = Float32Array.from(values, (x, i) => Math.fround(x) / groups.scale(i));
  if (format.kind === 'integer') {
    for (let i = 0; i < scaled.length; i++) {
      const rounded = roundHalfEven(scaled[i] ?? 0);
      const zeroPoint = groups.zeroPoint(i);
      scaled[i] = Number.isNaN(rounded) ? zeroPoint : rounded + zeroPoint;
    }
  }
  return encodeArray(format, scaled, { saturate: options.saturate ?? true });
}

/**
 * The numbers that codes stand for, `(q - zeroPoint) * scale` in float32, as ONNX's
 * `DequantizeLinear`.
 * @throws HalfnoteError as {@link quantizeLinear}, and `invalid-code`.
 */
export function dequantizeLinear(
  codes: CodeArray,
  formatOrName: FormatOrName,
  parameters: LinearParameters,
  options: LinearCodesOptions = {},
): Float32Array<ArrayBuffer> {
  const format = asFormat(formatOrName);
  const groups = groupsOf(codes.length, format, parameters, options);
  const values = decodeArray(format, codes);
  for (let i = 0; i < values.length; i++) {
    values[i] = ((values[i] ?? 0) - groups.zeroPoint(i)) * groups.scale(i);
  }
  return values;
}

/** Scale and zero point of each element by its row-major index. */
interface Groups {
  readonly scale: (index: number) => number;
  readonly zeroPoint: (index: number) => number;
}

function groupsOf(
  length: number,
  format: NumberFormat,
  { scale, zeroPoint = 0 }: LinearParameters,
  { granularity = 'per-tensor', shape = [length] }: LinearCodesOptions,
): Groups {
  const size = shape.reduce((a, b) => a * b, 1);
  if (size !== length) {
    throw new HalfnoteError(
      'shape-mismatch',
      `Shape [${shape.join(', ')}] has ${size} elements, but ${length} were given.`,
    );
  }
  const { groups, groupOf } = partition(shape, granularityOf(granularity, shape));
  const { min, max } = limits(format);
  const scales = listed('scale', scale, groups, (x) => x > 0 && Number.isFinite(Math.fround(x)));
  const zeros = listed(
    'zero point',
    zeroPoint,
    groups,
    (z) => z >= min && z <= max && (format.kind === 'integer' ? Number.isInteger(z) : z === 0),
  );
  return { scale: at(scales, groupOf), zeroPoint: at(zeros, groupOf) };
}

function at(list: Float32Array, groupOf: (index: number) => number): (index: number) => number {
  const [only = NaN] = list;
  return list.length === 1 ? () => only : (index) => list[groupOf(index)] ?? NaN;
}

function listed(
  name: string,
  given: number | ArrayLike<number>,
  groups: number,
  isAllowed: (x: number) => boolean,
): Float32Array {
  const list = typeof given === 'number' ? [given] : Array.from(given);
  if (list.length !== groups && list.length !== 1) {
    throw new HalfnoteError(
      'invalid-parameter',
      `There are ${list.length} ${name}s for ${groups} groups; allowed are one, or one per group.`,
    );
  }
  const wrong = list.find((x) => !isAllowed(x));
  if (wrong === undefined) return Float32Array.from(list);
  throw new HalfnoteError(
    'invalid-parameter',
    name === 'scale'
      ? `${wrong} is no scale; allowed are finite numbers above 0.`
      : `${wrong} is no zero point of this format; allowed are the integers that it has, and 0 for floats.`,
  );
}
