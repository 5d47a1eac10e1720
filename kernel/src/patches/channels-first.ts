import * as tf from '@tensorflow/tfjs';
import type { KernelCall } from './javascript-kernels';
import { kernelPatch, type Patch } from './patch';

const TO_LAST = [0, 2, 3, 1];
const TO_FIRST = [0, 3, 1, 2];

/** Kernels that have channels first or last: their images, and whether the result is one. */
const KERNELS: Readonly<
  Record<string, { readonly images: readonly string[]; readonly makes?: 'filter' }>
> = {
  Conv2D: { images: ['x'] },
  Conv2DBackpropFilter: { images: ['x', 'dy'], makes: 'filter' },
  Conv2DBackpropInput: { images: ['dy'] },
  DepthToSpace: { images: ['x'] },
  FusedConv2D: { images: ['x', 'bias', 'preluActivationWeights'] },
};

/** `dataFormat: 'NCHW'`: images are transposed, and what comes of them is transposed back. */
export const channelsFirst: readonly Patch[] = Object.entries(KERNELS).map(
  ([member, { images, makes }]) =>
    kernelPatch(
      {
        member,
        why: "tfjs gives TensorFlow's channels-first kernels strides in the wrong order, and a CPU has few.",
        on: 'native',
      },
      (original) => (call) => {
        if (call.attrs?.['dataFormat'] !== 'NCHW') return original(call);
        return tf.tidy(() => {
          const result = original(channelsLast(call, images)) as tf.Tensor;
          return makes === 'filter' ? result : tf.transpose(result, TO_FIRST);
        });
      },
    ),
);

function channelsLast(
  { inputs, attrs, backend }: KernelCall,
  images: readonly string[],
): KernelCall {
  const moved = images.flatMap((name) => {
    const image = inputs[name] as tf.Tensor | undefined;
    return image === undefined ? [] : [[name, transposed(image)] as const];
  });
  const { inputShape, pad } = attrs ?? {};
  return {
    backend,
    inputs: { ...inputs, ...Object.fromEntries(moved) },
    attrs: {
      ...attrs,
      dataFormat: 'NHWC',
      ...(Array.isArray(inputShape) && { inputShape: reordered(inputShape as number[]) }),
      ...(Array.isArray(pad) && { pad: reordered(pad as unknown as number[][]) }),
    },
  };
}

/** A bias of one axis, or weights of an activation without the batch's, are meant too. */
function transposed(image: tf.Tensor): tf.Tensor {
  if (image.rank === 4) return tf.transpose(image, TO_LAST);
  return image.rank === 3 ? tf.transpose(image, [1, 2, 0]) : image;
}

function reordered<T>(list: readonly T[]): T[] {
  return TO_LAST.map((axis) => list[axis] as T);
}
