import { jStat } from 'jstat';
import { HalfnoteError } from '../errors';
import { COVERAGE } from './quantity';

export type Interval = readonly [low: number, high: number];

/**
 * Wilson's score interval of a proportion, such as an accuracy: it stays within 0 and 1, and says something
 * where all samples are hits, or none.
 *
 * @throws HalfnoteError `invalid-argument` unless there are samples and 0 to all of them are hits.
 * @see Wilson 1927; Brown, Cai and DasGupta 2001, who recommend it.
 */
export function wilsonInterval(hits: number, samples: number, coverage = COVERAGE): Interval {
  if (!(samples >= 1 && hits >= 0 && hits <= samples)) {
    throw new HalfnoteError(
      'invalid-argument',
      `There are ${hits} hits in ${samples} samples; at least one sample is needed, and 0 to all of them can be hits.`,
    );
  }
  const z2 = normalQuantile(coverage) ** 2;
  const center = (hits + z2 / 2) / (samples + z2);
  const half = Math.sqrt(z2 * ((hits * (samples - hits)) / samples + z2 / 4)) / (samples + z2);
  return [hits === 0 ? 0 : center - half, hits === samples ? 1 : center + half];
}

/** How many standard deviations of a normal distribution this coverage reaches to either side. */
export function normalQuantile(coverage: number): number {
  return jStat.normal.inv((1 + coverage) / 2, 0, 1);
}
