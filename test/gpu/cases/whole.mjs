import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/process.mjs';

const VITEST = 'node_modules/vitest/vitest.mjs';
const unit = (...files) => [VITEST, 'run', ...files.map((file) => `kernel/src/${file}.test.ts`)];

/** Suites that judge any backend, by NumPy, PyTorch and tfjs-core; `npm test` runs them on the CPU. */
const SUITES = {
  'unit tests of 16-bit tensors, traps and memory, against NumPy': unit(
    'backend/low-precision',
    'backend/traps',
    'backend/training',
    'backend/variables',
  ),
  'unit tests of layers and their gradients in each format, against PyTorch': unit(
    'precision/pytorch',
    'precision/gradient-table',
    'precision/products/products',
  ),
  'unit tests of trainings and predictions': unit(
    'precision/training/training',
    'precision/training/skipped-step',
    'compiled/predict',
  ),
  "tfjs-core's own suite": ['test/tfjs/run.mjs'],
  'trainings and quantized models on handwritten digits': ['test/accuracy/run.mjs'],
};

/** On a GPU their fp32 is fp32 throughout: products don't round their inputs to TF32. */
const EXACT = { NVIDIA_TF32_OVERRIDE: '0', NO_COLOR: '1' };

/** Only where there is a GPU: elsewhere they would be run twice. */
export const wholeCases = Object.fromEntries(
  Object.entries(SUITES).map(([name, command]) => [
    `${name} passes`,
    async () => {
      const env = { ...process.env, ...EXACT };
      const output = await run(process.execPath, command, { cwd: root, env });
      return [...output.matchAll(/^.*\d+ passed.*$/gm)].at(-1)?.[0].trim();
    },
  ]),
);

/** What of it can be told elsewhere. */
export const wholeDryCases = {
  'every suite that a GPU is judged by is there': () => {
    const files = Object.values(SUITES)
      .flat()
      .filter((word) => word.includes('/'));
    assert.deepEqual(
      files.filter((file) => !existsSync(join(root, file))),
      [],
    );
  },
};
