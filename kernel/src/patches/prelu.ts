import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { kernelPatch, type Patch } from './patch';

/** What is positive, and what is negative times alpha. */
export const prelu: Patch = kernelPatch(
  {
    member: 'Prelu',
    why: 'tfjs-node takes (x - |x|) / 2 for the negative part: it overflows below half of the range, and is NaN at infinity.',
    on: 'native',
  },
  () => (call) => {
    const { x, alpha } = call.inputs as { readonly x: Tensor; readonly alpha: Tensor };
    return tf.tidy(() => tf.cast(tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0))), 'float32'));
  },
);
