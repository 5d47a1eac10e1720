import type { Tensor } from '@tensorflow/tfjs';
import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { hasNativeBackend } from '../../backend/load';
import {
  bitcastHandle,
  castHandle,
  createHandle,
  deleteHandles,
  handleOf,
  nativeDtype,
  rawOp1,
  readHandle,
} from '../../backend/raw';

/** Exponent of the smallest fp32 subnormal; bin 0 counts values with it. */
export const FIRST_EXPONENT = -149;
/** Exponents -149 to 127. */
export const BIN_COUNT = 277;

/** How many values of a tensor have which magnitude. The counts add up to the tensor's size. */
export interface Log2Histogram {
  readonly zero: number;
  readonly inf: number;
  readonly nan: number;
  /** `bins[i]` counts values with floor(log2|x|) = {@link FIRST_EXPONENT} + i. */
  readonly bins: Int32Array;
}

const FIELD_SHIFT = 23;
const MAGNITUDE = 0x7fffffff;
const INFINITY_BITS = 0x7f800000;
const BIAS = 127;
/** Counts of zeros, of subnormals, and of each exponent field from 1 to 255. */
const CLASSES = 257;
const SUBNORMAL = 1;
const NOT_FINITE = 256;
const INTEGER = attr.type('T', DT.int32);

/** Counts a float tensor's values by exponent, in the backend where it can. */
export function log2Histogram(tensor: Tensor): Log2Histogram {
  if (!hasNativeBackend()) return histogramOf(tensor.dataSync<'float32'>());
  const classes = countClasses(tensor);
  // Subnormals of fp32, infinities and NaN are rare: then the values themselves are looked at.
  if (classes[SUBNORMAL] || classes[NOT_FINITE]) return histogramOf(tensor.dataSync<'float32'>());
  const bins = new Int32Array(BIN_COUNT);
  bins.set(classes.subarray(SUBNORMAL + 1, NOT_FINITE), 1 - BIAS - FIRST_EXPONENT);
  return { zero: classes[0] ?? 0, inf: 0, nan: 0, bins };
}

/** The same in JavaScript. */
export function histogramOf(values: Float32Array): Log2Histogram {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const bins = new Int32Array(BIN_COUNT);
  let [zero, inf, nan] = [0, 0, 0];
  for (const word of bits) {
    const magnitude = word & MAGNITUDE;
    if (magnitude === 0) zero++;
    else if (magnitude === INFINITY_BITS) inf++;
    else if (magnitude > INFINITY_BITS) nan++;
    else increment(bins, exponentOfBits(magnitude) - FIRST_EXPONENT);
  }
  return { zero, inf, nan, bins };
}

function exponentOfBits(magnitude: number): number {
  const field = magnitude >>> FIELD_SHIFT;
  return field > 0 ? field - BIAS : 31 - Math.clz32(magnitude) + FIRST_EXPONENT;
}

function increment(bins: Int32Array, index: number): void {
  bins[index] = (bins[index] ?? 0) + 1;
}

/** Runs `fn` with a function that takes over handles, all of which are freed at the end. */
function withHandles<T>(fn: (keep: (id: number) => number) => T): T {
  const owned: number[] = [];
  try {
    return fn((id) => {
      owned.push(id);
      return id;
    });
  } finally {
    deleteHandles(...owned);
  }
}

/**
 * Counts the classes in one pass over the bits of the magnitude: the exponent field, plus one for all
 * but zero.
 */
function countClasses(tensor: Tensor): Int32Array {
  return withHandles((keep) => {
    const scalar = (value: number): number => keep(createHandle([], Int32Array.of(value)));
    const integerOp = (op: string, x: number, y: number): number =>
      keep(rawOp1(op, [INTEGER], [x, y]));
    const code = nativeDtype(tensor);
    const source = handleOf(tensor);
    const float = code === DT.float ? source : keep(castHandle(source, code, DT.float));
    const bits = keep(bitcastHandle(float, DT.float, DT.int32));
    const magnitude = integerOp('BitwiseAnd', bits, scalar(MAGNITUDE));
    const field = integerOp('RightShift', magnitude, scalar(FIELD_SHIFT));
    const isNonZero = integerOp('Minimum', magnitude, scalar(1));
    const index = integerOp('AddV2', field, isNonZero);
    const weights = keep(createHandle([0], new Int32Array(0)));
    const counts = keep(rawOp1('Bincount', [INTEGER], [index, scalar(CLASSES), weights]));
    return Int32Array.from(readHandle(counts, DT.int32));
  });
}
