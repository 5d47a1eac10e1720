import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/granularity.ipynb` puts to the test. */
export const GRANULARITY: readonly TestedClaim[] = [
  {
    id: 'per-channel',
    says: 'Scales per channel beat one scale per tensor.',
    figure: 'accuracy with scales per channel less that with one per tensor, of one seed',
    unit: 'pp',
    low: 0.001,
    high: null,
    of: 'any',
    see: ['krishnamoorthi2018-granularity'],
    study: 'granularity',
  },
  {
    id: 'per-tensor-suffices',
    says: 'Without depthwise layers, int8 loses nothing with one scale per tensor.',
    figure: 'accuracy in fp32 less that in int8 with one scale per tensor, of one seed',
    unit: 'pp',
    low: null,
    high: 0.005,
    of: 'any',
    see: ['krishnamoorthi2018-granularity'],
    study: 'granularity',
  },
  {
    id: 'per-tensor-ruins-depthwise',
    says: 'One scale per tensor ruins depthwise networks in int8.',
    figure: 'accuracy in fp32 less that in int8 with one scale per tensor, of one seed',
    unit: 'pp',
    low: 0.1,
    high: null,
    of: 'any',
    see: ['krishnamoorthi2018-granularity'],
    study: 'granularity',
  },
  {
    id: 'depthwise-gains-most',
    says: 'Depthwise layers gain most from scales per channel.',
    figure:
      'dB of signal to noise that scales per channel add to depthwise layers, less what they add to the others, of one seed',
    unit: '',
    low: 1,
    high: null,
    of: 'any',
    see: ['krishnamoorthi2018-granularity'],
    study: 'granularity',
  },
];
