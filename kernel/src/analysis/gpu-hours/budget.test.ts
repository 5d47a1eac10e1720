import { describe, expect, it } from 'vitest';
import { combined } from '../../quantities/make';
import { trainingBudget } from './budget';
import { gpuHours } from './gpu-hours';

const step = { stepS: 0.5, samples: 1000, batchSize: 100 };

describe('trainingBudget', () => {
  it('says how many steps, samples and epochs fit into device-hours', async () => {
    const { units, samples, epochs, sureUnits, wallS } = (
      await trainingBudget({
        ...step,
        budgetHours: 10,
        devices: 8,
      })
    ).result;
    expect(units.value).toBe(72_000);
    expect(sureUnits).toBe(72_000);
    expect(samples?.value).toBe(7_200_000);
    expect(epochs?.value).toBe(7200);
    expect(wallS.value).toBe(4500);
  });

  it('counts as sure what fits even if a step is as slow as its interval allows', async () => {
    const stepS = combined(
      0.5,
      { systematic: { below: 0.1, above: 0.125 } },
      { method: 'counter', samples: 9 },
    );
    const { units, sureUnits } = (await trainingBudget({ stepS, budgetHours: 1 })).result;
    expect(units.low).toBeCloseTo(3600 / 0.625, 6);
    expect(units.high).toBeCloseTo(3600 / 0.4, 6);
    expect(sureUnits).toBe(5760);
  });

  it.each([
    [{ budgetJ: 3.6e6, powerW: 100 }, 3.6e6 / 50],
    [{ budgetCO2eG: 100, powerW: 100, gridIntensity: 50, pue: 2 }, 3.6e6 / 50],
    [{ budgetMoney: 6, pricePerDeviceHour: 2, currency: 'EUR' }, 3 * 7200],
    [{ budgetMoney: 1, pricePerKWh: 0.5, currency: 'EUR', pue: 2, powerW: 100 }, 3.6e6 / 50],
  ])('divides %j', async (budget, units) => {
    expect((await trainingBudget({ ...step, ...budget })).result.units.value).toBeCloseTo(units, 3);
  });

  it('is the way back from gpuHours', async () => {
    const options = {
      flopsPerSample: 3e9,
      samples: 50_000,
      device: 'a100',
      devices: 4,
      efficiency: 0.9,
    };
    const { deviceS } = (await gpuHours({ ...options, epochs: 3 })).result;
    const back = await trainingBudget({ ...options, budgetHours: deviceS.value / 3600 });
    expect(back.result.epochs?.value).toBeCloseTo(3, 6);
    expect(String(back)).toMatch(/Of these surely +\d/);
  });

  it.each([
    [{ ...step }, /No budget is given/],
    [{ ...step, budgetHours: 1, budgetJ: 1 }, /2 budgets: budgetHours, budgetJ/],
    [{ ...step, budgetHours: 0 }, /budgetHours is 0/],
    [{ ...step, budgetHours: NaN }, /budgetHours is NaN/],
    [{ ...step, budgetJ: 1 }, /Nothing says what the training takes of budgetJ/],
    [{ ...step, budgetMoney: 1 }, /Nothing says.*budgetMoney.*\n.*pricePerDeviceHour/],
    [{ ...step, budgetCO2eG: 1, powerW: 1, gridIntensity: 0 }, /would never end/],
    [{ flops: 1e9, peakFlops: 1e12, budgetHours: 1 }, /divided among steps or samples/],
  ])('refuses %j', async (options, message) => {
    await expect(trainingBudget(options as never)).rejects.toThrow(message);
  });
});
