import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import {
  type ConvGeometry,
  type Geometry,
  outputChannels,
  samePadding,
} from '../../../integer/product';

/** `2/N Σ x xᵀ` over all rows x that a product multiplies by its weights. */
export interface Hessian {
  /**
   * Row-major `[depth, depth]`: one for all output channels; of a depthwise convolution one for
   * each input channel, which its own outputs alone read.
   */
  readonly blocks: readonly Float64Array[];
  readonly depth: number;
  /** N: of a convolution, the places of all windows. */
  readonly rows: number;
}

/** Windows are laid out for at most about so many numbers at once. */
const PATCHED = 2 ** 22;

/** The Hessian of a layer's squared output error for its inputs, batch by batch. */
export function hessianOf(geometry: Geometry, inputs: readonly Tensor[]): Hessian {
  const count = geometry.kind === 'depthwise' ? geometry.kernel[2] : 1;
  const depth = depthOf(geometry);
  const sums = new Float64Array(count * depth * depth);
  let rows = 0;
  for (const input of inputs) {
    for (const piece of pieces(geometry, input)) {
      const x = tf.tidy(() => inputRows(geometry, piece));
      const products = tf.matMul(x, x, true, false);
      rows += x.shape.at(-2) ?? 0;
      tf.dispose([x, piece]);
      products.dataSync<'float32'>().forEach((value, i) => {
        sums[i] = (sums[i] ?? 0) + value;
      });
      products.dispose();
    }
  }
  const blocks = Array.from({ length: count }, (_, i) =>
    sums.subarray(i * depth * depth, (i + 1) * depth * depth).map((sum) => (2 * sum) / rows),
  );
  return { blocks, depth, rows };
}

/**
 * `2/N Σ x rᵀ` over what a product multiplies and the residuals of its outputs, batch by batch: row-major
 * `[depth, channels]`, as the weights.
 */
export function crossProducts(
  geometry: Geometry,
  inputs: readonly Tensor[],
  residuals: readonly Tensor[],
): Float64Array {
  const channels = outputChannels(geometry);
  const sums = new Float64Array(depthOf(geometry) * channels);
  const count = geometry.kind === 'depthwise' ? geometry.kernel[2] : 1;
  let rows = 0;
  inputs.forEach((input, i) => {
    const ofOutputs = pieces(geometry, input, residuals[i]);
    for (const piece of pieces(geometry, input)) {
      const residual = ofOutputs.next().value as Tensor;
      const products = tf.tidy(() => {
        const x = inputRows(geometry, piece);
        rows += x.shape.at(-2) ?? 0;
        if (count === 1) return tf.matMul(x, tf.reshape(residual, [-1, channels]), true, false);
        const each = tf.reshape(residual, [-1, count, channels / count]);
        return tf.transpose(tf.matMul(x, tf.transpose(each, [1, 0, 2]), true, false), [1, 0, 2]);
      });
      products.dataSync<'float32'>().forEach((value, at) => {
        sums[at] = (sums[at] ?? 0) + value;
      });
      tf.dispose([piece, residual, products]);
    }
  });
  return sums.map((sum) => (2 * sum) / rows);
}

/** How many weights each output of a product adds up. */
export function depthOf(geometry: Geometry): number {
  if (geometry.kind === 'dense') return geometry.inputs;
  const [height, width, inputs] = geometry.kernel;
  return geometry.kind === 'conv2d' ? height * width * inputs : height * width;
}

/** The input as rows of `depth` numbers, `[N, depth]`; of a depthwise convolution `[in, N, depth]`. */
export function inputRows(geometry: Geometry, x: Tensor): Tensor {
  const input = x.dtype === 'float32' ? x : tf.cast(x, 'float32');
  if (geometry.kind === 'dense') return tf.reshape(input, [-1, geometry.inputs]);
  const windows = windowsOf(geometry, input as Tensor4D);
  const [height, width, inputs] = geometry.kernel;
  if (geometry.kind === 'conv2d') return tf.reshape(windows, [-1, height * width * inputs]);
  return tf.transpose(tf.reshape(windows, [-1, height * width, inputs]), [2, 0, 1]);
}

/** What each window sees, `[batch, rows, columns, height * width * in]` in the kernel's order. */
function windowsOf({ kernel, strides, padding }: ConvGeometry, x: Tensor4D): Tensor {
  const [height, width] = kernel;
  const [, rows, columns] = x.shape;
  const around = (size: number, axis: 0 | 1): [number, number] =>
    padding === 'same' ? samePadding(size, kernel[axis], strides[axis]) : [0, 0];
  const padded = tf.pad4d(x, [[0, 0], around(rows, 0), around(columns, 1), [0, 0]]);
  const [batch, high, wide, channels] = padded.shape;
  const last = (size: number, axis: 0 | 1): number =>
    Math.floor((size - kernel[axis]) / strides[axis]) * strides[axis] + 1;
  const parts: Tensor[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const end = [batch, i + last(high, 0), j + last(wide, 1), channels];
      parts.push(tf.stridedSlice(padded, [0, i, j, 0], end, [1, ...strides, 1]));
    }
  }
  return parts.length === 1 ? (parts[0] as Tensor) : tf.concat(parts, -1);
}

/** The batch in pieces whose windows fit, or what goes with it; the caller disposes of them. */
function* pieces(geometry: Geometry, x: Tensor, cut = x): Generator<Tensor> {
  const [batch = 0, ...others] = x.shape;
  const perRow =
    others.reduce((a, b) => a * b, 1) *
    (geometry.kind === 'dense' ? 1 : geometry.kernel[0] * geometry.kernel[1]);
  const size = Math.max(1, Math.floor(PATCHED / Math.max(1, perRow)));
  const cutOthers = cut.shape.slice(1);
  const rest = cutOthers.map(() => 0);
  for (let from = 0; from < batch; from += size) {
    yield tf.slice(cut, [from, ...rest], [Math.min(size, batch - from), ...cutOthers]);
  }
}
