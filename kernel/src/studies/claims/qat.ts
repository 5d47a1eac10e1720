import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/qat.ipynb` puts to the test. */
export const QAT: readonly TestedClaim[] = [
  {
    id: 'qat-beats-ptq',
    says: 'Quantization-aware training beats quantization afterwards.',
    figure: 'accuracy by QAT less that by PTQ of a network trained as long, of one seed',
    unit: 'pp',
    low: 0.001,
    high: null,
    of: 'any',
    see: ['nvidia2022-quality'],
    study: 'qat',
  },
  {
    id: 'qat-beats-adaround',
    says: 'Quantization-aware training beats rounding that is learned from examples (AdaRound).',
    figure:
      'accuracy by QAT with learned scales less that by AdaRound of a network trained as long, of one seed',
    unit: 'pp',
    low: 0.001,
    high: null,
    of: 'any',
    see: [],
    study: 'qat',
  },
  {
    id: 'qat-int4-keeps',
    says: 'By quantization-aware training, 4-bit weights are as good as float ones.',
    figure: 'accuracy in float less that by QAT in int4, trained as long, of one seed',
    unit: 'pp',
    low: null,
    high: 0.01,
    of: 'any',
    see: ['abdolrashidi2021-quality'],
    study: 'qat',
  },
];
