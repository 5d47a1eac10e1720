import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { type Geometry, outputChannels } from '../integer/product';

/** The function of tfjs that computes a product, by its geometry. */
export const PRODUCTS = {
  dense: 'matMul',
  conv2d: 'conv2d',
  depthwise: 'depthwiseConv2d',
} as const;

/** The bare product of real numbers with weights in the geometry's shape. */
export function multiply(x: Tensor, weights: Tensor, geometry: Geometry): Tensor {
  if (geometry.kind === 'dense') {
    const y = tf.matMul(tf.reshape(x, [-1, geometry.inputs]), weights);
    return tf.reshape(y, [...x.shape.slice(0, -1), outputChannels(geometry)]);
  }
  const convolve = geometry.kind === 'conv2d' ? tf.conv2d : tf.depthwiseConv2d;
  const [vertical, horizontal] = geometry.strides;
  return convolve(x as Tensor4D, weights as Tensor4D, [vertical, horizontal], geometry.padding);
}
