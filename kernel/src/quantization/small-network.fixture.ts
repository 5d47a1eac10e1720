import * as tf from '@tensorflow/tfjs';

const seeded = (seed: number) => tf.initializers.glorotNormal({ seed });

/** Depths of 18, 6 and 54: no multiple of a block. */
export function network(): tf.LayersModel {
  const { conv2d, depthwiseConv2d, flatten, dense } = tf.layers;
  return tf.sequential({
    name: 'network',
    layers: [
      conv2d({
        name: 'conv',
        inputShape: [7, 7, 2],
        filters: 6,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded(1),
      }),
      depthwiseConv2d({
        name: 'depthwise',
        kernelSize: [2, 3],
        strides: 2,
        depthwiseInitializer: seeded(2),
      }),
      flatten({ name: 'flatten' }),
      dense({ name: 'dense', units: 5, activation: 'softmax', kernelInitializer: seeded(3) }),
    ],
  });
}

/** What it sees. */
export const images = (): tf.Tensor => tf.randomNormal([3, 7, 7, 2], 0, 1, 'float32', 4);
/** All of an output. */
export const numbers = (output: tf.Tensor | tf.Tensor[]): number[] => [
  ...([output].flat()[0] as tf.Tensor).dataSync(),
];
/** The largest difference. */
export const furthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))));
