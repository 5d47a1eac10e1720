import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { gradientPatch, type Patch } from './patch';

/** What each op calls the axes that it goes along. */
const AXES = { Max: 'reductionIndices', Min: 'axis' } as const;

/**
 * Of several equal largest values each gets its share, as in TensorFlow and PyTorch's `amax`: in 16 bits
 * they are often equal.
 */
export const extremeGradients: readonly Patch[] = Object.entries(AXES).map(([member, name]) =>
  gradientPatch(
    { member, why: 'tfjs hands all that comes back to each of several equal values.' },
    (original) => (dy, saved, attributes) => {
      const [x, y] = saved;
      if (x === undefined || y === undefined || Array.isArray(dy)) {
        return original(dy, saved, attributes);
      }
      const axes = tf.util.parseAxisParam(attributes[name] as number | number[], x.shape);
      return { x: () => tf.tidy(() => shared(dy, x, y, axes)) };
    },
  ),
);

function shared(dy: Tensor, x: Tensor, y: Tensor, axes: readonly number[]): Tensor {
  const one = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const chosen = tf.cast(tf.equal(x, tf.reshape(y, one)), 'float32');
  const counts = tf.sum(chosen, [...axes], true);
  return tf.mul(tf.divNoNan(tf.reshape(dy, one), counts), chosen);
}
