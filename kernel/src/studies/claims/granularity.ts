import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/granularity.ipynb` puts to the test. */
export const GRANULARITY: readonly TestedClaim[] = [
  {
    id: 'per-channel',
    says: 'Scales per channel beat one scale per tensor.',
    figure: 'accuracy with scales per channel less that with one per tensor, of one seed',
    unit: 'pp',
    low: 0,
    high: null,
    of: 'any',
    see: ['krishnamoorthi2018-granularity'],
    study: 'granularity',
  },
];
