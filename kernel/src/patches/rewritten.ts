import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { single } from '../layers/register';
import { gelu } from './gelu';
import { normalizeLastAxis } from './layer-normalization';

let installed = false;

/**
 * Puts the same functions in fewer operations into tfjs's own layers: `gelu` in any layer, and layer
 * normalization over the last axis, for which tfjs spreads each row's statistics over the whole input.
 * Idempotent.
 */
export function installRewritten(): void {
  if (installed) return;
  installed = true;
  rewriteGelu();
  rewriteLayerNormalization();
}

function rewriteGelu(): void {
  const layer = tf.layers.activation({ activation: 'gelu' }) as unknown as {
    readonly activation: { apply(x: Tensor): Tensor };
  };
  const prototype = Object.getPrototypeOf(layer.activation) as typeof layer.activation;
  prototype.apply = (x) => tf.tidy(() => gelu(x));
}

interface LayerNormalization extends tf.layers.Layer {
  readonly axis: number[];
  readonly epsilon: number;
  readonly gamma?: tf.LayerVariable | null;
  readonly beta?: tf.LayerVariable | null;
}

function rewriteLayerNormalization(): void {
  const prototype = Object.getPrototypeOf(tf.layers.layerNormalization({})) as LayerNormalization;
  const original: unknown = Reflect.get(prototype, 'call');
  prototype.call = function (this: LayerNormalization, inputs, kwargs) {
    const x = single(inputs);
    if (this.axis.length !== 1 || this.axis[0] !== x.rank - 1) {
      return Reflect.apply(original as LayerNormalization['call'], this, [inputs, kwargs]);
    }
    return tf.tidy(() => {
      let y = normalizeLastAxis(x, this.epsilon);
      if (this.gamma) y = tf.mul(y, this.gamma.read());
      if (this.beta) y = tf.add(y, this.beta.read());
      return y;
    });
  };
}
