import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { fakeQuantKernels, storedAs } from './fake-quantize';
import { codesOf, type Grid, type Saver } from './grid';

export interface LearnedStepOptions extends Grid {
  /** The code of 0, among the grid's. */
  readonly zeroPoint: number;
  /** Multiplies the step's gradient; see {@link lsqGradientScale}. */
  readonly gradientScale: number;
}

/**
 * Fake quantization whose step size is learned (LSQ, Esser et al., 2020): `x` rounded to whole
 * steps, and a gradient for the step too,
 *
 *     round(x / s) - x / s  inside the range,   low - zeroPoint or high - zeroPoint  outside.
 *
 * The variable is the step's natural logarithm, a scalar or `[channels]`, and its gradient that of
 * the step over the step: a plain gradient descent then moves the step as LSQ's does, to first
 * order, an optimizer that normalizes gradients as Adam moves it by a share of itself, and no step
 * turns negative.
 */
export function quantizeByStep(x: Tensor, logStep: Tensor, options: LearnedStepOptions): Tensor {
  const { zeroPoint, gradientScale } = options;
  const kernels = fakeQuantKernels();
  const { low, high } = codesOf(options);
  const op = tf.customGrad((...args) => {
    const [input, log, save] = args as [Tensor, Tensor, Saver];
    const step = tf.exp(log);
    const min = tf.mul(step, low - zeroPoint);
    const max = tf.mul(step, high - zeroPoint);
    const value = kernels.forward(input, min, max, options);
    save([input, step, min, max, value]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [source, s, from, to, y] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
        const [dx] = kernels.backward(dy, source, from, to, options);
        // Outside, y is step * (low or high - zeroPoint) and dx is 0.
        const sums = sumLike(s, tf.sub(tf.mul(dy, y), tf.mul(dx, source)));
        const slope = tf.div(sums, s);
        return [storedAs(source, dx), tf.div(tf.mul(slope, gradientScale), s)];
      },
    };
  });
  return op(x, logStep);
}

/** LSQ's balance of step and weights: one over the root of how many share it times the largest code. */
export function lsqGradientScale(count: number, largestCode: number): number {
  return 1 / Math.sqrt(Math.max(1, count * largestCode));
}

/** Sums over all that shares a step. */
function sumLike(step: Tensor, values: Tensor): Tensor {
  return step.rank === 0 ? tf.sum(values) : tf.sum(tf.reshape(values, [-1, step.size]), 0);
}
