import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/meters.ipynb` puts to the test. */
export const METERS: readonly TestedClaim[] = [
  {
    id: 'meters-agree',
    says: 'Software meters agree within 10%.',
    figure: 'joules by the one / by Halfnote, of the same run',
    unit: 'x',
    low: 0.9,
    high: 1.1,
    of: 'any',
    see: [],
    study: 'meters',
  },
  {
    id: 'tdp-model-close',
    says: 'A model of thermal design power is within 40% of a counter.',
    figure: 'joules of the processor by the model / by its counter, of the same run',
    unit: 'x',
    low: 0.6,
    high: 1.4,
    of: 'any',
    see: [],
    study: 'meters',
  },
];
