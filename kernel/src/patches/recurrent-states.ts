import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { methodPatch } from './patch';

/** A model frees a tensor when one of its readers is done, not knowing that it is two values. */
export const recurrentStates = methodPatch(
  {
    target: 'RNN.prototype',
    member: 'call',
    why: 'With returnState the output and the last state are one tensor, which predict() frees while another layer needs it.',
  },
  () => tf.RNN.prototype,
  (original) =>
    function (this: unknown, ...args: unknown[]): Tensor | Tensor[] {
      const result = original.apply(this, args) as Tensor | Tensor[];
      return Array.isArray(result)
        ? result.map((value, i) => (result.indexOf(value) < i ? tf.clone(value) : value))
        : result;
    },
);
