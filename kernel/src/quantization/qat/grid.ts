import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';

/**
 * The integers of a fake quantization: 0 to 2^bits - 1, or from 1 with a narrow range, which has as
 * many codes below the middle as above and so fits symmetric weights.
 */
export interface Grid {
  /** 2 to 8. */
  readonly bits: number;
  readonly narrowRange: boolean;
}

/** The lowest and the highest code. */
export function codesOf({ bits, narrowRange }: Grid): {
  readonly low: number;
  readonly high: number;
} {
  return { low: narrowRange ? 1 : 0, high: 2 ** bits - 1 };
}

/** @throws HalfnoteError `invalid-bits` unless `bits` is an integer from 2 to 8. */
export function checkGrid({ bits }: Grid): void {
  if (Number.isInteger(bits) && bits >= 2 && bits <= 8) return;
  throw new HalfnoteError(
    'invalid-bits',
    `Fake quantization to ${bits} bits is not possible; allowed are integers from 2 to 8.`,
    "For one bit, and for three values, give weights the format 'binary' or 'ternary'.",
  );
}

/** What quantizes and dequantizes, and its straight-through gradient; natively or in tfjs's ops. */
export interface FakeQuantKernels {
  /**
   * `x` rounded to the grid between `min` and `max`, float32. Ranges are scalars, or `[channels]`
   * for one per index of the last axis; they are first nudged so that 0 is on the grid.
   */
  forward(x: Tensor, min: Tensor, max: Tensor, grid: Grid): Tensor;
  /**
   * Gradients of `x`, `min` and `max`: that of the result where `x` is inside the nudged range,
   * and summed over what lies below and above it.
   */
  backward(dy: Tensor, x: Tensor, min: Tensor, max: Tensor, grid: Grid): [Tensor, Tensor, Tensor];
}

/** Runs a per-channel kernel on a matrix whose columns are the channels, whatever the rank. */
export function asMatrix(x: Tensor, range: Tensor): Tensor {
  return range.rank === 0 || x.rank === 2 ? x : tf.reshape(x, [-1, range.size]);
}

/** What `tf.customGrad` gives its function last, to keep tensors for the gradient. */
export type Saver = (tensors: Tensor[]) => void;
