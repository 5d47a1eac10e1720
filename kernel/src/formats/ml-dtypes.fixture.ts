import { runPython } from '../../../test/support/python';
import type { FormatId } from './table';

/**
 * What ml_dtypes and NumPy say (`ml`, `np`): the bytes of the array that the script `put`s; `get(type)`
 * has the input's.
 */
export function python(script: string, input?: NodeJS.ArrayBufferView): Buffer {
  const prelude =
    `import sys, numpy as np, ml_dtypes as ml\nnp.seterr(all='ignore')\n` +
    `put = lambda a: sys.stdout.buffer.write(np.ascontiguousarray(a).tobytes())\n` +
    `get = lambda t: np.frombuffer(sys.stdin.buffer.read(), t)\n`;
  return runPython(prelude + script, input);
}

const copied = (bytes: Buffer): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;

export const float64s = (bytes: Buffer): Float64Array => new Float64Array(copied(bytes));
export const float32s = (bytes: Buffer): Float32Array => new Float32Array(copied(bytes));
export const uint16s = (bytes: Buffer): Uint16Array => new Uint16Array(copied(bytes));

/** The formats that NumPy or ml_dtypes has as floats. */
export const FLOAT_TYPES = {
  fp16: 'np.float16',
  bf16: 'ml.bfloat16',
  e4m3: 'ml.float8_e4m3fn',
  e5m2: 'ml.float8_e5m2',
  e3m4: 'ml.float8_e3m4',
  e4m3fnuz: 'ml.float8_e4m3fnuz',
  e5m2fnuz: 'ml.float8_e5m2fnuz',
  e4m3b11fnuz: 'ml.float8_e4m3b11fnuz',
  e4m3ieee: 'ml.float8_e4m3',
  e3m2: 'ml.float6_e3m2fn',
  e2m3: 'ml.float6_e2m3fn',
  e2m1: 'ml.float4_e2m1fn',
  e8m0: 'ml.float8_e8m0fnu',
} as const satisfies Readonly<Partial<Record<FormatId, string>>>;
export const FLOATS = Object.keys(FLOAT_TYPES) as (keyof typeof FLOAT_TYPES)[];

export const INTEGER_TYPES = {
  int8: 'np.int8',
  uint8: 'np.uint8',
  int4: 'ml.int4',
  uint4: 'ml.uint4',
  int2: 'ml.int2',
  uint2: 'ml.uint2',
} as const satisfies Readonly<Partial<Record<FormatId, string>>>;
export const INTEGERS = Object.keys(INTEGER_TYPES) as (keyof typeof INTEGER_TYPES)[];

/** First few positions where two arrays differ; NaN equals NaN, and the sign of zero counts. */
export function differences(actual: ArrayLike<number>, expected: ArrayLike<number>): string[] {
  const found: string[] = [];
  if (actual.length !== expected.length)
    found.push(`length ${actual.length} != ${expected.length}`);
  for (let i = 0; i < expected.length && found.length < 5; i++) {
    if (!Object.is(actual[i], expected[i]))
      found.push(`[${i}] ${String(actual[i])} != ${String(expected[i])}`);
  }
  return found;
}

/** Reproducible 32-bit random integers. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}
