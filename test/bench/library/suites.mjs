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
  training: [32, 256].map((batch) => ({
    label: `training step, MLP 1024-2048-1024, Adam, batch ${batch}`,
    case: 'training',
    parameters: { batch },
    repetitions: batch > 100 ? 8 : 15,
    runs: allFormats(),
  })),
  int8: [
    {
      label: `dense layer ${size}³, as predict() runs it`,
      case: 'dense',
      parameters: { rows: size, inputs: size, units: size },
      operations: 2 * size ** 3,
      repetitions: 5,
      runs: [
        { peer: 'ours', format: 'fp32' },
        { peer: 'ours', format: 'int8' },
      ],
    },
  ],
};

/** The ratios that we hold ourselves to: `of` against `to`, at least `atLeast` on a CPU with AMX or AVX-512 BF16. */
export const goals = [
  { suite: 'gemm', row: 0, of: 'ours bf16', to: 'ours fp32', atLeast: 3 },
  { suite: 'training', row: 1, of: 'ours bf16', to: 'ours fp32', atLeast: 1.5 },
  { suite: 'training', row: 1, of: 'ours fp32', to: 'stock fp32', atLeast: 2 },
  { suite: 'int8', row: 0, of: 'ours int8', to: 'ours fp32', atLeast: 4 },
];
