import * as quantization from './quantization.mjs';

/**
 * What is compared. Each row is timed on several peers in turn, so that a busy moment of the machine hits all alike.
 * @typedef {{label: string, case: string, runs: readonly {peer: string, format: string}[], parameters: object, operations?: number, repetitions: number}} Row
 */

const allFormats = (...extra) => [
  { peer: 'stock', format: 'fp32' },
  { peer: 'ours', format: 'fp32' },
  { peer: 'ours', format: 'bf16' },
  { peer: 'ours', format: 'fp16' },
  { peer: 'torch', format: 'fp32' },
  { peer: 'torch', format: 'bf16' },
  ...extra,
];

/** What a step of training is compared with: itself as one program, that by XLA, and TensorFlow, through Keras. */
const trained = (label, name, parameters, repetitions) => ({
  label: `training step, ${label}`,
  case: name,
  parameters,
  repetitions,
  runs: allFormats(
    { peer: 'eager', format: 'fp32' },
    { peer: 'eager', format: 'bf16' },
    { peer: 'eager', format: 'fp16' },
    { peer: 'xla', format: 'fp32' },
    { peer: 'keras', format: 'fp32' },
    { peer: 'keras', format: 'bf16' },
  ),
});

/** Rows of the suite `training`, in the order in which the goals name them. */
const SMALL_BATCH = 0;
const LARGE_BATCH = 1;
const CNN = 2;
const TRANSFORMER = 3;
const LSTM = 4;
const GRU = 5;
const FIRST_STEP = 6;
const RANGES = 8;

const transformer = { batch: 8, blocks: 4, width: 256, heads: 4, sequence: 128 };
const size = 2048;
const values = 2 ** 22;

/** A row of the formats suite: one operation a number, so G op/s is thousands of millions of values a second. */
const codecRow = (name, formats, extra = {}) => ({
  label: `${name} ${values / 2 ** 20} Mi values`,
  case: name,
  parameters: { count: values, ...extra },
  operations: values,
  repetitions: 5,
  runs: formats.map((format) => ({ peer: 'codec', format })),
});

/** Rows of the suite `formats` that have goals. */
const ENCODE = 0;
const DECODE = 1;

const codecFormats = ['fp16', 'bf16', 'e4m3', 'e5m2', 'e2m1', 'int8', 'int4'];

/** @type {Record<string, readonly Row[]>} */
export const suites = {
  formats: [
    codecRow('encode', codecFormats),
    codecRow('decode', codecFormats),
    codecRow('pack', ['int4'], { bits: 4 }),
    codecRow('unpack', ['int4'], { bits: 4 }),
  ],
  gemm: [
    {
      label: `matrix product ${size}³`,
      case: 'gemm',
      parameters: { size },
      operations: 2 * size ** 3,
      repetitions: 5,
      runs: allFormats(),
    },
  ],
  training: [
    trained('MLP 1024-2048-1024, Adam, batch 32', 'training', { batch: 32, samples: 10_000 }, 15),
    trained('MLP 1024-2048-1024, Adam, batch 256', 'training', { batch: 256, samples: 10_000 }, 8),
    trained('CNN 32x56x56x64, two 3x3 convolutions, Adam', 'cnn', { batch: 32, samples: 32 }, 2),
    trained(
      'transformer, 4 blocks, width 256, 4 heads, sequence 128, Adam, batch 8',
      'transformer',
      { samples: 8, ...transformer },
      2,
    ),
    ...['lstm', 'gru'].map((cell) =>
      trained(
        `${cell.toUpperCase()} of 128 units over 64 steps, Adam, batch 32`,
        'recurrent',
        { batch: 32, samples: 32, cell, units: 128, sequence: 64 },
        2,
      ),
    ),
    ...[1, 3].map((count) => ({
      label: `${count === 1 ? 'first step' : 'first three steps, with making the program,'} of a new shape of the transformer`,
      case: 'new shape',
      parameters: { ...transformer, count },
      repetitions: 2,
      runs: [
        { peer: 'ours', format: 'fp32' },
        { peer: 'eager', format: 'fp32' },
      ],
    })),
    {
      label:
        '30 steps of the MLP, batch 32, without and with gradient ranges at the default sampling',
      case: 'ranges',
      parameters: { batch: 32, samples: 10_000, steps: 30 },
      repetitions: 2,
      runs: [
        { peer: 'ours', format: 'plain' },
        { peer: 'ours', format: 'recorded' },
      ],
    },
  ],
  quantization: quantization.rows,
};

const training = (row, of, to, atLeast, holds = 'bf16') => ({
  suite: 'training',
  row,
  of,
  to,
  atLeast,
  holds,
});

/**
 * The ratios that we hold ourselves to: `of` must be at least `atLeast` times as fast as `to`, or as the
 * fastest of them. `holds`: on CPUs with instructions for that format, or `anywhere`. A goal with
 * `operationsPerS` is absolute; one with `gapAtMost` is of the gaps in perplexity to fp32.
 */
export const goals = [
  { suite: 'gemm', row: 0, of: 'ours bf16', to: 'ours fp32', atLeast: 3, holds: 'bf16' },
  ...[
    [SMALL_BATCH, 1.7],
    [LARGE_BATCH, 1.4],
    [CNN, 1.1],
    [TRANSFORMER, 1.1],
    [LSTM, 1],
    [GRU, 1],
  ].flatMap(([row, ofTorch]) => [
    training(row, 'ours fp32', 'torch fp32', ofTorch, 'anywhere'),
    training(row, 'ours fp32', 'stock fp32', 3, 'anywhere'),
    training(row, 'ours bf16', 'torch bf16', 1),
    ...['ours bf16', 'ours fp16'].map((of) => training(row, of, 'ours fp32', 0.9, 'anywhere')),
  ]),
  training(CNN, 'xla fp32', 'torch fp32', 1.3, 'anywhere'),
  training(FIRST_STEP, 'ours fp32', 'eager fp32', 1 / 1.2, 'anywhere'),
  training(RANGES, 'ours recorded', 'ours plain', 0.95, 'anywhere'),
  training(LARGE_BATCH, 'ours bf16', 'ours fp32', 1.5),
  training(CNN, 'ours bf16', 'ours fp32', 3),
  ...[ENCODE, DECODE].flatMap((row) =>
    codecFormats.map((format) => ({
      suite: 'formats',
      row,
      of: `codec ${format}`,
      operationsPerS: 1e8,
      holds: 'anywhere',
    })),
  ),
  ...quantization.goals,
];
