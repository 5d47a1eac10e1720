import * as tf from '@tensorflow/tfjs';
import type { Tensor5D } from '@tensorflow/tfjs';

type Triple = [number, number, number];

/**
 * The gradient of the transposed 3D convolution, which tfjs lacks: without it `conv3dTranspose` layers
 * can't train. The op is the transpose of conv3d in its input, so its own gradients are conv3d and
 * conv3d's filter gradient with x and dy exchanged.
 */
export function installConv3dTransposeGradient(): void {
  if ((tf.getGradient('Conv3DBackpropInputV2') as tf.GradConfig | undefined) !== undefined) return;
  tf.registerGradient({
    kernelName: 'Conv3DBackpropInputV2',
    inputsToSave: ['dy', 'filter'],
    gradFunc: (upstream, saved, attributes) => {
      const [dy, filter] = saved as [Tensor5D, Tensor5D];
      const { strides, pad } = attributes as unknown as { strides: Triple; pad: 'valid' | 'same' };
      const dx = upstream as Tensor5D;
      return {
        dy: () => tf.conv3d(dx, filter, strides, pad),
        filter: () =>
          tf.engine().runKernel<Tensor5D>(
            'Conv3DBackpropFilterV2',
            { x: dx, dy },
            {
              strides,
              pad,
              filterShape: filter.shape,
            },
          ),
      };
    },
  });
}
