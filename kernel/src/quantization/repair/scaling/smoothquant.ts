import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { decodeWeights } from '../../../graph/weight-codes';
import { product } from '../../../graph/run-node';
import { type AffineParams, asymmetricParams, UINT8 } from '../../../integer/affine';
import { weightShape } from '../../../integer/product';
import { inputChannelOf } from '../channels';
import type { LinearNode } from '../float-graph';
import type { RoundKernel } from '../rounding';
import { withInputFactors } from './apply-scales';

export interface SmoothQuantOptions {
  /** How much of the difficulty goes from activations to weights, from 0 to 1. Default 0.5. */
  readonly alpha?: number;
}

export const ALPHA = 0.5;

/**
 * The factors of SmoothQuant (Xiao et al., 2022, equation 4): `max |x_j|^alpha / max |w_j|^(1-alpha)`
 * of each input channel, over all products that read it. A channel of zeros keeps its factor 1.
 */
export function smoothFactors(
  nodes: readonly LinearNode[],
  maxAbs: Float64Array,
  alpha = ALPHA,
): Float64Array {
  const ofWeights = new Float64Array(maxAbs.length);
  for (const { op } of nodes) {
    const inputOf = inputChannelOf(op.geometry);
    op.kernel.forEach((w, i) => {
      const channel = inputOf(i);
      ofWeights[channel] = Math.max(ofWeights[channel] ?? 0, Math.abs(w));
    });
  }
  return maxAbs.map((x, j) => {
    const w = ofWeights[j] ?? 0;
    return x > 0 && w > 0 ? x ** alpha / w ** (1 - alpha) : 1;
  });
}

/**
 * Mean squared error of a product's outputs when its input is uint8 and its weights are rounded, with
 * the input's channels divided by `factors` and the weights multiplied. Static ranges are the examples',
 * dynamic ones each batch's.
 */
export function integerError(
  node: LinearNode,
  inputs: readonly Tensor[],
  factors: Float64Array,
  round: RoundKernel,
): number {
  const { geometry } = node.op;
  const rounded = round(withInputFactors(node, factors));
  if (rounded === undefined) throw new Error(`'${node.id}' is not rounded`);
  const constants = tf.tidy(() => {
    const shape = weightShape(geometry);
    const bias = tf.tensor1d(node.op.bias.slice());
    return {
      float: { kernel: tf.tensor(node.op.kernel.slice(), shape), bias },
      integer: { kernel: tf.tensor(decodeWeights(rounded.weights), shape), bias },
      inverse: tf.tensor1d(Float32Array.from(factors, (factor) => 1 / factor)),
    };
  });
  const smooth = (x: Tensor): Tensor => tf.mul(x, constants.inverse);
  const ranges = inputs.map((x) => rangeOf(smooth, x));
  const whole = [
    Math.min(...ranges.map(([low]) => low)),
    Math.max(...ranges.map(([, high]) => high)),
  ] as const;
  let [sum, count] = [0, 0];
  inputs.forEach((x, i) => {
    const [low, high] = rounded.input === 'dynamic' ? (ranges[i] ?? whole) : whole;
    const params = asymmetricParams(low, high);
    const squares = tf.tidy(() => {
      const y = product(fakeQuantized(smooth(x), params), constants.integer, geometry);
      return tf.squaredDifference(y, product(x, constants.float, geometry));
    });
    const total = tf.sum(squares);
    sum += total.dataSync()[0] ?? NaN;
    count += squares.size;
    tf.dispose([squares, total]);
  });
  const { float, integer, inverse } = constants;
  tf.dispose([float.kernel, float.bias, integer.kernel, inverse]);
  return sum / Math.max(1, count);
}

function rangeOf(smooth: (x: Tensor) => Tensor, x: Tensor): [low: number, high: number] {
  const { low, high } = tf.tidy(() => ({ low: tf.min(smooth(x)), high: tf.max(smooth(x)) }));
  const range: [number, number] = [low.dataSync()[0] ?? 0, high.dataSync()[0] ?? 0];
  tf.dispose([low, high]);
  return range;
}

function fakeQuantized(x: Tensor, { scale, zeroPoint }: AffineParams): Tensor {
  const codes = tf.add(tf.round(tf.div(x, scale)), zeroPoint);
  return tf.mul(tf.sub(tf.clipByValue(codes, UINT8.min, UINT8.max), zeroPoint), scale);
}
