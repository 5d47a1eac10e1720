import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/keeps-accuracy.ipynb` puts to the test. */
export const KEEPS_ACCURACY: readonly TestedClaim[] = [
  {
    id: 'fp16-accuracy',
    says: 'Mixed precision in fp16 keeps accuracy.',
    figure: 'accuracy after training in fp16 less that in fp32, of one seed',
    unit: 'pp',
    low: -0.01,
    high: 0.01,
    of: 'any',
    see: ['micikevicius2018-resnet'],
    study: 'keeps-accuracy',
  },
  {
    id: 'bf16-accuracy',
    says: 'Mixed precision in bf16 keeps accuracy.',
    figure: 'accuracy after training in bf16 less that in fp32, of one seed',
    unit: 'pp',
    low: -0.01,
    high: 0.01,
    of: 'any',
    see: ['kalamkar2019-quality'],
    study: 'keeps-accuracy',
  },
  {
    id: 'fp8-accuracy',
    says: 'Training in fp8 keeps accuracy.',
    figure: 'accuracy after training in fp8 less that in fp32, of one seed',
    unit: 'pp',
    low: -0.01,
    high: 0.01,
    of: 'any',
    see: ['micikevicius2022-quality'],
    study: 'keeps-accuracy',
  },
];
