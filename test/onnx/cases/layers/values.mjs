/** Layers that move, normalize and join values. */
import { chain, join, one } from './networks.mjs';

const { layers } = tf;

export const shapes = {
  Flatten: one([3, 4, 2], () => layers.flatten()),
  'Flatten with channels first': one([2, 3, 4], () =>
    layers.flatten({ dataFormat: 'channelsFirst' }),
  ),
  Reshape: one([3, 4], () => layers.reshape({ targetShape: [2, 6] })),
  'Reshape with an open size': one([3, 4], () => layers.reshape({ targetShape: [2, null] })),
  Permute: one([3, 4, 2], () => layers.permute({ dims: [3, 1, 2] })),
  'Permute after a convolution, which already has channels first': {
    model: () =>
      chain(
        [6, 6, 2],
        layers.conv2d({ filters: 3, kernelSize: 3 }),
        layers.permute({ dims: [3, 1, 2] }),
      ),
    operators: { Transpose: 1 },
  },
  RepeatVector: one([4], () => layers.repeatVector({ n: 3 })),
  ZeroPadding2D: one([4, 5, 2], () =>
    layers.zeroPadding2d({
      padding: [
        [1, 2],
        [3, 0],
      ],
    }),
  ),
  Cropping2D: one([6, 7, 2], () =>
    layers.cropping2D({
      cropping: [
        [1, 2],
        [0, 3],
      ],
    }),
  ),
  Dropout: { model: () => chain([6], layers.dense({ units: 4 }), layers.dropout({ rate: 0.5 })) },
  SpatialDropout1D: one([5, 4], () => layers.spatialDropout1d({ rate: 0.5 })),
  GaussianNoise: one([6], () => layers.gaussianNoise({ stddev: 1 })),
  GaussianDropout: one([6], () => layers.gaussianDropout({ rate: 0.5 })),
  AlphaDropout: one([6], () => layers.alphaDropout({ rate: 0.5 })),
};

export const normalizations = {
  BatchNormalization: one([6], () => layers.batchNormalization()),
  'BatchNormalization of images': one([4, 4, 3], () => layers.batchNormalization(), {
    operators: { Transpose: 0 },
  }),
  'BatchNormalization without scale and offset': one([4, 4, 3], () =>
    layers.batchNormalization({ scale: false, center: false, epsilon: 0.01 }),
  ),
  'BatchNormalization after a convolution': {
    model: () =>
      chain([6, 6, 2], layers.conv2d({ filters: 3, kernelSize: 3 }), layers.batchNormalization()),
    operators: { BatchNormalization: 1, Transpose: 2 },
  },
  'BatchNormalization of a sequence': one([5, 4], () => layers.batchNormalization()),
  LayerNormalization: one([5, 8], () => layers.layerNormalization()),
  'LayerNormalization over two axes': one([4, 3, 5], () =>
    layers.layerNormalization({ axis: [2, 3], center: false }),
  ),
  'LayerNormalization without scale': one([8], () =>
    layers.layerNormalization({ scale: false, epsilon: 1e-5 }),
  ),
  GroupNormalization: one([4, 4, 6], () => halfnote.groupNormalization({ groups: 3 })),
  'GroupNormalization of a sequence': one([5, 6], () => halfnote.groupNormalization({ groups: 2 })),
  'GroupNormalization of vectors': one([6], () =>
    halfnote.groupNormalization({ groups: 2, scale: false }),
  ),
  'GroupNormalization after a convolution': {
    model: () =>
      chain(
        [6, 6, 2],
        layers.conv2d({ filters: 4, kernelSize: 3 }),
        halfnote.groupNormalization({ groups: 2 }),
      ),
    operators: { Transpose: 2 },
  },
};

export const merges = Object.fromEntries(
  ['add', 'multiply', 'average', 'maximum', 'minimum'].flatMap((kind) => [
    [kind, { model: () => join([[4], [4], [4]], layers[kind]()) }],
    [
      `${kind}, stretching`,
      {
        model: () =>
          join(
            [
              [3, 4],
              [1, 4],
            ],
            layers[kind](),
          ),
      },
    ],
  ]),
);
export const joins = {
  concatenate: { model: () => join([[4], [3]], layers.concatenate()) },
  'concatenate along the first axis': {
    model: () =>
      join(
        [
          [2, 4],
          [3, 4],
        ],
        layers.concatenate({ axis: 1 }),
      ),
  },
  'dot of vectors': { model: () => join([[4], [4]], layers.dot({ axes: -1 })) },
  'dot of vectors, normalized': {
    model: () => join([[4], [4]], layers.dot({ axes: -1, normalize: true })),
  },
  'dot of matrices': {
    model: () =>
      join(
        [
          [3, 4],
          [4, 5],
        ],
        layers.dot({ axes: [2, 1] }),
      ),
  },
  'dot of matrices along their last axes': {
    model: () =>
      join(
        [
          [3, 4],
          [5, 4],
        ],
        layers.dot({ axes: [2, 2] }),
      ),
  },
  'dot of matrices along their first axes': {
    model: () =>
      join(
        [
          [4, 3],
          [4, 5],
        ],
        layers.dot({ axes: [1, 1] }),
      ),
  },
};
