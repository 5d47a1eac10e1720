import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/int4.ipynb` puts to the test. */
export const INT4: readonly TestedClaim[] = [
  {
    id: 'int4-speed',
    says: 'int4 runs 8x as fast as fp32.',
    figure: 'seconds of a batch in fp32 / in int4',
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
    figure: 'bytes of weights saved by int4',
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
    figure: 'joules of a batch saved by int4',
    unit: '%',
    low: 0,
    high: 0.8,
    of: 'any',
    see: ['zhang2026-nf4-energy', 'delavande2026-energy'],
    study: 'int4',
  },
];
