import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** One scale, or one for each index of the last axis. */
export type Scale = number | Tensor;

/** The largest code of a symmetric width. */
export const limitOf = (bits: number): number => 2 ** (bits - 1) - 1;

/** `x` rounded to the codes of a width, half to even, and back. */
export function rounded(x: Tensor, scale: Scale, bits: number): Tensor {
  const limit = limitOf(bits);
  return tf.tidy(() => tf.mul(tf.clipByValue(tf.round(tf.div(x, scale)), -limit, limit), scale));
}

/** The scale of each channel, the last axis; 1 for a channel of zeros. */
export function channelScales(kernel: Tensor, bits: number): Tensor {
  return tf.tidy(() => {
    const axes = kernel.shape.slice(0, -1).map((_, i) => i);
    return orOne(tf.div(tf.max(tf.abs(kernel), axes), limitOf(bits)));
  });
}

/** One scale for all. */
export function tensorScale(kernel: Tensor, bits: number): Tensor {
  return tf.tidy(() => orOne(tf.div(tf.max(tf.abs(kernel)), limitOf(bits))));
}

/** 1 where the code needs no clamp, else 0. */
export function inRange(x: Tensor, scale: Scale, bits: number): Tensor {
  return tf.tidy(() =>
    tf.cast(tf.lessEqual(tf.abs(tf.round(tf.div(x, scale))), limitOf(bits)), 'float32'),
  );
}

function orOne(scales: Tensor): Tensor {
  return tf.where(tf.greater(scales, 0), scales, tf.onesLike(scales));
}
