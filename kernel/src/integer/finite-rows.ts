import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { hasNativeBackend } from '../backend/load';
import { withPrecision } from '../precision/scope';

/**
 * Integers know neither NaN nor infinity, and one of either makes a batch's range useless. So a row that
 * has one is left out of ranges and products, and its result is NaN; and so is a row whose absolute
 * values sum to more than this, from which layers could make infinities: the square root of the largest
 * float32.
 */
export const LARGEST_ROW = 2 ** 64;

/** A batch whose rows are all finite. */
export interface FiniteRows {
  /** The tensor that was given, or a new one with zeros for the rows that are lost. */
  readonly x: Tensor;
  /** Of `x`, widened to hold 0. */
  readonly low: number;
  readonly high: number;
  /** By row: was it not finite? Undefined where all are. */
  readonly lost: readonly boolean[] | undefined;
}

/** @param leading How many of the first axes tell rows apart. */
export function finiteRows(x: Tensor, leading: number): FiniteRows {
  const size = x.shape.slice(leading).reduce((a, b) => a * b, 1);
  const [low, high] = extremesOf(x);
  if (Math.max(-low, high) * size <= LARGEST_ROW) return { x, low, high, lost: undefined };
  const values = Float32Array.from(x.dataSync());
  const lost: boolean[] = [];
  const range = { low: 0, high: 0 };
  for (let from = 0; from < values.length; from += size) {
    const row = values.subarray(from, from + size);
    const isLost = !(row.reduce((sum, v) => sum + Math.abs(v), 0) <= LARGEST_ROW);
    lost.push(isLost);
    if (isLost) row.fill(0);
    for (const v of row) {
      if (v < range.low) range.low = v;
      if (v > range.high) range.high = v;
    }
  }
  if (!lost.includes(true)) return { x, ...range, lost: undefined };
  return { x: tf.tensor(values, x.shape, 'float32'), ...range, lost };
}

/** A result with NaN in the rows that are lost. Disposes of the result given. */
export function withLost(
  result: Tensor,
  lost: readonly boolean[] | undefined,
  leading: number,
): Tensor {
  if (lost === undefined) return result;
  const shape = result.shape.map((length, axis) => (axis < leading ? length : 1));
  const marks = Float32Array.from(lost, (isLost) => (isLost ? NaN : 0));
  const marked = tf.tidy(() =>
    hasNativeBackend()
      ? withPrecision('fp32', () => tf.add(result, tf.tensor(marks, shape)))
      : tf.add(result, tf.tensor(marks, shape)),
  );
  result.dispose();
  return marked;
}

/** Fewer values are read sooner than reduced. */
const WORTH_REDUCING = 2 ** 12;

/** The least and the largest value, and 0; NaN where a value is NaN. */
function extremesOf(x: Tensor): readonly [low: number, high: number] {
  // TensorFlow's reductions hand NaN on; those of tfjs's other backends pass it over.
  if (hasNativeBackend() && x.size > WORTH_REDUCING) {
    return tf.tidy(() =>
      withPrecision('fp32', () => {
        const [low = NaN] = tf.min(x).dataSync();
        const [high = NaN] = tf.max(x).dataSync();
        return [Math.min(low, 0), Math.max(high, 0)] as const;
      }),
    );
  }
  let [low, high] = [0, 0];
  for (const v of x.dataSync()) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return [low, high];
}
