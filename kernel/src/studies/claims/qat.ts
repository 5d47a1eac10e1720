import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/qat.ipynb` puts to the test. */
export const QAT: readonly TestedClaim[] = [
  {
    id: 'qat-beats-ptq',
    says: 'Quantization-aware training beats quantization afterwards.',
    figure: 'accuracy by QAT less that by PTQ of a network trained as long, of one seed',
    unit: 'pp',
    low: 0,
    high: null,
    of: 'any',
    see: ['tflite-pixel2-qat', 'nvidia2022-quality'],
    study: 'qat',
  },
];
