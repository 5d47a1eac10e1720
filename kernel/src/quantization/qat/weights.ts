import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { limits } from '../../formats/limits';
import { TRAINED_WEIGHT_FORMATS } from '../../formats/weight-names';
import { USES, type FloatWeightFormat, type TrainedWeightFormat } from '../../formats/uses';
import { roundTensor } from '../../execution/simulated/activations';
import { elementOf } from '../../graph/float-codes';
import { isFloatFormat, isSign, type SignFormat } from '../../graph/weight-codes';
import { SCALE_RULES, type ScaleRule } from '../../integer/affine';
import { fakeQuantKernels } from './fake-quantize';
import type { Grid, Saver } from './grid';
import { lsqGradientScale, quantizeByStep } from './learned-step';
import { straightThrough } from './straight-through';

/** How a kernel is fake-quantized: symmetric, one scale per output channel. */
export interface WeightScheme {
  readonly format: TrainedWeightFormat;
  /**
   * Of the integer formats: 127, or 63 where 8-bit products saturate; 7, 3, 1 below 8 bits. Of floats
   * their largest number.
   */
  readonly largestCode: number;
  /** Of the integer formats. `learned`: each channel's step is a variable (LSQ). */
  readonly rule: ScaleRule | 'learned';
}

/** The largest value before the scale by format; int8's where sums don't saturate. */
export const LARGEST_CODE = Object.fromEntries(
  TRAINED_WEIGHT_FORMATS.map((format) => [format, limits(USES[format].weights.codes).max]),
) as Readonly<Record<TrainedWeightFormat, number>>;

/** Zero up to this share of the mean absolute value (Li and Liu, 2016). */
const TERNARY_THRESHOLD = 0.7;

/** The numbers that a kernel's codes stand for, float32, of the kernel's shape. */
export function fakeQuantizeKernel(
  kernel: Tensor,
  channels: number,
  scheme: WeightScheme,
  logSteps?: Tensor,
): Tensor {
  const matrix = tf.reshape(kernel, [-1, channels]);
  return tf.reshape(quantizeMatrix(matrix, scheme, logSteps), kernel.shape);
}

/** As {@link fakeQuantizeKernel}, of a matrix whose columns are the channels. */
export function quantizeMatrix(matrix: Tensor, scheme: WeightScheme, logSteps?: Tensor): Tensor {
  const { format } = scheme;
  if (isSign(format)) return SIGNS[format].quantize(matrix);
  if (isFloatFormat(format)) return byFloats(format)(matrix);
  if (logSteps !== undefined) {
    const [count = 1] = matrix.shape;
    const grid = gridOf(scheme);
    return quantizeByStep(matrix, logSteps, {
      ...grid,
      zeroPoint: 2 ** (grid.bits - 1),
      gradientScale: lsqGradientScale(count, scheme.largestCode),
    });
  }
  return byLargest(scheme)(matrix);
}

/** Floats by their largest, with the gradient of the identity: nothing is cut off. */
function byFloats(format: FloatWeightFormat): (matrix: Tensor) => Tensor {
  return straightThrough((matrix) => {
    const scale = floatScales(matrix, format);
    const max = LARGEST_CODE[format];
    const scaled = tf.clipByValue(tf.div(matrix, scale), -max, max);
    return tf.mul(roundTensor(scaled, elementOf(format)), scale);
  });
}

/** As `quantize` has them: absmax over the format's largest number, in float32. */
function floatScales(matrix: Tensor, format: FloatWeightFormat): Tensor {
  const full = tf.div(tf.max(tf.abs(matrix), 0), tf.scalar(LARGEST_CODE[format]));
  return tf.where(tf.greater(full, 0), full, tf.onesLike(full));
}

/** The scale follows the weights; gradients pass as if it stood still. */
function byLargest(scheme: WeightScheme): (matrix: Tensor) => Tensor {
  const grid = gridOf(scheme);
  const kernels = fakeQuantKernels();
  return tf.customGrad((...args) => {
    const [matrix, save] = args as [Tensor, Saver];
    const max = tf.mul(scales(matrix, scheme), scheme.largestCode);
    const min = tf.neg(max);
    save([matrix, min, max]);
    return {
      value: kernels.forward(matrix, min, max, grid),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, low, high] = saved as [Tensor, Tensor, Tensor];
        return kernels.backward(dy, x, low, high, grid)[0];
      },
    };
  });
}

/** Each channel's scale, `[channels]`: what a code of 1 stands for. */
export function scales(matrix: Tensor, { format, rule, largestCode }: WeightScheme): Tensor {
  if (isSign(format)) return SIGNS[format].scale(matrix);
  if (isFloatFormat(format)) return floatScales(matrix, format);
  const absmax = tf.max(tf.abs(matrix), 0);
  const unit = SCALE_RULES[rule === 'learned' ? 'absmax/127' : rule](1, {
    min: -largestCode,
    max: largestCode,
  });
  const scale = tf.mul(absmax, unit);
  return tf.where(tf.greater(scale, 0), scale, tf.onesLike(scale));
}

/** LSQ's first step: twice the mean absolute weight over the root of the largest code. */
export function firstLogSteps(kernel: Tensor, channels: number, largestCode: number): Tensor {
  return tf.tidy(() => {
    const step = tf.mul(
      meanAbsolute(tf.reshape(kernel, [-1, channels])),
      2 / Math.sqrt(largestCode),
    );
    return tf.log(tf.where(tf.greater(step, 0), step, tf.onesLike(step)));
  });
}

/** XNOR-Net's weights, with the gradient of the identity up to 1 (Courbariaux et al., 2016). */
const BINARY = straightThrough(
  (matrix) =>
    tf.mul(
      tf.where(tf.less(matrix, 0), tf.fill(matrix.shape, -1), tf.onesLike(matrix)),
      meanAbsolute(matrix),
    ),
  { min: -1, max: 1 },
);

/** Ternary weight networks' weights, with the gradient of the identity. */
const TERNARY = straightThrough((matrix) =>
  tf.mul(tf.mul(tf.sign(matrix), beyond(matrix)), ternaryScale(matrix)),
);

/** Weights and scales of formats that have a rule of their own for them. */
const SIGNS: Readonly<
  Record<SignFormat, Readonly<Record<'quantize' | 'scale', (matrix: Tensor) => Tensor>>>
> = {
  binary: { quantize: BINARY, scale: meanAbsolute },
  ternary: { quantize: TERNARY, scale: ternaryScale },
};

function ternaryScale(matrix: Tensor): Tensor {
  const kept = beyond(matrix);
  return tf.divNoNan(tf.sum(tf.mul(tf.abs(matrix), kept), 0), tf.sum(kept, 0));
}

/** 1 where a weight is beyond the threshold, else 0. */
function beyond(matrix: Tensor): Tensor {
  const threshold = tf.mul(meanAbsolute(matrix), TERNARY_THRESHOLD);
  return tf.cast(tf.greater(tf.abs(matrix), threshold), 'float32');
}

function meanAbsolute(matrix: Tensor): Tensor {
  return tf.mean(tf.abs(matrix), 0);
}

function gridOf({ largestCode }: WeightScheme): Grid {
  return { bits: Math.log2(largestCode + 1) + 1, narrowRange: true };
}
