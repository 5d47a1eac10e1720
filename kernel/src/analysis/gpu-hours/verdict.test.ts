import { expect, it } from 'vitest';
import { combined, exact } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import type { GpuHoursResult, TrainingBudgetResult } from './result';
import { gpuHoursVerdict, trainingBudgetVerdict } from './verdict';

const modelled = (value: number, spread = 0): Quantity =>
  combined(value, { systematic: { below: spread, above: spread } }, { method: 'modelled' });

const result: GpuHoursResult = {
  unit: 'step',
  units: 100,
  flops: null,
  devices: 1,
  deviceS: exact(7200, { method: 'modelled' }),
  wallS: exact(7200, { method: 'modelled' }),
  energyJ: modelled(3.6e6, 1e5),
  co2eG: modelled(400, 10),
  rent: null,
  electricity: null,
  assumptions: [],
};

it('says hours, energy and CO2e in one sentence', () => {
  const { sentence, tone } = gpuHoursVerdict(result);
  expect(sentence).toMatch(/^It takes 2(\.0+)? h of the device: .*kWh.* and .* g.* of CO2e\.$/);
  expect(tone).toBe('good');
});

it('is a caution where nothing tells the energy, and where the interval is wide', () => {
  const unknown = gpuHoursVerdict({ ...result, energyJ: null, co2eG: null });
  expect(unknown).toEqual({
    sentence: expect.stringMatching(/h of the device; nothing given tells its energy\.$/) as string,
    tone: 'caution',
  });
  expect(gpuHoursVerdict({ ...result, deviceS: modelled(7200, 5000) }).tone).toBe('caution');
});

it('says how much a budget allows, and that nothing surely fits', () => {
  const budget: TrainingBudgetResult = {
    ...result,
    unit: 'step',
    budget: { kind: 'energy', value: 1, unit: 'kWh' },
    units: modelled(5000, 1000),
    sureUnits: 4000,
    samples: null,
    epochs: null,
    epochSamples: null,
  };
  expect(trainingBudgetVerdict(budget).sentence).toMatch(
    /^The budget allows 5,?000.* steps, 4,000 of them surely: /,
  );
  expect(trainingBudgetVerdict({ ...budget, sureUnits: 0 }).tone).toBe('problem');
});
