import { describe, expect, it } from 'vitest';
import { batchCO2e, batchEnergy } from './batch-energy';

const measured = { value: 0.010_834, method: 'modelled', source: 'test' } as const;

describe('joules and grams of a batch', () => {
  it('are printed to no more digits than the interval of the joules bears', () => {
    const rough = { ...measured, interval: [0.0021, 0.0422] as [number, number] };
    expect(batchEnergy({ energyJ: rough })).toBe('11 mJ');
    expect(batchCO2e({ energyJ: rough, co2eG: 1.423e-6 })).toBe('1.4 µg');
    const sharp = { ...rough, interval: [0.0107, 0.0109] as [number, number] };
    expect(batchEnergy({ energyJ: sharp })).toBe('10.83 mJ');
    expect(batchCO2e({ energyJ: sharp, co2eG: 1.423e-6 })).toBe('1.423 µg');
  });

  it('have the usual digits where there is no interval', () => {
    expect(batchEnergy({ energyJ: measured })).toBe('10.8 mJ');
    expect(batchCO2e({ energyJ: measured, co2eG: 1.423e-6 })).toBe('1.42 µg');
    expect(batchCO2e({ energyJ: { ...measured, value: 0 }, co2eG: 0 })).toBe('0 g');
  });

  it('are left out where there are none', () => {
    expect(batchEnergy({ energyJ: null })).toBeUndefined();
    expect(batchCO2e({ energyJ: null, co2eG: null })).toBeUndefined();
  });
});
