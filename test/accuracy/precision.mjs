import assert from 'node:assert/strict';
import { accuracy } from './lib/digits.mjs';
import { fit, NETWORKS, SEEDS } from './lib/networks.mjs';

/** Of a share: one percentage point. */
const MARGIN = 0.01;

/** Training in bf16 and fp16 ends within one point of fp32, in the mean over the seeds. */
export async function precisionCases({ tf, halfnote, digits, trained }) {
  const { withPrecision } = halfnote;
  const trainedAnew = async (model) => {
    await fit(tf, model, digits.train);
    return model;
  };
  const cases = {};
  for (const [name, build] of Object.entries(NETWORKS)) {
    const mean = { fp32: 0, bf16: 0, fp16: 0 };
    for (const seed of SEEDS)
      for (const format of Object.keys(mean)) {
        const model = await withPrecision(format, () =>
          format === 'fp32' ? trained(name, seed) : trainedAnew(build(tf, seed)),
        );
        mean[format] +=
          withPrecision(format, () => accuracy(tf, model, digits.test)) / SEEDS.length;
        model.dispose();
      }
    console.log(`${name}, trained in: ${percents(mean)}`);
    cases[`${name}: fp32 learns the digits`] = () =>
      assert.ok(mean.fp32 > 0.93, `fp32 reached ${mean.fp32}`);
    for (const format of ['bf16', 'fp16'])
      cases[`${name}: ${format} is within one point of fp32`] = () =>
        assert.ok(
          Math.abs(mean[format] - mean.fp32) <= MARGIN,
          `${mean[format]} against ${mean.fp32}`,
        );
  }
  return cases;
}

/** Accuracies by name, for the log. */
export const percents = (mean) =>
  Object.entries(mean)
    .map(([format, share]) => `${format} ${(100 * share).toFixed(2)} %`)
    .join(', ');
