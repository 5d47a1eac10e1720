import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { commonMask, isMask, joinedMask, overSteps, type Masks } from '../models/merged-masks';
import { ownerOf } from './methods';
import { methodPatch, type Patch } from './patch';

type Layer = tf.layers.Layer;

const WHY = 'tfjs throws where one of the inputs has no mask, or makes a mask of another shape.';

function merging(
  target: string,
  make: () => Layer,
  merge: (layer: Layer, inputs: readonly Tensor[], masks: Masks) => Tensor,
): Patch {
  return methodPatch(
    { target, member: 'computeMask', why: WHY },
    () => ownerOf(make(), 'computeMask') ?? make(),
    (original) =>
      function (this: Layer, inputs: Tensor[], masks?: Masks): unknown {
        if (!masks?.some(isMask)) return original.call(this, inputs, masks);
        return tf.tidy(() => merge(this, inputs, masks));
      },
  );
}

export const mergedMasks: readonly Patch[] = [
  merging(
    'Merge.prototype',
    () => tf.layers.add(),
    (_, __, masks) => commonMask(masks),
  ),
  merging(
    'Concatenate.prototype',
    () => tf.layers.concatenate(),
    (layer, inputs, masks) =>
      joinedMask(inputs, masks, (layer as unknown as { readonly axis: number }).axis),
  ),
];

interface Softmax extends Layer {
  readonly axis: number | number[];
}

/** A softmax within each step isn't changed by a mask of steps. */
export const maskedSoftmax: Patch = methodPatch(
  {
    target: 'Softmax.prototype',
    member: 'call',
    why: 'tfjs stretches a mask over the last axes, not over the batch and the steps.',
  },
  () => Object.getPrototypeOf(tf.layers.softmax()) as object,
  (original) =>
    function (this: Softmax, inputs: Tensor | Tensor[], kwargs?: { mask?: Tensor }): unknown {
      const { mask, ...others } = kwargs ?? {};
      const [x] = [inputs].flat();
      if (x === undefined || !isMask(mask) || mask.rank >= x.rank) {
        return original.call(this, inputs, { ...kwargs });
      }
      const isOver = [this.axis].flat().some((axis) => (axis + x.rank) % x.rank < mask.rank);
      if (!isOver) return original.call(this, inputs, others);
      return tf.tidy(() => {
        const steps = overSteps(mask, x.rank);
        return original.call(this, inputs, { ...others, mask: steps }) as Tensor;
      });
    },
);
