import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/meters.ipynb` puts to the test. */
export const METERS: readonly TestedClaim[] = [
  {
    id: 'meters-agree',
    says: 'Software meters agree within 10%.',
    figure: 'joules by one meter / by the other, of one run',
    unit: 'x',
    low: 0.9,
    high: 1.1,
    of: 'any',
    see: [],
    study: 'meters',
  },
];
