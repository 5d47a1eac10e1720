import type { ConvGeometry, DenseGeometry } from './product';

/** Integers as numbers, and the integer that stands for zero. */
export interface IntegerLeft {
  readonly values: Float32Array;
  readonly zero: number;
}

export interface IntegerRight {
  /** Row-major `[depth, channels]`. */
  readonly values: Float32Array;
  /** One per channel. */
  readonly zeros: Float32Array;
}

export interface IntegerOperands {
  readonly left: IntegerLeft;
  readonly right: IntegerRight;
}

/** A product without padding. */
export type IntegerGeometry = DenseGeometry | (ConvGeometry & { readonly kind: 'conv2d' });

/** Of the left operand's shape: `[rows, units]`, or `[batch, height, width, channels]`. */
export function productShape(geometry: IntegerGeometry, shape: readonly number[]): number[] {
  const [first = 0, ...size] = shape;
  if (geometry.kind === 'dense') return [first, geometry.units];
  const [height, width, , channels] = geometry.kernel;
  const [down, right] = geometry.strides;
  const steps = (length: number, kernel: number, stride: number): number =>
    Math.max(0, Math.floor((length - kernel) / stride) + 1);
  return [first, steps(size[0] ?? 0, height, down), steps(size[1] ?? 0, width, right), channels];
}

/** The sums in JavaScript's numbers, which hold integers up to 2^53. */
export function exactSums(
  { left, right }: IntegerOperands,
  geometry: IntegerGeometry,
  shape: readonly number[],
): Float64Array {
  const [batch = 0, rows = 1, columns = 1] = geometry.kind === 'dense' ? [shape[0]] : shape;
  const [, outRows = 1, outColumns = 1] =
    geometry.kind === 'dense' ? [] : productShape(geometry, shape);
  const [height, width, inputs, channels] =
    geometry.kind === 'dense' ? [1, 1, geometry.inputs, geometry.units] : geometry.kernel;
  const [down, across] = geometry.kind === 'dense' ? [1, 1] : geometry.strides;
  const sums = new Float64Array(batch * outRows * outColumns * channels);
  let to = 0;
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < outRows; y++) {
      for (let x = 0; x < outColumns; x++, to += channels) {
        for (let tap = 0; tap < height * width; tap++) {
          const row = y * down + Math.floor(tap / width);
          const column = x * across + (tap % width);
          const from = ((image * rows + row) * columns + column) * inputs;
          addRow(sums, to, left, right, from, tap * inputs, inputs);
        }
      }
    }
  }
  return sums;
}

/** Adds the products of one row of the left operand and some rows of the right one. */
function addRow(
  sums: Float64Array,
  to: number,
  left: IntegerLeft,
  right: IntegerRight,
  from: number,
  depth: number,
  length: number,
): void {
  const channels = right.zeros.length;
  for (let i = 0; i < length; i++) {
    const a = (left.values[from + i] ?? 0) - left.zero;
    if (a === 0) continue;
    const row = (depth + i) * channels;
    for (let c = 0; c < channels; c++) {
      const b = (right.values[row + c] ?? 0) - (right.zeros[c] ?? 0);
      sums[to + c] = (sums[to + c] ?? 0) + a * b;
    }
  }
}
