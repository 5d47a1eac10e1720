import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { single } from '../layers/register';
import { gelu } from './gelu';
import { normalizeLastAxis } from './layer-normalization';
import { methodPatch, type Patch } from './patch';

const geluActivation: Patch = methodPatch(
  {
    target: 'Gelu.prototype',
    member: 'apply',
    why: 'The same function and its gradient in fewer passes over memory.',
  },
  () => {
    const layer = tf.layers.activation({ activation: 'gelu' }) as unknown as {
      readonly activation: object;
    };
    return Object.getPrototypeOf(layer.activation) as object;
  },
  () => (x: Tensor) => tf.tidy(() => gelu(x)),
);

interface LayerNormalization extends tf.layers.Layer {
  readonly axis: number[];
  readonly epsilon: number;
  readonly gamma?: tf.LayerVariable | null;
  readonly beta?: tf.LayerVariable | null;
}

const layerNormalization: Patch = methodPatch(
  {
    target: 'LayerNormalization.prototype',
    member: 'call',
    why: "Over the last axis; tfjs spreads each row's statistics over the whole input.",
  },
  () => Object.getPrototypeOf(tf.layers.layerNormalization({})) as object,
  (original) =>
    function (this: LayerNormalization, ...args: Parameters<tf.layers.Layer['call']>): unknown {
      const x = single(args[0]);
      if (this.axis.length !== 1 || this.axis[0] !== x.rank - 1) return original.apply(this, args);
      return tf.tidy(() => {
        let y = normalizeLastAxis(x, this.epsilon);
        if (this.gamma) y = tf.mul(y, this.gamma.read());
        if (this.beta) y = tf.add(y, this.beta.read());
        return y;
      });
    },
);

/** tfjs's own layers that compute the same in fewer operations. */
export const rewritten: readonly Patch[] = [geluActivation, layerNormalization];
