import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/calibration.ipynb` puts to the test. */
export const CALIBRATION: readonly TestedClaim[] = [
  {
    id: 'clipping-beats-min-max',
    says: 'Observers that clip beat min and max in int8.',
    figure: 'accuracy with the observer less that with min and max, of one seed',
    unit: 'pp',
    low: 0.001,
    high: null,
    of: 'any',
    see: ['wu2020-quality'],
    study: 'calibration',
  },
  {
    id: 'clipping-saves-from-bad-examples',
    says: 'Observers that clip save int8 from a bad example among those of calibration.',
    figure:
      'accuracy with the observer less that with min and max, one example of 256 being 100x as bright, of one seed',
    unit: 'pp',
    low: 0.001,
    high: null,
    of: 'any',
    see: [],
    study: 'calibration',
  },
  {
    id: 'clipping-helps-outlier-channels',
    says: 'Observers that clip help int8 where a few channels are far larger than the rest.',
    figure:
      'accuracy with the observer less that with min and max, 4 of 64 units being 50x as large, of one seed',
    unit: 'pp',
    low: 0.001,
    high: null,
    of: 'any',
    see: ['dettmers2022-quality'],
    study: 'calibration',
  },
  {
    id: 'clipping-pays-below-8-bits',
    says: 'With activations of 4 bits and fewer, clipping beats min and max.',
    figure: 'accuracy with the observer less that with min and max, of one seed',
    unit: 'pp',
    low: 0.001,
    high: null,
    of: 'any',
    see: [],
    study: 'calibration',
  },
];
