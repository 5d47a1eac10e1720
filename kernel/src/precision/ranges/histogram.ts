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
const FIELDS = 256;
const INTEGER = attr.type('T', DT.int32);

/** Counts a float tensor's values by exponent, in the backend where it can. */
export function log2Histogram(tensor: Tensor): Log2Histogram {
  if (!hasNativeBackend()) return histogramOf(tensor.dataSync<'float32'>());
  const fields = exponentFields(tensor);
  const specials = fields[FIELDS - 1] ?? 0;
  const smallest = fields[0] ?? 0;
  // Telling NaN from infinity and zero from subnormals takes the values themselves, and is rare.
  if (specials > 0 || smallest > 0) {
    const { zero, inf, nan, subnormals } = countSpecials(tensor, smallest > 0, specials > 0);
    return { zero, inf, nan, bins: binsOf(fields, subnormals) };
  }
  return { zero: 0, inf: 0, nan: 0, bins: binsOf(fields, undefined) };
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
  return field > 0 ? field - 127 : 31 - Math.clz32(magnitude) + FIRST_EXPONENT;
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

function magnitudeBits(tensor: Tensor, keep: (id: number) => number): number {
  const code = nativeDtype(tensor);
  const source = handleOf(tensor);
  const float = code === DT.float ? source : keep(castHandle(source, code, DT.float));
  const bits = keep(bitcastHandle(float, DT.float, DT.int32));
  const mask = keep(createHandle([], Int32Array.of(MAGNITUDE)));
  return keep(rawOp1('BitwiseAnd', [INTEGER], [bits, mask]));
}

/** How many values have each of the 256 exponent fields. */
function exponentFields(tensor: Tensor): Int32Array {
  return withHandles((keep) => {
    const magnitudes = magnitudeBits(tensor, keep);
    const shift = keep(createHandle([], Int32Array.of(FIELD_SHIFT)));
    const fields = keep(rawOp1('RightShift', [INTEGER], [magnitudes, shift]));
    const size = keep(createHandle([], Int32Array.of(FIELDS)));
    const weights = keep(createHandle([0], new Int32Array(0)));
    const counts = keep(rawOp1('Bincount', [INTEGER], [fields, size, weights]));
    return Int32Array.from(readHandle(counts, DT.int32));
  });
}

interface Specials {
  readonly zero: number;
  readonly inf: number;
  readonly nan: number;
  readonly subnormals: Int32Array | undefined;
}

function countSpecials(tensor: Tensor, small: boolean, special: boolean): Specials {
  return withHandles((keep) => {
    const magnitudes = magnitudeBits(tensor, keep);
    const count = (op: string, bits: number): number => {
      const value = keep(createHandle([], Int32Array.of(bits)));
      const hits = keep(rawOp1(op, [INTEGER], [magnitudes, value]));
      const ones = keep(castHandle(hits, DT.bool, DT.int32));
      const axes = keep(createHandle([tensor.rank], Int32Array.from(tensor.shape.keys())));
      const attributes = [INTEGER, attr.type('Tidx', DT.int32), attr.bool('keep_dims', false)];
      return readHandle(keep(rawOp1('Sum', attributes, [ones, axes])), DT.int32)[0] ?? 0;
    };
    const zero = small ? count('Equal', 0) : 0;
    const belowNormal = small ? count('Less', 1 << FIELD_SHIFT) : 0;
    return {
      zero,
      inf: special ? count('Equal', INFINITY_BITS) : 0,
      nan: special ? count('Greater', INFINITY_BITS) : 0,
      subnormals: belowNormal > zero ? histogramOf(float32(tensor)).bins : undefined,
    };
  });
}

function float32(tensor: Tensor): Float32Array {
  return tensor.dataSync<'float32'>();
}

/** Bins of the normal values, and of the subnormals where there are any. */
function binsOf(fields: Int32Array, subnormals: Int32Array | undefined): Int32Array {
  const bins = subnormals?.slice() ?? new Int32Array(BIN_COUNT);
  for (let field = 1; field < FIELDS - 1; field++) {
    bins[field - 127 - FIRST_EXPONENT] = fields[field] ?? 0;
  }
  return bins;
}
