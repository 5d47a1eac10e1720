import type { Tensor } from '@tensorflow/tfjs';
import type * as tf from '@tensorflow/tfjs';

/**
 * Sets a model's weights, in the order of `model.weights`. `setWeights` of a sequential model that begins
 * with a frozen model takes them in another order than `getWeights` gives them.
 */
export function writeWeights(model: tf.LayersModel, values: readonly Tensor[]): void {
  model.weights.forEach((weight, index) => {
    const value = values[index];
    if (value !== undefined) weight.write(value);
  });
}
