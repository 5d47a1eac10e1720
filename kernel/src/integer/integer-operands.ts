import { HalfnoteError } from '../errors';
import { decodeArray } from '../formats/arrays';
import type { CodeArray } from '../formats/codes';
import type { FormatOrName } from '../formats/format';
import { limits } from '../formats/limits';
import { asFormat } from '../formats/table';
import type { IntegerLeft, IntegerRight } from './exact-product';

/** Integers with what their zero is: of any integer format of up to 8 bits. */
export interface IntegerTensor {
  /** Row-major bit patterns, as `quantizeLinear` and `encodeArray` give them. */
  readonly codes: CodeArray;
  readonly format: FormatOrName;
  readonly shape: readonly number[];
  /** Of the left operand: one. Of weights: one, or one per output channel. Default 0. */
  readonly zeroPoint?: number | ArrayLike<number>;
}

type Sides = readonly [readonly [number, number], readonly [number, number]];

/** The rows of zeros before and after an image, and the columns before and after. */
export type Padding = 'valid' | Sides;

const NONE: Sides = [
  [0, 0],
  [0, 0],
];

export function leftOf(tensor: IntegerTensor): IntegerLeft {
  const { values, zeros } = integers(tensor, 1);
  return { values, zero: zeros[0] ?? 0 };
}

export function rightOf(tensor: IntegerTensor, channels: number): IntegerRight {
  const { values, zeros } = integers(tensor, channels);
  return zeros.length === channels
    ? { values, zeros }
    : { values, zeros: new Float32Array(channels).fill(zeros[0] ?? 0) };
}

function integers(
  { codes, format: formatOrName, shape, zeroPoint = 0 }: IntegerTensor,
  channels: number,
): { readonly values: Float32Array; readonly zeros: Float32Array } {
  const format = asFormat(formatOrName);
  if (format.kind !== 'integer' || format.bits > 8) {
    throw new HalfnoteError(
      'unknown-format',
      `${format.label} is no operand of an integer product; allowed are the integer formats of up to 8 bits.`,
    );
  }
  if (count(shape) !== codes.length) {
    throw new HalfnoteError(
      'shape-mismatch',
      `Shape [${shape.join(', ')}] has ${count(shape)} elements, but ${codes.length} codes were given.`,
    );
  }
  const zeros = typeof zeroPoint === 'number' ? [zeroPoint] : Array.from(zeroPoint);
  const { min, max } = limits(format);
  const allowed = zeros.length === 1 || zeros.length === channels;
  if (!allowed || zeros.some((z) => !Number.isInteger(z) || z < min || z > max)) {
    throw new HalfnoteError(
      'invalid-parameter',
      `Zero point ${zeros.join(', ')} does not fit; allowed are ${channels === 1 ? 'one integer' : `one integer or ${channels}`} from ${min} to ${max}.`,
    );
  }
  return { values: decodeArray(format, codes), zeros: Float32Array.from(zeros) };
}

/** Rows and columns of the last two dimensions. @throws HalfnoteError `shape-mismatch`. */
export function matrixSize({ shape }: IntegerTensor): [number, number] {
  const [columns, rows] = [shape.at(-1), shape.at(-2)];
  if (columns !== undefined && rows !== undefined) return [rows, columns];
  throw new HalfnoteError(
    'shape-mismatch',
    `[${shape.join(', ')}] is no matrix; allowed are shapes of two dimensions or more.`,
  );
}

/** An image with integers that stand for zero around it. */
export function padded(
  { values, zero }: IntegerLeft,
  [batch = 0, height = 0, width = 0, channels = 0]: readonly number[],
  padding: Padding,
): IntegerLeft & { readonly shape: readonly number[] } {
  const [[top, bottom], [left, right]] = padding === 'valid' ? NONE : padding;
  const shape = [batch, top + height + bottom, left + width + right, channels] as const;
  const wide = new Float32Array(count(shape)).fill(zero);
  const row = width * channels;
  for (let y = 0; y < batch * height; y++) {
    const line = Math.floor(y / height) * shape[1] + top + (y % height);
    wide.set(values.subarray(y * row, (y + 1) * row), (line * shape[2] + left) * channels);
  }
  return { values: wide, zero, shape };
}

export function count(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
