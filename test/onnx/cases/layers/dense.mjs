/** Activations, and dense layers. */
import { chain, one } from './networks.mjs';

const { layers } = tf;

const ACTIVATIONS = [
  'elu',
  'gelu',
  'gelu_new',
  'hardSigmoid',
  'linear',
  'logSoftmax',
  'mish',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softmax',
  'softplus',
  'softsign',
  'swish',
  'tanh',
];

export const activations = Object.fromEntries(
  ACTIVATIONS.flatMap((activation) => [
    [`activation ${activation}`, one([7], () => layers.activation({ activation }))],
    [
      `activation ${activation} of a convolution`,
      one([5, 5, 2], () => layers.conv2d({ filters: 3, kernelSize: 2, activation })),
    ],
  ]),
);

export const advanced = {
  'ReLU with a maximum': one([7], () => layers.reLU({ maxValue: 0.5 })),
  ReLU: one([7], () => layers.reLU()),
  LeakyReLU: one([7], () => layers.leakyReLU({ alpha: 0.2 })),
  ELU: one([7], () => layers.elu()),
  ThresholdedReLU: one([7], () => layers.thresholdedReLU({ theta: 0.4 })),
  PReLU: one([7], () => layers.prelu()),
  'PReLU with shared axes': one([4, 4, 3], () => layers.prelu({ sharedAxes: [1, 2] })),
  'PReLU after a convolution': {
    model: () => chain([6, 6, 2], layers.conv2d({ filters: 3, kernelSize: 3 }), layers.prelu()),
  },
  Softmax: one([7], () => layers.softmax({ axis: -1 })),
  'Softmax over two axes': one([4, 5], () => layers.softmax({ axis: [1, 2] })),
};

export const dense = {
  Dense: one([6], () => layers.dense({ units: 4, activation: 'tanh' })),
  'Dense without bias': one([6], () => layers.dense({ units: 4, useBias: false })),
  'Dense on a sequence': one([5, 6], () => layers.dense({ units: 4 })),
  'Dense on an open sequence': one([null, 6], () =>
    layers.dense({ units: 4, activation: 'softmax' }),
  ),
  'Dense with 40 inputs': one([40], () => layers.dense({ units: 6 }), { formats: ['int4'] }),
  'Dense with 64 inputs on a sequence': one([3, 64], () => layers.dense({ units: 6 }), {
    formats: ['int4'],
  }),
};
