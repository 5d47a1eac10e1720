import * as tf from '@tensorflow/tfjs';
import { activate, product } from '../../graph/run-node';
import { weightShape } from '../../integer/product';
import type { LinearNode } from './float-graph';
import type { LayerData } from './stream';

/**
 * Mean squared error of a layer's outputs with another kernel, after its activation, against the float
 * model's.
 */
export function outputError(
  { op: { geometry, bias, activation } }: LinearNode,
  kernel: Float32Array,
  { inputs, targets }: LayerData,
): number {
  const own = {
    kernel: tf.tensor(kernel.slice(), weightShape(geometry)),
    bias: tf.tensor1d(bias.slice()),
  };
  let [sum, count] = [0, 0];
  try {
    inputs.forEach((x, i) => {
      const target = targets[i];
      if (target === undefined) return;
      const error = tf.tidy(() => {
        const output = activate(activation, product(x, own, geometry));
        return tf.sum(tf.squaredDifference(output, activate(activation, target)));
      });
      sum += error.dataSync()[0] ?? NaN;
      count += target.size;
      error.dispose();
    });
  } finally {
    tf.dispose([own.kernel, own.bias]);
  }
  return sum / Math.max(1, count);
}
