import { describe, expect, it } from 'vitest';
import { carbonFactor, co2eGrams, intensityQuantity } from './factor';

describe('co2eGrams', () => {
  it('is 473 g for a kilowatt hour of the world, by the figure of 2024', () => {
    expect(co2eGrams(3.6e6, carbonFactor())).toBeCloseTo(473, 0);
  });

  it('multiplies by the PUE', () => {
    expect(co2eGrams(1.8e6, carbonFactor({ gridIntensity: 200, pue: 1.5 }))).toBe(150);
  });

  it('says when the region was assumed', () => {
    expect(carbonFactor().assumed).toBe(true);
    expect(carbonFactor({ region: 'WORLD' }).assumed).toBe(false);
  });

  it.each([
    [{ pue: 0.9 }, 'invalid-pue'],
    [{ pue: NaN }, 'invalid-pue'],
    [{ pue: 1e9 }, 'invalid-pue'],
    [{ gridIntensity: -1 }, 'invalid-intensity'],
    [{ gridIntensity: 1e308 }, 'invalid-intensity'],
    [{ gridIntensity: NaN }, 'invalid-intensity'],
    [{ region: 'FRA', gridIntensity: 50 }, 'ambiguous-intensity'],
    [{ region: 'XXQ' }, 'unknown-region'],
  ])('refuses %j', (options, code) => {
    expect(() => carbonFactor(options)).toThrow(expect.objectContaining({ code }));
  });

  it('says what is allowed, and why', () => {
    expect(() => carbonFactor({ pue: 1e9 })).toThrow(
      /^pue is 1000000000; it must be a number from 1 to 5\.\nPUE is all energy/,
    );
    expect(() => carbonFactor({ gridIntensity: 3001 })).toThrow(
      /from 0 to 3000 gCO2e\/kWh.*\n.*kg/,
    );
  });

  it.each([-1, NaN, Infinity])('refuses %d joules', (joules) => {
    expect(() => co2eGrams(joules, carbonFactor())).toThrow(
      expect.objectContaining({ code: 'invalid-energy' }),
    );
  });
});

describe('intensityQuantity', () => {
  it('has what the sources differ by as its systematic part', () => {
    const { intensity } = carbonFactor({ region: 'FRA' });
    const { value, low, high, statistical, method, samples } = intensityQuantity(intensity);
    expect(low).toBeCloseTo(31, 9);
    expect(value).toBeCloseTo(44.18, 9);
    expect(high).toBeCloseTo(56.039, 9);
    expect(statistical).toEqual({ below: 0, above: 0 });
    expect({ method, samples }).toEqual({ method: 'literature', samples: 3 });
  });

  it('is exact where one figure is all there is', () => {
    expect(intensityQuantity(carbonFactor({ gridIntensity: 50 }).intensity)).toMatchObject({
      low: 50,
      high: 50,
    });
  });
});
