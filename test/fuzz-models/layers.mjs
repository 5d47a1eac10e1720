/**
 * Every kind of layer that a random model may have: the shapes it takes (without the batch) and random
 * arguments for it. `noise`: random while it trains.
 */
const ACTIVATIONS = [
  'linear',
  'relu',
  'relu6',
  'tanh',
  'sigmoid',
  'elu',
  'selu',
  'softmax',
  'softplus',
  'softsign',
  'hardSigmoid',
  'swish',
  'mish',
  'gelu',
  'gelu_new',
  'logSoftmax',
];
const CELLS = ['linear', 'relu', 'tanh', 'sigmoid', 'hardSigmoid'];
const ORDER = 'channelsFirst';

const rank =
  (...ranks) =>
  (shape) =>
    ranks.includes(shape.length);
const any = rank(1, 2, 3, 4);
const features = (shape) => shape.at(-1);

const maybe = (random, share, args) => (random.chance(share) ? args : {});
const activation = (random) => maybe(random, 0.6, { activation: random.pick(ACTIVATIONS) });
const bias = (random) => maybe(random, 0.25, { useBias: false });
const padding = (random) => ({ padding: random.pick(['same', 'valid']) });

/** A window that fits on each axis, with strides or a dilation, not both. */
function windowOf(random, sizes, { dilates = false, one = false } = {}) {
  const least = Math.min(...sizes);
  const dilation = dilates && random.chance(0.25) && least >= 3 ? 2 : 1;
  const most = Math.max(1, Math.floor((least - 1) / dilation) + 1);
  const size = () => random.int(1, Math.min(3, most));
  const kernelSize = one || random.chance(0.6) ? size() : sizes.map(size);
  const strides = dilation === 1 ? maybe(random, 0.35, { strides: 2 }) : {};
  return { kernelSize, ...strides, ...(dilation > 1 ? { dilationRate: dilation } : {}) };
}

function pool(random, sizes) {
  const most = Math.min(3, ...sizes);
  return {
    poolSize: random.int(1, most),
    ...maybe(random, 0.5, { strides: random.int(1, 2) }),
    ...padding(random),
  };
}

/**
 * Windows of 3 axes that are no smaller than their steps: where they are, tfjs's JavaScript kernels pad
 * by a negative number and begin within the volume.
 */
function volumePool(random, sizes) {
  const args = pool(random, sizes);
  return args.strides > args.poolSize ? { ...args, padding: 'valid' } : args;
}

function volumeConvolution(random, shape) {
  const args = convolution(random, shape, { one: true });
  return args.strides > args.kernelSize ? { ...args, padding: 'valid' } : args;
}

function convolution(random, shape, options) {
  const first = options?.channelsFirst && random.chance(0.12) ? { dataFormat: ORDER } : {};
  const sizes = first.dataFormat === ORDER ? shape.slice(1) : shape.slice(0, -1);
  return {
    ...windowOf(random, sizes, options),
    ...padding(random),
    ...first,
    ...activation(random),
    ...bias(random),
  };
}

const imagePool = (random, shape) => {
  const first = random.chance(0.12);
  const sizes = first ? shape.slice(1) : shape.slice(0, -1);
  return { ...pool(random, sizes), ...(first ? { dataFormat: ORDER } : {}) };
};

const recurrent = (random, activations = CELLS) => ({
  units: random.int(1, 5),
  ...maybe(random, 0.3, { activation: random.pick(activations) }),
  ...maybe(random, 0.3, { recurrentActivation: random.pick(['sigmoid', 'hardSigmoid']) }),
  ...maybe(random, 0.5, { returnSequences: true }),
  ...maybe(random, 0.2, { goBackwards: true }),
  ...bias(random),
});
const sequence = (shape) => shape.length === 2;
const image = (shape) => shape.length === 3;
const volume = (shape) => shape.length === 4;
const merge = (args = () => ({})) => ({ takes: any, several: true, args });

export const KINDS = {
  dense: { takes: any, args: (r) => ({ units: r.int(1, 8), ...activation(r), ...bias(r) }) },
  activation: { takes: any, args: (r) => ({ activation: r.pick(ACTIVATIONS) }) },
  reLU: { takes: any, args: (r) => maybe(r, 0.4, { maxValue: r.pick([0.5, 6]) }) },
  leakyReLU: { takes: any, args: (r) => maybe(r, 0.5, { alpha: 0.1 }) },
  elu: { takes: any, args: () => ({}) },
  thresholdedReLU: { takes: any, args: (r) => ({ theta: r.pick([0.1, 1]) }) },
  prelu: {
    takes: any,
    args: (r, shape) => maybe(r, 0.4, shape.length > 1 ? { sharedAxes: [1] } : {}),
  },
  softmax: { takes: any, args: () => ({ axis: -1 }) },
  conv1d: {
    takes: sequence,
    args: (r, shape) => ({
      filters: r.int(1, 5),
      ...convolution(r, shape, { dilates: true, one: true }),
      ...maybe(r, 0.06, { padding: 'causal' }),
    }),
  },
  conv2d: {
    takes: image,
    args: (r, s) => ({
      filters: r.int(1, 5),
      ...convolution(r, s, { dilates: true, channelsFirst: true }),
    }),
  },
  depthwiseConv2d: {
    takes: image,
    args: (r, s) => ({
      ...convolution(r, s, { dilates: true }),
      ...maybe(r, 0.4, { depthMultiplier: 2 }),
    }),
  },
  separableConv2d: {
    takes: image,
    args: (r, s) => ({
      filters: r.int(1, 5),
      ...convolution(r, s, {}),
      ...maybe(r, 0.3, { depthMultiplier: 2 }),
    }),
  },
  conv2dTranspose: {
    takes: image,
    args: (r, s) => ({
      filters: r.int(1, 4),
      ...windowOf(r, s.slice(0, -1)),
      ...padding(r),
      ...activation(r),
      ...bias(r),
    }),
  },
  conv3d: {
    takes: volume,
    args: (r, s) => ({ filters: r.int(1, 3), ...volumeConvolution(r, s) }),
  },
  conv3dTranspose: {
    takes: volume,
    args: (r, s) => ({ filters: r.int(1, 3), ...volumeConvolution(r, s) }),
  },
  maxPooling1d: { takes: sequence, args: (r, s) => pool(r, s.slice(0, -1)) },
  averagePooling1d: { takes: sequence, args: (r, s) => pool(r, s.slice(0, -1)) },
  maxPooling2d: { takes: image, args: imagePool },
  averagePooling2d: { takes: image, args: imagePool },
  maxPooling3d: { takes: volume, args: (r, s) => volumePool(r, s.slice(0, -1)) },
  averagePooling3d: { takes: volume, args: (r, s) => volumePool(r, s.slice(0, -1)) },
  globalMaxPooling1d: { takes: sequence, args: () => ({}) },
  globalAveragePooling1d: { takes: sequence, args: () => ({}) },
  globalMaxPooling2d: { takes: image, args: () => ({}) },
  globalAveragePooling2d: { takes: image, args: () => ({}) },
  upSampling2d: {
    takes: image,
    args: (r) => ({ size: [r.int(1, 2), 2], ...maybe(r, 0.3, { interpolation: 'bilinear' }) }),
  },
  zeroPadding2d: {
    takes: image,
    args: (r) => ({
      padding: [
        [r.int(0, 2), 1],
        [0, r.int(0, 1)],
      ],
    }),
  },
  cropping2D: {
    takes: image,
    args: (r) => ({
      cropping: [
        [r.int(0, 1), 1],
        [0, r.int(0, 1)],
      ],
    }),
  },
  flatten: { takes: rank(2, 3, 4), args: () => ({}) },
  reshape: {
    takes: any,
    args: (r, shape) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const width = r.pick([1, 2, 3, 4].filter((n) => size % n === 0));
      return { targetShape: [size / width, width] };
    },
  },
  permute: {
    takes: rank(2, 3, 4),
    args: (r, shape) => ({
      dims: r.chance(0.5)
        ? shape.map((_, i) => shape.length - i)
        : shape.map((_, i) => ((i + 1) % shape.length) + 1),
    }),
  },
  repeatVector: { takes: rank(1), args: (r) => ({ n: r.int(1, 4) }) },
  masking: { takes: sequence, args: () => ({ maskValue: 0 }) },
  batchNormalization: {
    takes: rank(1, 2, 3),
    args: (r) => ({
      ...maybe(r, 0.2, { scale: false }),
      ...maybe(r, 0.2, { center: false }),
      ...maybe(r, 0.2, { epsilon: 1e-5 }),
    }),
  },
  layerNormalization: { takes: any, args: (r) => maybe(r, 0.2, { epsilon: 1e-5 }) },
  groupNormalization: {
    takes: rank(2, 3),
    own: true,
    args: (r, shape) => ({
      groups: r.pick([1, 2, features(shape)].filter((n) => features(shape) % n === 0)),
    }),
  },
  simpleRNN: {
    takes: sequence,
    args: (r) => ({ ...recurrent(r), recurrentActivation: undefined }),
  },
  gru: {
    takes: sequence,
    args: (r) => ({ ...recurrent(r), ...maybe(r, 0.3, { implementation: 1 }) }),
  },
  lstm: {
    takes: sequence,
    args: (r) => ({ ...recurrent(r), ...maybe(r, 0.3, { unitForgetBias: false }) }),
  },
  convLstm2d: {
    takes: volume,
    args: (r, s) => ({
      filters: r.int(1, 3),
      kernelSize: r.int(1, Math.min(2, s[1], s[2])),
      ...padding(r),
      ...maybe(r, 0.5, { returnSequences: true }),
    }),
  },
  rescaling: {
    takes: any,
    args: (r) => ({ scale: r.pick([0.5, 2, 1 / 255]), offset: r.pick([0, 1]) }),
  },
  dropout: { takes: any, noise: true, args: () => ({ rate: 0.5 }) },
  spatialDropout1d: { takes: sequence, noise: true, args: () => ({ rate: 0.5 }) },
  gaussianNoise: { takes: any, noise: true, args: () => ({ stddev: 1 }) },
  gaussianDropout: { takes: any, noise: true, args: () => ({ rate: 0.5 }) },
  alphaDropout: { takes: any, noise: true, args: () => ({ rate: 0.5 }) },
  multiHeadAttention: {
    takes: sequence,
    own: true,
    args: (r) => ({
      numHeads: r.int(1, 2),
      keyDim: r.int(1, 4),
      ...maybe(r, 0.3, { causal: true }),
      ...maybe(r, 0.2, { useBias: false }),
    }),
  },
  positionEmbedding: {
    takes: sequence,
    own: true,
    args: (r, s) => ({ maxLength: s[0] + r.int(0, 3) }),
  },
  add: merge(),
  average: merge(),
  maximum: merge(),
  minimum: merge(),
  multiply: merge(),
  concatenate: merge((r, shape) => ({ axis: r.chance(0.7) ? -1 : r.int(1, shape.length) })),
  dot: {
    takes: rank(1, 2),
    several: true,
    args: (r, s) => ({ axes: s.length, ...maybe(r, 0.3, { normalize: true }) }),
  },
};

/** Kinds that may stand inside `timeDistributed`; of recurrent ones inside `bidirectional`. */
export const STEPPED = [
  'dense',
  'conv1d',
  'conv2d',
  'depthwiseConv2d',
  'flatten',
  'activation',
  'batchNormalization',
  'layerNormalization',
  'maxPooling1d',
  'maxPooling2d',
  'globalAveragePooling1d',
  'reLU',
  'lstm',
];
export const RECURRENT = ['simpleRNN', 'gru', 'lstm'];
