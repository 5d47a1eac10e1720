import { expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

it('%explain explains a model on data', async () => {
  const { calls } = await record('%explain model --data x,y', { model: 'm', x: 1, y: 2 });
  expect(calls[0]).toEqual({ name: 'explainPrecision', args: ['m', { data: { x: 1, y: 2 } }] });
  const inputsOnly = await record('%explain model --data x', { model: 'm', x: 1 });
  expect(inputsOnly.calls[0]?.args).toEqual(['m', { data: { x: 1 } }]);
});

it('%explain says what is missing', () => {
  expect(refusal('%explain')).toContain('model');
  expect(refusal('%explain model')).toContain('--data');
});
