#!/usr/bin/env node
/**
 * Random small models, each put through what its seed chooses: predictions and gradients under the
 * policies, quantization in each mode and engine, quantization-aware training, every export. Results are
 * compared with stock tfjs's JavaScript kernels, and engines with each other. Needs the built kernel.
 *
 *   node test/fuzz-models/run.mjs [--models 100] [--seed 1] [--jobs 1] [--only NUMBER] [--check NAME]
 *
 * `--only` repeats one model, by its number; `--check` takes all checks with that in their names.
 */
import { parseArgs } from 'node:util';
import { Tally } from './tally.mjs';
import { Workers } from './workers.mjs';

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    only: { type: 'string' },
    check: { type: 'string' },
  },
});
const [models, seed, jobs] = [values.models, values.seed, values.jobs].map(Number);
if (![models, seed, jobs].every((n) => Number.isInteger(n) && n > 0)) {
  throw new Error('--models, --seed and --jobs are whole numbers from 1');
}
const numbers =
  values.only === undefined
    ? Array.from({ length: models }, (_, i) => i + 1)
    : [Number(values.only)];

const tally = new Tally(numbers.length);
const workers = new Workers(jobs, values.check);
await workers.run(
  numbers.map((number) => ({ number, seed: (seed - 1) * 1_000_000 + number })),
  (number, outcomes) => {
    tally.add(number, outcomes, `--seed ${seed} --only ${number}`);
  },
);
tally.print();
process.exitCode = tally.failed > 0 ? 1 : 0;
