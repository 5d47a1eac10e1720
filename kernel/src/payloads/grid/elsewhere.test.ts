import { describe, expect, it } from 'vitest';
import { carbonFactor } from '../../energy/carbon/factor';
import { co2e } from '../../energy/carbon/footprint';
import { gridIntensity } from '../../energy/carbon/grid';
import { combined } from '../../quantities/make';
import { co2eElsewhere, timesAsMuch } from './elsewhere';

const ENERGY = combined(
  850,
  { statistical: { below: 12, above: 9 }, systematic: { below: 60, above: 80 } },
  { method: 'estimated' },
);

describe('grams of CO2e on another grid', () => {
  it.each(['FRA', 'POL', 'WORLD', 'ISL'])('are those that the kernel has for %s', (region) => {
    for (const pue of [1, 1.2, 2.5]) {
      const expected = co2e(ENERGY, carbonFactor({ region, pue }));
      const { gramsPerKWh, low, high } = gridIntensity(region);
      const found = co2eElsewhere(ENERGY, { value: gramsPerKWh, low, high }, pue);
      for (const end of ['value', 'low', 'high'] as const)
        expect(found[end]).toBeCloseTo(expected[end], 12);
    }
  });

  it('are compared with the reported ones', () => {
    const of = (value: number) => ({ value, low: value, high: value, complete: true });
    expect(timesAsMuch(of(2), of(1))).toBe('2 times as much');
    expect(timesAsMuch(of(1), of(1))).toBe('as much as reported');
    expect(timesAsMuch(of(1), of(0))).toBeUndefined();
  });
});
