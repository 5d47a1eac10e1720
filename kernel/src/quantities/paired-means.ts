import { mulberry32 } from './mulberry32';
import { type PairedScores, requirePairs } from './paired-hits';
import { COVERAGE } from './quantity';
import { mean, quantile } from './statistics';

/** Of fewer samples a bootstrap's intervals are too narrow. */
const FEWEST = 20;
const RESAMPLES = { most: 4000, fewest: 500 } as const;
/** Numbers drawn, all together: a second at most. */
const DRAWS = 4e7;
const SEED = 20_240_229;

/**
 * Two models' scores of the same samples, losses for example, by a paired bootstrap of the mean difference:
 * it assumes nothing of how they are distributed. The same scores give the same result, for its random
 * numbers are seeded. Null below 20 samples, and where a score isn't finite.
 *
 * @throws HalfnoteError `invalid-argument` for no samples, or not as many of each.
 * @see Efron and Tibshirani 1993, chapters 13 and 15 (percentile interval, achieved significance).
 */
export function compareMeans(
  baseline: ArrayLike<number>,
  other: ArrayLike<number>,
  coverage = COVERAGE,
): PairedScores | null {
  requirePairs(baseline, other);
  const samples = baseline.length;
  const differences = Float64Array.from(
    { length: samples },
    (_, i) => (other[i] ?? NaN) - (baseline[i] ?? NaN),
  );
  const difference = mean(differences);
  if (samples < FEWEST || !Number.isFinite(difference)) return null;
  const means = resampledMeans(differences);
  const tail = (1 - coverage) / 2;
  const below = means.filter((resampled) => resampled <= 0).length;
  const above = means.filter((resampled) => resampled >= 0).length;
  return {
    samples,
    difference,
    interval: [quantile(means, tail), quantile(means, 1 - tail)],
    // The sample itself counts as one more: no p of 0.
    p: Math.min(1, (2 * (Math.min(below, above) + 1)) / (means.length + 1)),
  };
}

function resampledMeans(values: Float64Array): number[] {
  const n = values.length;
  const { most, fewest } = RESAMPLES;
  const count = Math.max(fewest, Math.min(most, Math.floor(DRAWS / n)));
  const random = mulberry32(SEED);
  return Array.from({ length: count }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(random() * n)] ?? NaN;
    return sum / n;
  });
}
