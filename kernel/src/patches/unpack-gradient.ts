import * as tf from '@tensorflow/tfjs';
import { gradientPatch, type Patch } from './patch';

/** tfjs hands the gradient of an op with one output over as a tensor, not as a list. */
export const unpackGradient: Patch = gradientPatch(
  { member: 'Unpack', why: 'tfjs throws where there is one slice: a masked sequence of one step.' },
  (original) => (dy, saved, attributes) =>
    original(Array.isArray(dy) ? dy : ([dy] as tf.Tensor[]), saved, attributes),
);
