import * as tf from '@tensorflow/tfjs';
import type { Tensor4D } from '@tensorflow/tfjs';
import { kernelPatch, type Patch } from './patch';

/** A window of one value sees every `stride`th value: of these alone, the convolution has no strides. */
export const pointwiseFilterGradient: Patch = kernelPatch(
  {
    member: 'Conv2DBackpropFilter',
    why: "TensorFlow's oneDNN kernel writes beyond its memory for 1x1 filters with strides.",
    on: 'native-cpu',
  },
  (original) => (call) => {
    const { filterShape, strides, dataFormat, ...others } =
      call.attrs as unknown as tf.Conv2DBackpropFilterAttrs;
    const [height, width] = filterShape;
    const [vertical, horizontal] = pair(strides);
    const isPointwise = height === 1 && width === 1 && (vertical > 1 || horizontal > 1);
    if (!isPointwise || dataFormat !== 'NHWC') return original(call);
    const x = call.inputs['x'] as Tensor4D;
    const seen = tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, vertical, horizontal, 1]);
    try {
      return original({
        ...call,
        inputs: { ...call.inputs, x: seen },
        attrs: { ...others, filterShape, dataFormat, strides: [1, 1] },
      });
    } finally {
      seen.dispose();
    }
  },
);

function pair(strides: number | [number, number]): [number, number] {
  return typeof strides === 'number' ? [strides, strides] : strides;
}
