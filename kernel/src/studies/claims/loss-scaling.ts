import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/loss-scaling.ipynb` puts to the test. */
export const LOSS_SCALING: readonly TestedClaim[] = [
  {
    id: 'fp16-needs-scaling',
    says: 'Training in fp16 needs loss scaling.',
    figure: 'accuracy in fp16 with dynamic loss scaling less that without, of one seed',
    unit: 'pp',
    low: 0.01,
    high: null,
    of: 'any',
    see: ['micikevicius2018-resnet'],
    study: 'loss-scaling',
  },
  {
    id: 'scaling-restores-fp16',
    says: 'With loss scaling, training in fp16 is as accurate as in fp32.',
    figure: 'accuracy in fp16 with dynamic loss scaling less that in fp32, of one seed',
    unit: 'pp',
    low: -0.01,
    high: 0.01,
    of: 'any',
    see: ['micikevicius2018-resnet'],
    study: 'loss-scaling',
  },
  {
    id: 'bf16-needs-no-scaling',
    says: 'Training in bf16 needs no loss scaling.',
    figure: 'accuracy in bf16 with dynamic loss scaling less that without, of one seed',
    unit: 'pp',
    low: null,
    high: 0.01,
    of: 'any',
    see: ['kalamkar2019-quality'],
    study: 'loss-scaling',
  },
];
