import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { hasNativeBackend } from '../../backend/load';
import { castTo, storageFormat } from '../../backend/storage';
import { HalfnoteError } from '../../errors';
import { COMPOSED } from './composed-fake-quant';
import { checkGrid, codesOf, type FakeQuantKernels, type Grid, type Saver } from './grid';
import { NATIVE } from './native-fake-quant';

export type FakeQuantizeOptions = {
  /** 2 to 8. Default 8. */
  readonly bits?: number;
  /** Leaves the lowest code out, as symmetric weights have it. Default false. */
  readonly narrowRange?: boolean;
} & (MinMaxRange | AffineRange | PowerOfTwoRange);

/** TensorFlow's way to name a range. Tensors get gradients too; `[channels]` is one per last index. */
export interface MinMaxRange {
  readonly min: number | Tensor;
  readonly max: number | Tensor;
}

/** PyTorch's: codes from 0, or from 1 with a narrow range, stand for `(code - zeroPoint) * scale`. */
export interface AffineRange {
  readonly scale: number;
  /** Among the codes. Default: the middle one, `2^(bits - 1)`. */
  readonly zeroPoint?: number;
}

/** Symmetric steps that are the power of two that the largest of `x` needs; see `quantizeTensor`. */
export interface PowerOfTwoRange {
  readonly powerOfTwo: true;
}

/**
 * `x` rounded to integers and back, float32 of the same shape, with a straight-through gradient:
 * that of the result passes where `x` is inside the range and is 0 outside. As TensorFlow's
 * `fake_quant_with_min_max_vars[_per_channel]`, to the bit: the range is nudged so that 0 is exact.
 * PyTorch's gives the same values; its gradient also passes for half a step outside the range.
 * @throws HalfnoteError `invalid-bits`, `invalid-range`.
 */
export function fakeQuantize(x: Tensor, options: FakeQuantizeOptions): Tensor {
  const { bits = 8, narrowRange = false } = options;
  const grid: Grid = { bits, narrowRange };
  checkGrid(grid);
  return tf.tidy(() => {
    const { min, max } = rangeOf(options, grid, x);
    checkRange(min, max, x);
    return quantizeToRange(x, min, max, grid);
  });
}

/** As {@link fakeQuantize}, with a range in tensors that has been checked. */
export function quantizeToRange(x: Tensor, min: Tensor, max: Tensor, grid: Grid): Tensor {
  const kernels = fakeQuantKernels();
  const op = tf.customGrad((...args) => {
    const [input, low, high, save] = args as [Tensor, Tensor, Tensor, Saver];
    save([input, low, high]);
    return {
      value: kernels.forward(input, low, high, grid),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [source, from, to] = saved as [Tensor, Tensor, Tensor];
        const [dx, dmin, dmax] = kernels.backward(dy, source, from, to, grid);
        return [storedAs(source, dx), dmin, dmax];
      },
    };
  });
  return op(x, min, max);
}

/** A gradient in the storage of what it is of. */
export function storedAs(x: Tensor, gradient: Tensor): Tensor {
  const format = storageFormat(x);
  return format === undefined || format === 'fp32' ? gradient : castTo(gradient, format);
}

/** TensorFlow's ops where they are, else the same in tfjs's. */
export function fakeQuantKernels(): FakeQuantKernels {
  return hasNativeBackend() ? NATIVE : COMPOSED;
}

function rangeOf(
  options: FakeQuantizeOptions,
  grid: Grid,
  x: Tensor,
): { min: Tensor; max: Tensor } {
  if ('min' in options) return { min: asTensor(options.min), max: asTensor(options.max) };
  const { low, high } = codesOf(grid);
  if ('powerOfTwo' in options) {
    const middle = 2 ** (grid.bits - 1);
    const step = powerOfTwoStep(x, grid.bits);
    return { min: tf.scalar((low - middle) * step), max: tf.scalar((high - middle) * step) };
  }
  const { scale, zeroPoint = 2 ** (grid.bits - 1) } = options;
  if (!Number.isInteger(zeroPoint) || zeroPoint < low || zeroPoint > high) {
    throw new HalfnoteError(
      'invalid-range',
      `The zero point ${zeroPoint} is none of the codes; allowed are integers from ${low} to ${high}.`,
    );
  }
  return { min: tf.scalar((low - zeroPoint) * scale), max: tf.scalar((high - zeroPoint) * scale) };
}

/** As Ristretto's dynamic fixed point: the integer part has the bits that the largest finite value needs. */
function powerOfTwoStep(x: Tensor, bits: number): number {
  const sizes = tf.abs(x);
  const finite = tf.where(tf.isFinite(sizes), sizes, tf.zerosLike(sizes));
  const [absmax = 0] = tf.max(finite).dataSync();
  const integerBits = absmax === 0 ? 1 : Math.ceil(Math.log2(absmax)) + 1;
  return 2 ** (integerBits - bits);
}

function asTensor(value: number | Tensor): Tensor {
  return typeof value === 'number' ? tf.scalar(value) : value;
}

function checkRange(min: Tensor, max: Tensor, x: Tensor): void {
  const shape = `[${min.shape.join(', ')}] and [${max.shape.join(', ')}]`;
  if (min.rank > 1 || !tf.util.arraysEqual(min.shape, max.shape)) {
    throw new HalfnoteError(
      'invalid-range',
      `min and max have the shapes ${shape}; allowed are two scalars, or two of [channels].`,
    );
  }
  const channels = x.shape.at(-1);
  if (min.rank === 1 && min.size !== channels) {
    throw new HalfnoteError(
      'invalid-range',
      `min and max have the shapes ${shape}, but the last axis of x has ${channels ?? 'no'} channels.`,
    );
  }
  const lows = min.dataSync();
  const highs = max.dataSync();
  const wrong = lows.findIndex((low, i) => !((highs[i] ?? NaN) - low > 0));
  if (wrong < 0) return;
  throw new HalfnoteError(
    'invalid-range',
    `The range from ${lows[wrong] ?? NaN} to ${highs[wrong] ?? NaN} is empty.`,
    'min has to be less than max.',
  );
}
