import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { limits } from '../../formats/limits';
import { randomKey, uniform } from '../../formats/random';
import type { LinearOp } from '../../graph/quantized-graph';
import { decodeWeights } from '../../graph/weight-codes';
import { computedInFloat32 } from '../float-nodes';
import { HalfLinear } from '../half-linear';

/** How far sums in fp32 may be apart by the order of their terms, of the sum of magnitudes. */
const ORDER = 2 ** -16;

/**
 * Runs the node's own weights on the signs of its first channel, where all terms of a sum agree and
 * partial sums kept in 16 bits stop growing, and on noise, and compares with the same product in fp32
 * on the same 16-bit numbers. Returns what is wrong, or undefined where all results are right but for
 * one step of the format.
 */
export function checkHalf(node: HalfLinear): string | undefined {
  const { op } = node;
  const weights = decodeWeights(op.weights);
  const judge = new HalfLinear(op, 'simulated', '');
  try {
    const [found, expected] = tf.tidy(() => {
      const input = probes(op, weights);
      return [node, judge].map((each) =>
        computedInFloat32(() => each.product(input)).dataSync<'float32'>(),
      );
    });
    const magnitudes = magnitudesOf(weights, op.weights.channels);
    const step = limits(op.weights.format).epsilon;
    for (let i = 0; i < (expected?.length ?? 0); i++) {
      const [y = NaN, right = NaN] = [found?.[i], expected?.[i]];
      const allowed = step * Math.abs(right) + ORDER * (magnitudes[i % magnitudes.length] ?? 0);
      if (!(Math.abs(y - right) <= allowed)) {
        return `the kernel's result is ${y} where ${right} is right`;
      }
    }
    return undefined;
  } finally {
    judge.dispose();
  }
}

/** Two rows, or images as large as the window, of numbers from -1 to 1. */
function probes({ geometry, weights: { channels } }: LinearOp, weights: Float32Array): Tensor {
  const shape = geometry.kind === 'dense' ? [geometry.inputs] : geometry.kernel.slice(0, 3);
  const size = shape.reduce((a, b) => a * b, 1);
  const apart = geometry.kind === 'depthwise' ? geometry.kernel[3] : channels;
  const key = randomKey(1);
  const values = new Float32Array(2 * size);
  for (let i = 0; i < size; i++) {
    values[i] = Math.sign(weights[i * apart] ?? 0);
    values[size + i] = 2 * uniform(key, i) - 1;
  }
  return tf.tensor(values, [2, ...shape]);
}

/** The sum of each channel's absolute weights. */
function magnitudesOf(weights: Float32Array, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  weights.forEach((w, i) => (sums[i % channels] = (sums[i % channels] ?? 0) + Math.abs(w)));
  return sums;
}
