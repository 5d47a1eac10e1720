/**
 * Rows and goals of the suite `quantization`: inference in integers, on us, ONNX Runtime and PyTorch, and
 * what ways of rounding weights cost in perplexity.
 */

const dense = (units, activation) => ({ kind: 'dense', units, activation });
const convolution = (filters, activation) => ({
  kind: 'conv2d',
  filters,
  kernelSize: 3,
  activation,
});

/** Networks as data, so that every peer builds the same one; convolutions are padded to `same`. */
const mlp = { input: [1024], layers: [dense(2048, 'relu'), dense(1024)] };
const cnn = {
  input: [56, 56, 64],
  layers: [convolution(64, 'relu'), convolution(64, 'relu'), { kind: 'average-pool' }, dense(10)],
};

const size = 2048;
const convolutionOperations = 2 * 32 * 56 * 56 * 64 * 64 * 9;
/** The quickstart's. */
const digits = {
  input: [8, 8, 1],
  layers: [
    convolution(8, 'relu'),
    { ...convolution(16, 'relu'), padding: 'valid' },
    { kind: 'max-pool', size: 2 },
    { kind: 'flatten', features: 144 },
    dense(10, 'softmax'),
  ],
};
const peers = ['ours', 'ort', 'torch'];

const inference = (label, network, batch, repetitions, extra = {}) => ({
  label,
  case: 'inference',
  parameters: { ...network, batch },
  repetitions,
  runs: peers.flatMap((peer) => ['fp32', 'int8'].map((format) => ({ peer, format }))),
  ...extra,
});

/** Indices of rows that the goals name. */
const DENSE = 0;
const CONVOLUTION = 1;
const MLP = [2, 3, 4];
const CNN = [5, 6, 7];
const INT4 = 8;
const PREDICTED = [9, 10];
const GRAPH = 11;
const DECODER = 12;

/** 101 million weights: 403 MB in fp32, more than the caches of most processors hold. */
const decoder = {
  vocabSize: 16384,
  width: 768,
  layers: 12,
  heads: 12,
  kvHeads: 4,
  ffWidth: 2048,
  maxLength: 512,
  seed: 1,
};
/** Of which the cache is worth looking at: its weights are few. */
const small = { ...decoder, vocabSize: 1024, width: 256, layers: 2, heads: 4, ffWidth: 512 };
const PERPLEXITY = [13, 14, 15, 16];

/** A model that predicts in fp32, op by op and as one program, and ONNX Runtime. */
const predicted = (label, network, batch) => ({
  label: `predict, ${label}`,
  case: 'inference',
  parameters: { ...network, batch },
  repetitions: 50,
  runs: ['eager', 'ours', 'ort'].map((peer) => ({ peer, format: 'fp32' })),
});

/** A transformer on English text, its weights rounded to nearest, by GPTQ and by AWQ. */
const perplexity = (weights, granularity) => ({
  label: `perplexity, character transformer, ${weights} ${granularity.group ? `groups of ${granularity.group}` : granularity}`,
  case: 'perplexity',
  parameters: { weights, granularity },
  repetitions: 1,
  runs: ['fp32', 'nearest', 'gptq', 'awq'].map((format) => ({ peer: 'ours', format })),
});

export const rows = [
  inference(`dense layer ${size}³`, { input: [size], layers: [dense(size)] }, size, 4, {
    operations: 2 * size ** 3,
  }),
  inference(
    'convolution 3x3, 32x56x56x64',
    { input: cnn.input, layers: [convolution(64)] },
    32,
    2,
    { operations: convolutionOperations },
  ),
  inference('MLP 1024-2048-1024, batch 1', mlp, 1, 50),
  inference('MLP 1024-2048-1024, batch 32', mlp, 32, 20),
  inference('MLP 1024-2048-1024, batch 256', mlp, 256, 8),
  inference('CNN 56x56x64, two 3x3 convolutions, batch 1', cnn, 1, 8),
  inference('CNN 56x56x64, two 3x3 convolutions, batch 32', cnn, 32, 2),
  inference('CNN 56x56x64, two 3x3 convolutions, batch 256', cnn, 256, 1),
  {
    label: 'dense layer 1x4096x4096, INT4 weights',
    case: 'inference',
    parameters: { input: [4096], layers: [dense(4096)], batch: 1 },
    operations: 2 * 4096 ** 2,
    repetitions: 30,
    runs: [
      { peer: 'ours', format: 'fp32' },
      { peer: 'ours', format: 'int4' },
      { peer: 'ort', format: 'fp32' },
      { peer: 'ort', format: 'int4' },
    ],
  },
  predicted('MLP 1024-2048-1024, batch 1', mlp, 1),
  predicted("the quickstart's CNN 8x8x1, batch 256", digits, 256),
  {
    label: 'GraphModel of that CNN 56x56x64, batch 32: tfjs runs its graph in fp32',
    case: 'inference',
    parameters: { ...cnn, batch: 32, frozen: true },
    repetitions: 2,
    runs: ['ours', 'ort'].flatMap((peer) => ['fp32', 'int8'].map((format) => ({ peer, format }))),
  },
  {
    label: 'decoder of 101 million weights, one token',
    case: 'decoding',
    parameters: decoder,
    repetitions: 20,
    runs: [
      'fp32',
      'fp32-graph',
      'bf16',
      'int8',
      'int4',
      'bf16-weight-only',
      'fp16-weight-only',
      'fp8-weight-only',
      'nf4',
    ].map((format) => ({ peer: 'ours', format })),
  },
  ...['int4', 'int3'].flatMap((weights) =>
    ['per-channel', { group: 32 }].map((granularity) => perplexity(weights, granularity)),
  ),
  {
    label: 'decoder of 2 million weights, one token, keys and values kept in',
    case: 'caching',
    parameters: small,
    repetitions: 10,
    runs: ['fp32', 'fp8', 'int8', 'int4', 'mxfp8', 'mxfp6', 'mxfp4', 'mxint8', 'nf4'].map(
      (format) => ({ peer: 'ours', format }),
    ),
  },
];

const goal = (row, of, to, atLeast, holds) => ({
  suite: 'quantization',
  row,
  of,
  to,
  atLeast,
  holds,
});

/** One sample through the MLP reads weights and computes little: there the goal of 3x does not apply. */
const computeBound = [...MLP.slice(1), ...CNN];

export const goals = [
  ...[DENSE, CONVOLUTION].map((row) => goal(row, 'ours int8', 'ours fp32', 6, 'int8')),
  ...computeBound.map((row) => goal(row, 'ours int8', 'ours fp32', 3, 'int8')),
  ...[...MLP, ...CNN].map((row) =>
    goal(row, 'ours int8', ['ort int8', 'torch int8'], 1 / 1.1, 'anywhere'),
  ),
  ...PREDICTED.map((row) => goal(row, 'ours fp32', 'ort fp32', 1 / 1.5, 'anywhere')),
  goal(GRAPH, 'ours int8', 'ours fp32', 2, 'int8'),
  goal(GRAPH, 'ours int8', 'ort int8', 0.9, 'anywhere'),
  goal(INT4, 'ours int4', 'ours fp32', 3, 'anywhere'),
  goal(DECODER, 'ours int4', ['ours fp32', 'ours fp32-graph'], 3, 'anywhere'),
  ...PERPLEXITY.map((row) => ({
    suite: 'quantization',
    row,
    of: 'ours gptq',
    to: 'ours nearest',
    gapAtMost: 0.5,
    holds: 'anywhere',
  })),
];
