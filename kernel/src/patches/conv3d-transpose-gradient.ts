import * as tf from '@tensorflow/tfjs';
import type { Tensor5D } from '@tensorflow/tfjs';
import { gradientOf, type Patch } from './patch';

type Triple = [number, number, number];

const OP = 'Conv3DBackpropInputV2';

/**
 * The op is the transpose of conv3d in its input, so its own gradients are conv3d and conv3d's filter
 * gradient with x and dy exchanged.
 */
export const conv3dTransposeGradient: Patch = {
  target: 'gradient registry',
  member: OP,
  adds: true,
  why: "Without it conv3dTranspose layers can't train.",
  isThere: () => gradientOf(OP) !== undefined,
  install() {
    tf.registerGradient({ kernelName: OP, inputsToSave: ['dy', 'filter'], gradFunc });
    return () => {
      tf.unregisterGradient(OP);
    };
  },
};

const gradFunc: tf.GradFunc = (upstream, saved, attributes) => {
  const [dy, filter] = saved as [Tensor5D, Tensor5D];
  const { strides, pad } = attributes as unknown as { strides: Triple; pad: 'valid' | 'same' };
  const dx = upstream as Tensor5D;
  return {
    dy: () => tf.conv3d(dx, filter, strides, pad),
    filter: () =>
      tf
        .engine()
        .runKernel<Tensor5D>(
          'Conv3DBackpropFilterV2',
          { x: dx, dy },
          { strides, pad, filterShape: filter.shape },
        ),
  };
};
