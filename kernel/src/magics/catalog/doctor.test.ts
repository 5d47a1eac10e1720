import { expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

it('%doctor asks the library what is here', async () => {
  const { calls } = await record('%doctor');
  expect(calls).toEqual([{ name: 'doctor', args: [] }]);
});

it('%doctor takes nothing', () => {
  expect(refusal('%doctor --all')).toContain('unknown parameter --all');
});
