/** A model for each kind of layer and each of its options that changes what is computed. */
const { layers } = tf;

/** A model of layers in a row. */
const chain = (inputShape, ...list) => {
  const input = tf.input({ shape: inputShape });
  const output = list.reduce((x, layer) => layer.apply(x), input);
  return tf.model({ inputs: input, outputs: output });
};
/** The same, on whole numbers. */
const onTokens = (inputShape, ...list) => {
  const input = tf.input({ shape: inputShape, dtype: 'int32' });
  const output = list.reduce((x, layer) => layer.apply(x), input);
  return tf.model({ inputs: input, outputs: output });
};
/** One layer on several inputs. */
const join = (shapes, layer) => {
  const inputs = shapes.map((shape) => tf.input({ shape }));
  return tf.model({ inputs, outputs: layer.apply(inputs) });
};
const one = (inputShape, layer, rest = {}) => ({
  model: () => chain(inputShape, layer()),
  ...rest,
});

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

const activations = Object.fromEntries(
  ACTIVATIONS.flatMap((activation) => [
    [`activation ${activation}`, one([7], () => layers.activation({ activation }))],
    [
      `activation ${activation} of a convolution`,
      one([5, 5, 2], () => layers.conv2d({ filters: 3, kernelSize: 2, activation })),
    ],
  ]),
);

const advanced = {
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

const dense = {
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

const PADDINGS = ['same', 'valid'];
const convolutions = Object.fromEntries(
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

const pools = Object.fromEntries(
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

const globals = {
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

const shapes = {
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

const normalizations = {
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

const merges = Object.fromEntries(
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
const joins = {
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

const attention = {
  Embedding: { model: () => onTokens([6], layers.embedding({ inputDim: 7, outputDim: 4 })) },
  'Embedding of float tokens': {
    model: () => chain([6], layers.embedding({ inputDim: 7, outputDim: 4 })),
    data: (shape) => tf.cast(tf.randomUniform(shape, 0, 7, 'int32', 3), 'float32'),
  },
  PositionEmbedding: one([6, 4], () => halfnote.positionEmbedding({ maxLength: 6 })),
  'PositionEmbedding of a shorter sequence': one([4, 4], () =>
    halfnote.positionEmbedding({ maxLength: 6 }),
  ),
  'PositionEmbedding of an open sequence': one([null, 4], () =>
    halfnote.positionEmbedding({ maxLength: 6 }),
  ),
  MultiHeadAttention: one([5, 8], () => halfnote.multiHeadAttention({ numHeads: 2, keyDim: 3 })),
  'MultiHeadAttention, causal': one([5, 8], () =>
    halfnote.multiHeadAttention({ numHeads: 2, keyDim: 4, causal: true, useBias: false }),
  ),
  'MultiHeadAttention, causal, on an open sequence': one([null, 8], () =>
    halfnote.multiHeadAttention({ numHeads: 2, keyDim: 4, causal: true }),
  ),
  'MultiHeadAttention of a query and a value': {
    model: () =>
      join(
        [
          [5, 8],
          [7, 4],
        ],
        halfnote.multiHeadAttention({ numHeads: 2, keyDim: 3 }),
      ),
  },
  'MultiHeadAttention of a query, a value and a key': {
    model: () =>
      join(
        [
          [3, 8],
          [7, 4],
          [7, 6],
        ],
        halfnote.multiHeadAttention({ numHeads: 2, keyDim: 3, causal: true }),
      ),
  },
  'AttentionHeads, causal': {
    model: () =>
      join(
        [
          [5, 8],
          [5, 8],
          [5, 4],
        ],
        halfnote.attentionHeads({ numHeads: 2, causal: true }),
      ),
  },
  'AttentionHeads of more keys than queries': {
    model: () =>
      join(
        [
          [3, 6],
          [7, 6],
          [7, 6],
        ],
        halfnote.attentionHeads({ numHeads: 3, causal: true }),
      ),
  },
  'AttentionHeads with fewer heads of keys': {
    model: () =>
      join(
        [
          [5, 12],
          [5, 6],
          [5, 4],
        ],
        halfnote.attentionHeads({ numHeads: 4, numKvHeads: 2, causal: true }),
      ),
  },
  RMSNormalization: one([5, 6], () => halfnote.rmsNormalization()),
  'RMSNormalization of vectors': one([6], () => halfnote.rmsNormalization({ epsilon: 1e-3 })),
  RotaryEmbedding: one([5, 8], () => halfnote.rotaryEmbedding({ headDim: 4, maxLength: 9 })),
  'RotaryEmbedding, interleaved, of an open sequence': one([null, 8], () =>
    halfnote.rotaryEmbedding({ headDim: 4, maxLength: 9, layout: 'interleaved', theta: 100 }),
  ),
  TiedEmbedding: one([5, 8], () => halfnote.tiedEmbedding({ inputDim: 7, outputDim: 8 })),
  'MultiHeadAttention of width 64': one(
    [5, 64],
    () => halfnote.multiHeadAttention({ numHeads: 4, keyDim: 16 }),
    { formats: ['int4'] },
  ),
};

const RECURRENT = ['simpleRNN', 'gru', 'lstm'];
const recurrent = Object.fromEntries(
  RECURRENT.flatMap((kind) => [
    [kind, one([5, 4], () => layers[kind]({ units: 3 }))],
    [
      `${kind} with sequences`,
      one([5, 4], () => layers[kind]({ units: 3, returnSequences: true })),
    ],
    [
      `${kind} backwards with sequences`,
      one([5, 4], () => layers[kind]({ units: 3, returnSequences: true, goBackwards: true })),
    ],
    [
      `${kind} on an open sequence, without bias`,
      one([null, 4], () => layers[kind]({ units: 3, useBias: false, activation: 'relu' })),
    ],
    [
      `${kind} with an activation that ONNX's operator lacks`,
      one(
        [5, 4],
        () =>
          layers[kind]({
            units: 3,
            activation: 'selu',
            returnSequences: true,
            ...(kind === 'simpleRNN' ? {} : { recurrentActivation: 'sigmoid' }),
          }),
        { operators: { Scan: 1 } },
      ),
    ],
    [
      `${kind} backwards with an activation that ONNX's operator lacks`,
      one([5, 4], () =>
        layers[kind]({ units: 3, activation: 'swish', returnSequences: true, goBackwards: true }),
      ),
    ],
    [`${kind} with its states`, one([5, 4], () => layers[kind]({ units: 3, returnState: true }))],
    [
      `${kind} after masking`,
      {
        model: () =>
          chain(
            [5, 4],
            layers.masking(),
            layers[kind]({ units: 3, returnSequences: true }),
            layers[kind]({ units: 2 }),
          ),
        data: (shape) => withGaps(shape),
        operators: { Scan: 2 },
      },
    ],
    [
      `${kind} after an embedding that masks zeros`,
      {
        model: () =>
          onTokens(
            [6],
            layers.embedding({ inputDim: 7, outputDim: 4, maskZero: true }),
            layers[kind]({ units: 3 }),
          ),
        data: (shape) => tf.randomUniform(shape, 0, 3, 'int32', 5),
      },
    ],
    ...['concat', 'sum', 'ave', 'mul'].map((mergeMode) => [
      `${kind} in both directions, ${mergeMode}`,
      one([5, 4], () =>
        layers.bidirectional({
          layer: layers[kind]({ units: 3, returnSequences: mergeMode !== 'sum' }),
          mergeMode,
        }),
      ),
    ]),
    [
      `${kind} in both directions after masking`,
      {
        model: () =>
          chain(
            [5, 4],
            layers.masking(),
            layers.bidirectional({
              layer: layers[kind]({ units: 3, returnSequences: true }),
              mergeMode: 'concat',
            }),
          ),
        data: (shape) => withGaps(shape),
      },
    ],
    [
      `${kind} with given states`,
      {
        model: () => {
          const x = tf.input({ shape: [5, 4] });
          const states = (kind === 'lstm' ? ['h', 'c'] : ['h']).map(() => tf.input({ shape: [3] }));
          const outputs = layers[kind]({ units: 3 }).apply(x, { initialState: states });
          return tf.model({ inputs: [x, ...states], outputs });
        },
      },
    ],
  ]),
);

/** Some steps are zero throughout. */
function withGaps(shape) {
  const kept = tf.cast(
    tf.greater(tf.randomUniform([shape[0], shape[1], 1], 0, 1, 'float32', 2), 0.4),
    'float32',
  );
  return tf.mul(tf.randomNormal(shape, 0, 1, 'float32', 4), kept);
}

const wrapped = {
  Rescaling: one([4, 4, 2], () => layers.rescaling({ scale: 1 / 255, offset: -0.5 })),
  'Rescaling of whole numbers': {
    model: () => onTokens([6], layers.rescaling({ scale: 0.5 })),
  },
  'RNN of an LSTM cell': one([5, 4], () =>
    layers.rnn({ cell: layers.lstmCell({ units: 3 }), returnSequences: true }),
  ),
  Masking: one([5, 4], () => layers.masking({ maskValue: 0 }), { data: withGaps }),
  'TimeDistributed dense': one([5, 4], () =>
    layers.timeDistributed({ layer: layers.dense({ units: 3, activation: 'softmax' }) }),
  ),
  'TimeDistributed convolution': one([3, 6, 6, 2], () =>
    layers.timeDistributed({
      layer: layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
    }),
  ),
  'TimeDistributed flatten on an open sequence': one([null, 3, 2], () =>
    layers.timeDistributed({ layer: layers.flatten() }),
  ),
};

export const layerModels = {
  ...activations,
  ...advanced,
  ...dense,
  ...convolutions,
  ...pools,
  ...globals,
  ...shapes,
  ...normalizations,
  ...merges,
  ...joins,
  ...attention,
  ...recurrent,
  ...wrapped,
};
