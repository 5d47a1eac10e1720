import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/energy-of-idling.ipynb` puts to the test. */
export const ENERGY_OF_IDLING: readonly TestedClaim[] = [
  {
    id: 'idling-is-free',
    says: 'What a machine draws idle can be left out of an energy report.',
    figure: 'joules that the machine would have drawn idle / all its joules, of one run',
    unit: '%',
    low: 0,
    high: 0.1,
    of: 'any',
    see: [],
    study: 'energy-of-idling',
  },
  {
    id: 'smaller-is-greener',
    says: 'A narrower format that is not faster still saves energy.',
    figure: 'joules of the machine in the narrow format / in fp32, of the same work',
    unit: 'x',
    low: null,
    high: 0.95,
    of: 'any',
    see: ['delavande2026-energy'],
    study: 'energy-of-idling',
  },
  {
    id: 'energy-follows-time',
    says: 'Joules follow the seconds: the format that takes longer takes as much more energy.',
    figure: 'joules in the narrow format / in fp32, over the same ratio of their seconds',
    unit: 'x',
    low: 0.9,
    high: 1.1,
    of: 'any',
    see: ['delavande2026-energy'],
    study: 'energy-of-idling',
  },
];
