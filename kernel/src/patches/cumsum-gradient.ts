import * as tf from '@tensorflow/tfjs';
import { gradientPatch, type Patch } from './patch';

/** The axes of a square matrix were exchanged without a word; other shapes were refused. */
export const cumsumGradient: Patch = gradientPatch(
  { member: 'Cumsum', why: 'tfjs transposes what comes back along any axis but the last.' },
  (original) => (dy, saved, attributes) => {
    if (Array.isArray(dy)) return original(dy, saved, attributes);
    const { axis, exclusive, reverse } = attributes as unknown as tf.CumsumAttrs;
    return { x: () => tf.cumsum(dy, axis, exclusive, !reverse) };
  },
);
