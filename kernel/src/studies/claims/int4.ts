import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/int4.ipynb` puts to the test. */
export const INT4: readonly TestedClaim[] = [
  {
    id: 'int4-speed',
    says: 'int4 runs 8x as fast as fp32.',
    figure: 'seconds of a batch in fp32, by the faster engine / with int4 weights',
    unit: 'x',
    low: 7,
    high: null,
    of: 'gpu',
    see: ['frantar2023-speed', 'lin2024-speed', 'gholami2021-speed'],
    study: 'int4',
  },
  {
    id: 'int4-memory',
    says: 'int4 takes 87% less memory.',
    figure: 'share of the bytes of weights in fp32 that int4 saves',
    unit: '%',
    low: 0.85,
    high: 0.88,
    of: 'any',
    see: ['gholami2021-memory'],
    study: 'int4',
  },
  {
    id: 'int4-energy',
    says: 'int4 takes up to 80% less energy.',
    figure: 'share of the joules of a batch in fp32 that int4 weights save',
    unit: '%',
    low: 0,
    high: 0.8,
    of: 'any',
    see: ['zhang2026-nf4-energy', 'delavande2026-energy'],
    study: 'int4',
  },
  {
    id: 'int4-accuracy',
    says: 'int4 weights cost at most one point of accuracy.',
    figure: 'accuracy with int4 weights less that in fp32, on held-out data',
    unit: 'pp',
    low: -0.01,
    high: null,
    of: 'any',
    see: ['frantar2023-cost', 'abdolrashidi2021-quality', 'dettmers2023-formats'],
    study: 'int4',
  },
];
