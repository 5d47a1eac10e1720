import { encodeNumber } from '../../display/numbers';
import type { Metric } from '../../models/score';
import type { PrecisionRow } from '../../payloads/precision/table';
import { halfWidth } from '../../quantities/make';
import { compareHits } from '../../quantities/paired-hits';
import { compareMeans } from '../../quantities/paired-means';
import { wilsonInterval } from '../../quantities/proportion';
import { mean } from '../../quantities/statistics';

export type RowScore = Pick<PrecisionRow, 'score' | 'scoreInterval' | 'scoreTest'>;

/**
 * A model's score with its interval, and whether it differs from the baseline's.
 * @param scores One a sample.
 * @param baseline Those of the baseline for the same samples; undefined for itself.
 */
export function rowScore(
  metric: Metric,
  scores: readonly number[],
  baseline: readonly number[] | undefined,
): RowScore {
  if (metric === 'none' || scores.length === 0) return { score: null };
  const score = mean(scores);
  if (!Number.isFinite(score)) return { score: encodeNumber(score) };
  const isHits = metric === 'accuracy';
  const half = isHits ? 0 : halfWidth(scores);
  const [low, high] = isHits
    ? wilsonInterval(Math.round(score * scores.length), scores.length)
    : [score - half, score + half];
  const test = baseline && tested(isHits, baseline, scores);
  return {
    score,
    ...(isHits || scores.length > 1 ? { scoreInterval: [low, high] } : {}),
    ...(test === undefined ? {} : { scoreTest: test }),
  };
}

function tested(
  isHits: boolean,
  baseline: readonly number[],
  scores: readonly number[],
): RowScore['scoreTest'] {
  const found = isHits ? compareHits(baseline, scores) : compareMeans(baseline, scores);
  if (found === null) return undefined;
  const { difference, interval, p } = found;
  return { test: isHits ? 'mcnemar' : 'bootstrap', difference, interval: [...interval], p };
}
