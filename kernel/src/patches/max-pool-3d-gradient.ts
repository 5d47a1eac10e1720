import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { gradientPatch, type Patch } from './patch';

type Pair = [number, number];
type Triple = [number, number, number];
type Padding = 'valid' | 'same';

/**
 * A maximum over three axes is one over the last two and then one over the first: of equal values the
 * first gets all, as in two axes.
 */
export const maxPool3dGradient: Patch = gradientPatch(
  {
    member: 'MaxPool3D',
    why: "TensorFlow's MaxPool3DGrad hands dy to each of several equal largest values, instead of to one.",
    on: 'native',
  },
  (original) => (dy, saved, attributes) => {
    const [x] = saved;
    const { filterSize, strides, pad } = attributes as unknown as tf.MaxPool3DAttrs;
    const isPlain = pad === 'valid' || pad === 'same';
    if (x === undefined || Array.isArray(dy) || !isPlain) return original(dy, saved, attributes);
    return { x: () => tf.tidy(() => gradient(x, dy, triple(filterSize), triple(strides), pad)) };
  },
);

function gradient(x: Tensor, dy: Tensor, size: Triple, strides: Triple, pad: Padding): Tensor {
  const [batch = 0, depth = 0, height = 0, width = 0, channels = 0] = x.shape;
  const [, outDepth = 0, outHeight = 0, outWidth = 0] = dy.shape;
  const [sizeOfDepth, ...sizeOfPlane] = size;
  const [strideOfDepth, ...strideOfPlane] = strides;
  const plane = { size: sizeOfPlane, strides: strideOfPlane, pad };
  const column = { size: [sizeOfDepth, 1] as Pair, strides: [strideOfDepth, 1] as Pair, pad };

  const planes = tf.reshape<tf.Rank.R4>(x, [batch * depth, height, width, channels]);
  const pooled = tf.maxPool(planes, plane.size, plane.strides, pad);
  const columns = tf.reshape<tf.Rank.R4>(pooled, [batch, depth, outHeight * outWidth, channels]);
  const whole = tf.maxPool(columns, column.size, column.strides, pad);
  const ofWhole = tf.reshape(dy, [batch, outDepth, outHeight * outWidth, channels]);
  const ofColumns = poolGradient(ofWhole, columns, whole, column);
  const ofPlanes = poolGradient(tf.reshape(ofColumns, pooled.shape), planes, pooled, plane);
  return tf.reshape(ofPlanes, x.shape);
}

function poolGradient(
  dy: Tensor,
  input: Tensor,
  output: Tensor,
  { size, strides, pad }: { readonly size: Pair; readonly strides: Pair; readonly pad: Padding },
): Tensor {
  const attributes = { filterSize: size, strides, pad };
  return tf.engine().runKernel<Tensor>('MaxPoolGrad', { dy, input, output }, attributes);
}

function triple(size: number | Triple): Triple {
  return typeof size === 'number' ? [size, size, size] : size;
}
