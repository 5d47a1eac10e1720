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

/** @type {Record<string, readonly Row[]>} */
export const suites = {
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
