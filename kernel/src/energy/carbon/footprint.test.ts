import { describe, expect, it } from 'vitest';
import { combined, exact } from '../../quantities/make';
import { carbonFactor } from './factor';
import { co2e, embodiedShare, softwareCarbonIntensity, waterL } from './footprint';
import { costOf } from './money';

const KWH = 3.6e6;
const kWh = (count: number) => exact(count * KWH, { method: 'counter' });
const hundred = carbonFactor({ gridIntensity: 100, pue: 1.5 });

describe('co2e', () => {
  it('is E x PUE x I', () => {
    expect(co2e(kWh(2), hundred).value).toBeCloseTo(300, 9);
  });

  it('carries the interval of the energy and the spread of the sources', () => {
    const energyJ = combined(
      KWH,
      {
        statistical: { below: 0.1 * KWH, above: 0.1 * KWH },
        systematic: { below: 0.2 * KWH, above: 0.5 * KWH },
      },
      { method: 'modelled', samples: 5 },
    );
    const grams = co2e(energyJ, carbonFactor({ region: 'FRA' }));
    expect(grams.value).toBeCloseTo(44.18, 9);
    expect(grams.systematic.below).toBeCloseTo(44.18 - 0.8 * 31, 9);
    expect(grams.systematic.above).toBeCloseTo(1.5 * 56.039 - 44.18, 9);
    expect(grams.statistical.below).toBeCloseTo(4.418, 9);
    expect(grams).toMatchObject({ method: 'literature', samples: 5, complete: true });
  });

  it('stays incomplete where the energy is', () => {
    const partial = exact(KWH, { method: 'counter', complete: false, gaps: 2 });
    expect(co2e(partial, hundred)).toMatchObject({ complete: false, gaps: 2 });
  });

  it('refuses negative joules', () => {
    expect(() => co2e(exact(-1, { method: 'counter' }), hundred)).toThrow(
      expect.objectContaining({ code: 'invalid-energy' }),
    );
  });
});

describe('waterL', () => {
  it('is of the computers’ energy, without the PUE', () => {
    expect(waterL(kWh(10), 1.8).value).toBeCloseTo(18, 9);
  });

  it.each([-0.1, 21, NaN])('refuses a WUE of %d', (wue) => {
    expect(() => waterL(kWh(1), wue)).toThrow(expect.objectContaining({ code: 'invalid-wue' }));
  });
});

describe('embodiedShare', () => {
  it('is the device’s making, for the time and share that was used', () => {
    const grams = embodiedShare({
      deviceKgCO2e: { value: 1000, low: 800, high: 1500 },
      lifetimeYears: 4,
      usedS: (4 * 365.25 * 86_400) / 100,
      share: 0.5,
    });
    expect([grams.low, grams.value, grams.high]).toEqual([
      expect.closeTo(4000, 6),
      expect.closeTo(5000, 6),
      expect.closeTo(7500, 6),
    ]);
    expect(grams.method).toBe('literature');
  });

  it.each([
    { deviceKgCO2e: -1, lifetimeYears: 4, usedS: 1 },
    { deviceKgCO2e: { value: 1, low: 2, high: 3 }, lifetimeYears: 4, usedS: 1 },
    { deviceKgCO2e: 1, lifetimeYears: 0, usedS: 1 },
    { deviceKgCO2e: 1, lifetimeYears: 1, usedS: 4e7 },
    { deviceKgCO2e: 1, lifetimeYears: 1, usedS: 1, share: 0 },
    { deviceKgCO2e: 1, lifetimeYears: 1, usedS: 1, share: 1.1 },
  ])('refuses %j', (options) => {
    expect(() => embodiedShare(options)).toThrow(
      expect.objectContaining({ code: 'invalid-embodied' }),
    );
  });
});

describe('softwareCarbonIntensity', () => {
  it('is ((E x I) + M) per R, with the unit that is counted', () => {
    const embodiedG = exact(100, { method: 'literature' });
    const score = softwareCarbonIntensity({
      energyJ: kWh(2),
      factor: hundred,
      embodiedG,
      units: 1000,
      unit: 'sample',
    });
    expect(score.gramsPerUnit.value).toBeCloseTo(0.4, 9);
    expect(score).toMatchObject({ unit: 'sample', embodied: true });
  });

  it('says when the hardware is not in it', () => {
    const score = softwareCarbonIntensity({
      energyJ: kWh(2),
      factor: hundred,
      units: 3,
      unit: 'epoch',
    });
    expect(score.gramsPerUnit.value).toBeCloseTo(100, 9);
    expect(score.embodied).toBe(false);
  });

  it.each([
    { units: 0, unit: 'sample' },
    { units: NaN, unit: 'sample' },
    { units: 1, unit: ' ' },
  ])('refuses %j', (per) => {
    expect(() => softwareCarbonIntensity({ energyJ: kWh(1), factor: hundred, ...per })).toThrow(
      expect.objectContaining({ code: 'invalid-units' }),
    );
  });
});

describe('costOf', () => {
  it('is the bill of the building', () => {
    const { amount, currency } = costOf(kWh(2), { pricePerKWh: 0.3, currency: 'eur', pue: 1.5 });
    expect(amount.value).toBeCloseTo(0.9, 9);
    expect(currency).toBe('EUR');
  });

  it.each([
    { pricePerKWh: -0.1, currency: 'EUR' },
    { pricePerKWh: NaN, currency: 'EUR' },
    { pricePerKWh: 0.1, currency: 'euros' },
    { pricePerKWh: 0.1, currency: 'XQQ' },
  ])('refuses %j', (price) => {
    expect(() => costOf(kWh(1), price)).toThrow(expect.objectContaining({ code: 'invalid-price' }));
  });
});
