/** Convolutions and pools. */
import { chain, one } from './networks.mjs';

const { layers } = tf;

const PADDINGS = ['same', 'valid'];
export const convolutions = Object.fromEntries(
  PADDINGS.flatMap((padding) => [
    [
      `Conv1D, ${padding}`,
      one([9, 3], () => layers.conv1d({ filters: 4, kernelSize: 3, padding })),
    ],
    [
      `Conv1D with strides, ${padding}`,
      one([9, 3], () => layers.conv1d({ filters: 4, kernelSize: 4, strides: 2, padding })),
    ],
    [
      `Conv1D with dilation, ${padding}`,
      one([9, 3], () => layers.conv1d({ filters: 4, kernelSize: 3, dilationRate: 2, padding })),
    ],
    [
      `Conv2D, ${padding}`,
      one([7, 6, 3], () => layers.conv2d({ filters: 4, kernelSize: 3, padding })),
    ],
    [
      `Conv2D with strides, ${padding}`,
      one([7, 8, 3], () => layers.conv2d({ filters: 4, kernelSize: [2, 3], strides: 2, padding })),
    ],
    [
      `Conv2D with dilation, ${padding}`,
      one([9, 9, 3], () =>
        layers.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, padding, useBias: false }),
      ),
    ],
    [
      `Conv2D on images of open size, ${padding}`,
      one(
        [null, null, 3],
        () => layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding }),
        { open: 6 },
      ),
    ],
    [
      `Conv2D with channels first, ${padding}`,
      one([3, 7, 6], () =>
        layers.conv2d({ filters: 4, kernelSize: 3, padding, dataFormat: 'channelsFirst' }),
      ),
    ],
    [
      `Conv3D, ${padding}`,
      one([5, 5, 4, 2], () => layers.conv3d({ filters: 3, kernelSize: 2, padding, strides: 1 })),
    ],
    [
      `DepthwiseConv2D, ${padding}`,
      one([7, 7, 3], () => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding })),
    ],
    [
      `DepthwiseConv2D with strides, ${padding}`,
      one([8, 8, 3], () => layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding })),
    ],
    [
      `SeparableConv2D, ${padding}`,
      one([7, 7, 3], () =>
        layers.separableConv2d({ filters: 5, kernelSize: 3, depthMultiplier: 2, padding }),
      ),
    ],
    ...[1, 2, 3].map((strides) => [
      `Conv2DTranspose with strides of ${strides}, ${padding}`,
      one([4, 5, 3], () =>
        layers.conv2dTranspose({ filters: 2, kernelSize: [2, 3], strides, padding }),
      ),
    ]),
    [
      `Conv3DTranspose, ${padding}`,
      one([3, 4, 3, 2], () =>
        layers.conv3dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding }),
      ),
    ],
  ]),
);

export const pools = Object.fromEntries(
  PADDINGS.flatMap((padding) => [
    [`MaxPooling1D, ${padding}`, one([9, 3], () => layers.maxPooling1d({ poolSize: 2, padding }))],
    [
      `AveragePooling1D, ${padding}`,
      one([9, 3], () => layers.averagePooling1d({ poolSize: 3, strides: 2, padding })),
    ],
    [
      `MaxPooling2D, ${padding}`,
      one([7, 7, 3], () => layers.maxPooling2d({ poolSize: 2, padding })),
    ],
    [
      `AveragePooling2D, ${padding}`,
      one([7, 7, 3], () => layers.averagePooling2d({ poolSize: 3, strides: 2, padding })),
    ],
    [
      `MaxPooling2D with channels first, ${padding}`,
      one([3, 7, 7], () =>
        layers.maxPooling2d({ poolSize: 2, padding, dataFormat: 'channelsFirst' }),
      ),
    ],
    [
      `MaxPooling3D, ${padding}`,
      one([5, 5, 5, 2], () => layers.maxPooling3d({ poolSize: 2, padding })),
    ],
    [
      `AveragePooling3D, ${padding}`,
      one([5, 5, 5, 2], () => layers.averagePooling3d({ poolSize: 2, padding })),
    ],
  ]),
);

export const globals = {
  GlobalMaxPooling1D: one([6, 3], () => layers.globalMaxPooling1d()),
  GlobalAveragePooling1D: one([6, 3], () => layers.globalAveragePooling1d()),
  GlobalMaxPooling2D: one([5, 6, 3], () => layers.globalMaxPooling2d({})),
  GlobalAveragePooling2D: one([5, 6, 3], () => layers.globalAveragePooling2d({})),
  'GlobalAveragePooling2D with channels first': one([3, 5, 6], () =>
    layers.globalAveragePooling2d({ dataFormat: 'channelsFirst' }),
  ),
  'GlobalAveragePooling2D after a convolution': {
    model: () =>
      chain(
        [6, 6, 2],
        layers.conv2d({ filters: 3, kernelSize: 3 }),
        layers.globalAveragePooling2d({}),
      ),
    operators: { Transpose: 1 },
  },
  'UpSampling2D, nearest': one([3, 4, 2], () => layers.upSampling2d({ size: [2, 3] })),
  'UpSampling2D, bilinear': one([3, 4, 2], () =>
    layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }),
  ),
};
