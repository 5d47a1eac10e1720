import * as tf from '@tensorflow/tfjs';
import type { Tensor4D } from '@tensorflow/tfjs';
import { kernelPatch, type Patch } from './patch';

const KERNELS = ['DepthwiseConv2dNative', 'FusedDepthwiseConv2D'] as const;

/**
 * With zeros put between the filter's values, the convolution without dilations is the same one. In
 * Python `tf.nn.depthwise_conv2d` works around them too.
 */
export const dilatedDepthwise: readonly Patch[] = KERNELS.map((member) =>
  kernelPatch(
    { member, why: "TensorFlow's depthwise kernels refuse dilations.", on: 'native' },
    (original) => (call) => {
      const [height, width] = dilationsOf(call.attrs);
      if (height === 1 && width === 1) return original(call);
      const filter = dilated(call.inputs['filter'] as Tensor4D, height, width);
      try {
        return original({
          ...call,
          inputs: { ...call.inputs, filter },
          attrs: { ...call.attrs, dilations: [1, 1] },
        });
      } finally {
        filter.dispose();
      }
    },
  ),
);

function dilationsOf(attributes: tf.NamedAttrMap | undefined): [number, number] {
  const dilations = attributes?.['dilations'] as number | readonly number[] | null | undefined;
  if (typeof dilations === 'number') return [dilations, dilations];
  return [dilations?.[0] ?? 1, dilations?.[1] ?? 1];
}

/** [h, w, in, multiplier] -> [(h - 1) * height + 1, (w - 1) * width + 1, in, multiplier]. */
function dilated(filter: Tensor4D, height: number, width: number): Tensor4D {
  const [h, w, channels, multiplier] = filter.shape;
  return tf.tidy(() => {
    const apart = tf.pad(tf.reshape(filter, [h, 1, w, 1, channels * multiplier]), [
      [0, 0],
      [0, height - 1],
      [0, 0],
      [0, width - 1],
      [0, 0],
    ]);
    const spread = tf.reshape<tf.Rank.R4>(apart, [h * height, w * width, channels, multiplier]);
    const [tall, wide] = [(h - 1) * height + 1, (w - 1) * width + 1];
    return tf.slice(spread, [0, 0, 0, 0], [tall, wide, channels, multiplier]);
  });
}
