import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { methodPatch, type Patch } from './patch';

interface Weight {
  read(): Tensor;
}

interface BatchNormalization extends tf.layers.Layer {
  readonly movingMean: Weight;
  gamma: Weight | undefined;
  beta: Weight | undefined;
}

export const batchNormalization: Patch = methodPatch(
  {
    target: 'BatchNormalization.prototype',
    member: 'call',
    why: 'With scale or center false, tfjs throws in training.',
  },
  () => Object.getPrototypeOf(tf.layers.batchNormalization()) as object,
  (original) =>
    function (this: BatchNormalization, inputs: unknown, kwargs?: { training?: boolean }): unknown {
      const { gamma, beta, movingMean } = this;
      if (kwargs?.training !== true || (gamma && beta)) return original.call(this, inputs, kwargs);
      const like = (make: typeof tf.onesLike) => (): Tensor => make(movingMean.read());
      this.gamma = gamma ?? { read: like(tf.onesLike) };
      this.beta = beta ?? { read: like(tf.zerosLike) };
      try {
        return original.call(this, inputs, kwargs);
      } finally {
        this.gamma = gamma;
        this.beta = beta;
      }
    },
);
