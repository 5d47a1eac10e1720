import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** Masks of several values, `[batch, steps]` each; a value may have none. */
export type Masks = readonly (Tensor | null | undefined)[];

export const isMask = (mask: Tensor | null | undefined): mask is Tensor => mask != null;

/** The steps that are there in all masked values, as Keras has it for sums and the like. */
export function commonMask(masks: Masks): Tensor {
  return masks.filter(isMask).reduce((all, mask) => tf.logicalAnd(all, mask));
}

/** The steps of values put together along an axis: those in which no feature is masked. */
export function joinedMask(values: readonly Tensor[], masks: Masks, axis: number): Tensor {
  const whole = values.map(({ shape }, i) => {
    const mask = masks[i];
    if (!isMask(mask)) return tf.ones(shape, 'bool');
    return tf.logicalAnd(overSteps(mask, shape.length), tf.ones(shape, 'bool'));
  });
  const all = tf.concat(whole, axis);
  return tf.all(
    all,
    all.shape.map((_, i) => i).filter((i) => i >= 2),
  );
}

/** A mask that stretches over all that a step holds. */
export function overSteps(mask: Tensor, rank: number): Tensor {
  return tf.reshape(mask, [...mask.shape, ...new Array<number>(rank - mask.rank).fill(1)]);
}
