import { expect, it } from 'vitest';
import { weightsVerdict } from './verdict';
import type { WeightFigures } from './weight-figures';

const layer = (name: string, sqnrDb: number): WeightFigures =>
  ({ name, format: 'int8', sqnrDb, saturated: 0 }) as WeightFigures;

it('names the layer that rounding changes most, by how much of its size', () => {
  expect(weightsVerdict([layer('a', 40), layer('b', 20)]).sentence).toBe(
    'Rounding to int8 changes the weights of b most of 2 layers: by 10.0% of their size (20.0 dB).',
  );
  expect(weightsVerdict([layer('a', Infinity)]).sentence).toMatch(/keeps all weights/);
});

it('names a layer whose weights are no numbers before all others', () => {
  expect(weightsVerdict([layer('a', -3), layer('b', NaN), layer('c', 40)])).toEqual({
    sentence: 'b has weights that are NaN or infinite.',
    tone: 'problem',
  });
});
