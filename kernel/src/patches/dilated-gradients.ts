import * as tf from '@tensorflow/tfjs';
import { dealtOut, isDilated } from './dilated-grid';
import { gradientPatch, type Patch } from './patch';
import { perAxis } from './window-geometry';

/** The kernels of a convolution's gradients. */
export interface Convolution {
  readonly axes: 2 | 3;
  readonly ofInput: string;
  readonly ofFilter: string;
}

export const CONVOLUTIONS = {
  Conv2D: { axes: 2, ofInput: 'Conv2DBackpropInput', ofFilter: 'Conv2DBackpropFilter' },
  Conv3D: { axes: 3, ofInput: 'Conv3DBackpropInputV2', ofFilter: 'Conv3DBackpropFilterV2' },
  DepthwiseConv2dNative: {
    axes: 2,
    ofInput: 'DepthwiseConv2dNativeBackpropInput',
    ofFilter: 'DepthwiseConv2dNativeBackpropFilter',
  },
} as const satisfies Readonly<Record<string, Convolution>>;

/** Dilated convolutions train. */
export const dilatedGradients: readonly Patch[] = Object.entries(CONVOLUTIONS).map(
  ([member, convolution]) =>
    gradientPatch(
      { member, why: 'tfjs refuses gradients of dilated convolutions.', on: 'native' },
      (original) => (dy, saved, attributes) => {
        const [x, filter] = saved;
        if (!x || !filter || Array.isArray(dy)) return original(dy, saved, attributes);
        if (!isDilated(attributes, convolution.axes)) return original(dy, saved, attributes);
        return gradientsOf(convolution, dy, x, filter, attributes);
      },
    ),
);

/** The gradients of a convolution of any dilation and order of channels. */
export function gradientsOf(
  { axes, ofInput, ofFilter }: Convolution,
  dy: tf.Tensor,
  x: tf.Tensor,
  filter: tf.Tensor,
  attributes: tf.NamedAttrMap,
): { readonly x: () => tf.Tensor; readonly filter: () => tf.Tensor } {
  const run = (kernel: string, inputs: tf.NamedTensorMap, own: tf.NamedAttrMap): tf.Tensor =>
    tf.engine().runKernel(kernel, inputs, own);
  if (!isDilated(attributes, axes)) {
    return {
      x: () => run(ofInput, { dy, filter }, { ...attributes, inputShape: x.shape }),
      filter: () => run(ofFilter, { x, dy }, { ...attributes, filterShape: filter.shape }),
    };
  }
  const dealt = dealtOut(x, filter, attributes, axes);
  const plain = {
    strides: [...perAxis(1, axes)],
    pad: 'valid',
    dilations: [...perAxis(1, axes)],
    dataFormat: 'NHWC',
  };
  return {
    x: () =>
      tf.tidy(() => {
        const inputShape = dealt.input(x).shape;
        const gradient = run(ofInput, { dy: dealt.output(dy), filter }, { ...plain, inputShape });
        return dealt.gathered(gradient);
      }),
    filter: () =>
      tf.tidy(() =>
        run(
          ofFilter,
          { x: dealt.input(x), dy: dealt.output(dy) },
          { ...plain, filterShape: filter.shape },
        ),
      ),
  };
}
