import { DT } from '../dtypes';
import type { TensorType } from './tape';

/** Of the largest value: far above what another order of additions makes, far below what an error does. */
const RELATIVE = 1e-3;
/** What is left of sums whose parts cancel. Adam makes whole steps of it: it can't be compared then. */
const ABSOLUTE = 1e-5;
/** Of integers and truth values, which a float at their edge decides. */
const OTHERS = 0.01;

/** Whether the bytes of two tensors hold the same numbers but for last digits. */
export function isClose(a: Buffer, b: Buffer, { dtype }: TensorType): boolean {
  if (a.length !== b.length) return false;
  if (dtype === DT.float) return floatsAreClose(floats(a), floats(b));
  let differing = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) differing += 1;
  return differing <= OTHERS * a.length;
}

function floatsAreClose(a: Float32Array, b: Float32Array): boolean {
  let largest = 0;
  for (const value of b) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const tolerance = Math.max(RELATIVE * largest, ABSOLUTE);
  return a.every((value, i) => {
    const other = b[i] ?? NaN;
    return Object.is(value, other) || value === other || Math.abs(value - other) <= tolerance;
  });
}

function floats(bytes: Buffer): Float32Array {
  const copy = new Uint8Array(bytes);
  return new Float32Array(copy.buffer);
}
