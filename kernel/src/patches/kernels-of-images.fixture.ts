import * as tf from '@tensorflow/tfjs';
import {
  type Example,
  numbers,
  integers,
  ints,
  image,
  picture,
  ones3,
  square,
  volume,
  boxes,
  scores,
  named,
  onTypes,
} from './kernel-inputs.fixture';

/** Images and volumes, and windows over them. */
export const images: Readonly<Record<string, Example>> = {
  ...onTypes('batchNorm', (x) => tf.batchNorm2d(x, ones3(), ones3())),
  ...onTypes('avgPool', (x) => tf.avgPool(picture(x), 2, 1, 'same'), { numbers }),
  ...onTypes('maxPool', (x) => tf.maxPool(picture(x), 2, 1, 'same')),
  ...onTypes('localResponseNormalization', (x) => tf.localResponseNormalization(picture(x))),
  ...onTypes('flipLeftRight', (x) => tf.image.flipLeftRight(picture(x)), { numbers }),
  ...onTypes('resizeBilinear', (x) => tf.image.resizeBilinear(picture(x), [3, 2])),
  ...onTypes('resizeNearestNeighbor', (x) => tf.image.resizeNearestNeighbor(picture(x), [4, 6]), {
    numbers,
    integers,
  }),
  ...onTypes('cropAndResize', (x) =>
    tf.image.cropAndResize(picture(x), tf.tensor2d([[0, 0, 0.5, 1]]), ints(0), [3, 3]),
  ),
  ...onTypes('dilation2d', (x) => tf.dilation2d(picture(x), tf.ones([2, 2, 1]), 1, 'same')),
  avgPool3d: () => tf.avgPool3d(volume(), 2, 1, 'same'),
  maxPool3d: () => tf.maxPool3d(volume(), 2, 1, 'same'),
  conv2d: () => tf.conv2d(image(), tf.ones([2, 2, 2, 1]), 1, 'same'),
  'fused.conv2d': () =>
    tf.fused.conv2d({ x: image(), filter: tf.ones([2, 2, 2, 1]), strides: 1, pad: 'valid' }),
  'fused.depthwiseConv2d': () =>
    tf.fused.depthwiseConv2d({ x: image(), filter: tf.ones([2, 2, 2, 1]), strides: 1, pad: 1 }),
  conv3d: () => tf.conv3d(volume(), tf.ones([2, 2, 2, 2, 1]), 1, 'same'),
  depthToSpace: () => tf.depthToSpace(tf.concat([image(), image()], 3), 2),
  depthwiseConv2d: () => tf.depthwiseConv2d(image(), tf.ones([2, 2, 2, 1]), 1, 'same'),
  draw: () => {
    tf.browser.draw(tf.tensor3d([[[1, 1, 1]]]), canvas());
    return [];
  },
  maxPoolWithArgmax: () => named(tf.maxPoolWithArgmax(square(), 2, 2, 'valid')),
  'maxPoolWithArgmax with padding 1': () => named(tf.maxPoolWithArgmax(square(), 2, 2, 1)),
  'maxPoolWithArgmax of a batch, same': () =>
    named(tf.maxPoolWithArgmax(tf.concat([image(), image()]), 3, 2, 'same', true)),
  nonMaxSuppression: () => tf.image.nonMaxSuppression(boxes(), scores(), 3, 0.5),
  'nonMaxSuppression, padded': () =>
    named(tf.image.nonMaxSuppressionPadded(boxes(), scores(), 3, 0.5, 0, true)),
  'nonMaxSuppression with scores': () =>
    named(tf.image.nonMaxSuppressionWithScore(boxes(), scores(), 3, 0.5, 0, 0.25)),
  rotateWithOffset: () => tf.image.rotateWithOffset(image(), Math.PI / 2, 3, [0.5, 0.25]),
  transform: () =>
    tf.image.transform(square(), tf.tensor2d([1, 0, 1, 0, 1, 0, 0, 0], [1, 8]), 'nearest'),
  'transform, bilinear': () => {
    const turn = tf.tensor2d([1, 0.25, -1, 0.25, 1, 0.5, 0, 0], [1, 8]);
    return tf.image.transform(square(), turn, 'bilinear', 'reflect', 0, [3, 5]);
  },
};

const gradient = (f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): tf.Tensor => tf.grad(f)(x);

/** The kernels that only a gradient runs. */
export const gradients: Readonly<Record<string, Example>> = {
  'gradient of elu': () => gradient(tf.elu, numbers()),
  'gradient of conv2d': () =>
    tf.grads((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))([
      image(),
      tf.ones([2, 2, 2, 1]),
    ]),
  'gradient of conv3d': () =>
    tf.grads((x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'same'))([
      volume(),
      tf.ones([2, 2, 2, 2, 1]),
    ]),
  'gradient of depthwiseConv2d': () =>
    tf.grads((x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))([
      image(),
      tf.ones([2, 2, 2, 1]),
    ]),
  'gradient of dilation2d': () =>
    tf.grads((x, w) => tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, 1, 'valid'))([
      image(),
      tf.zeros([2, 2, 2]),
    ]),
  'gradient of maxPool': () =>
    gradient((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'), image()),
  'gradient of avgPool': () =>
    gradient((x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'), image()),
  'gradient of maxPool3d': () => gradient((x) => tf.maxPool3d(x as tf.Tensor5D, 2, 1, 'valid'), volume()), // prettier-ignore
  'gradient of avgPool3d': () => gradient((x) => tf.avgPool3d(x as tf.Tensor5D, 2, 1, 'valid'), volume()), // prettier-ignore
  'gradient of localResponseNormalization': () =>
    gradient((x) => tf.localResponseNormalization(x as tf.Tensor4D), image()),
  'gradient of resizeBilinear': () =>
    gradient((x) => tf.image.resizeBilinear(x as tf.Tensor4D, [3, 3]), square()),
  'gradient of resizeNearestNeighbor': () =>
    gradient((x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [8, 8]), square()),
};

function canvas(): HTMLCanvasElement {
  const context = { putImageData: () => undefined };
  return { getContext: () => context } as unknown as HTMLCanvasElement;
}
