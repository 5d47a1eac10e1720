import assert from 'node:assert/strict';
import { accuracy } from './lib/digits.mjs';
import { NETWORKS, SEEDS } from './lib/networks.mjs';
import { percents } from './precision.mjs';

/** What is quantized how, and how many points (of a share) below fp32 the mean may be; none: it is only told. */
const QUANTIZED = {
  'int8 static': {
    margin: 0.005,
    options: (x) => ({ weights: 'int8', mode: 'static', calibrate: x }),
  },
  'int8 dynamic': { margin: 0.005, options: () => ({ weights: 'int8', mode: 'dynamic' }) },
  'int4 weight-only': { options: () => ({ weights: 'int4', mode: 'weight-only' }) },
};

/** Networks trained in fp32 and quantized afterwards; INT8 runs in integers wherever the machine can. */
export async function quantizationCases({ tf, halfnote, facts, digits, trained }) {
  const calibrate = digits.train.x.slice(0, 200);
  const cases = {};
  for (const name of Object.keys(NETWORKS)) {
    const mean = { fp32: 0, ...Object.fromEntries(Object.keys(QUANTIZED).map((key) => [key, 0])) };
    const executions = new Set();
    for (const seed of SEEDS) {
      const model = await trained(name, seed);
      mean.fp32 += accuracy(tf, model, digits.test) / SEEDS.length;
      for (const [key, { options }] of Object.entries(QUANTIZED)) {
        const small = await halfnote.quantize(model, options(calibrate));
        mean[key] += accuracy(tf, small, digits.test) / SEEDS.length;
        if (key.startsWith('int8')) executions.add(small.execution);
        small.dispose();
      }
      model.dispose();
    }
    console.log(`${name}, trained in fp32, run in: ${percents(mean)}`);
    const { execution } = facts.formats.int8;
    cases[`${name}: int8 runs ${execution} here`] = () =>
      assert.deepEqual([...executions], [execution]);
    for (const [key, { margin }] of Object.entries(QUANTIZED))
      if (margin !== undefined)
        cases[`${name}: ${key} is within ${100 * margin} points of fp32`] = () =>
          assert.ok(mean[key] >= mean.fp32 - margin, `${mean[key]} against ${mean.fp32}`);
  }
  return cases;
}
