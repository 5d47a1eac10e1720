import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/calibration.ipynb` puts to the test. */
export const CALIBRATION: readonly TestedClaim[] = [
  {
    id: 'clipping-beats-min-max',
    says: 'Observers that clip outliers beat min and max.',
    figure: 'accuracy with the observer less that with min and max, of one seed',
    unit: 'pp',
    low: 0,
    high: null,
    of: 'any',
    see: ['wu2020-quality'],
    study: 'calibration',
  },
];
