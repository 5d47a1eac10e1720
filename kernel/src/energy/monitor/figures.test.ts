import { expect, it } from 'vitest';
import type { Meter } from '../devices/meter';
import { partFigures } from './figures';
import { NOTHING } from './sums';

const meter: Meter = {
  component: 'cpu',
  method: 'modelled',
  source: 'a model',
  band: { low: 0.6, high: 1.4, source: 'ours' },
  idle: { watts: 10, source: 'a model' },
  read: () => ({ joules: 0, gaps: 0, resets: 0 }),
};
const inputs = {
  durationS: 0,
  busyS: 0,
  stepsS: { user: 0, halfnote: 0, rest: 0.01 },
  peakW: 0,
  complete: true,
  isAttributed: true,
};

it.each([
  ['nothing', NOTHING],
  ['some joules', { ...NOTHING, machine: 2e6, user: 1e6 }],
])('a window without a reading of its own, which has %s, has finite figures', (_, sums) => {
  const { accountsJ, machineJ } = partFigures(meter, { ...inputs, sums });
  for (const { value, low, high } of [machineJ, ...Object.values(accountsJ)]) {
    expect([low, value, high].every(Number.isFinite)).toBe(true);
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
  }
});
