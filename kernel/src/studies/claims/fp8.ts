import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/fp8.ipynb` puts to the test. */
export const FP8: readonly TestedClaim[] = [
  {
    id: 'fp8-speed',
    says: 'fp8 is 4x as fast as fp32.',
    figure: 'seconds of a step in fp32 / in fp8',
    unit: 'x',
    low: 3.6,
    high: null,
    of: 'gpu',
    see: ['peng2023-v2-speed', 'peng2023-engine', 'lambda2023-speed', 'nvidia2023-speed'],
    study: 'fp8',
  },
  {
    id: 'fp8-memory',
    says: 'fp8 takes 75% less memory than fp32.',
    figure: 'bytes of a training saved by fp8',
    unit: '%',
    low: 0.7,
    high: 0.8,
    of: 'any',
    see: ['peng2023-memory', 'ai-box2026-memory'],
    study: 'fp8',
  },
  {
    id: 'fp8-energy',
    says: 'fp8 takes up to 60% less energy.',
    figure: 'joules of a step saved by fp8',
    unit: '%',
    low: 0,
    high: 0.6,
    of: 'any',
    see: ['delavande2026-energy'],
    study: 'fp8',
  },
];
