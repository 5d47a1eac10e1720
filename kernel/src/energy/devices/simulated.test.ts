import { describe, expect, it } from 'vitest';
import { HalfnoteError } from '../../errors';
import { MeterFailure } from './failure';
import { nullMeter } from './null';
import { simulatedMeter } from './simulated';

function reads(meter: ReturnType<typeof simulatedMeter>, ...times: readonly number[]): number[] {
  return times.map((atS) => meter.read(atS).joules);
}

describe('simulatedMeter', () => {
  it('draws the power that it is told to, and knows the truth', () => {
    const meter = simulatedMeter({ watts: (atS) => (atS < 2 ? 100 : 50 + atS) });
    expect(reads(meter, 0, 1, 2)).toEqual([0, 100, 200]);
    expect(meter.read(10).joules).toBeCloseTo(200 + 8 * 50 + 48, 6);
    expect(meter.trueJoules(10)).toBeCloseTo(648, 6);
  });

  it('moves in steps, as counters do', () => {
    const meter = simulatedMeter({ watts: () => 300, stepS: 0.1 });
    expect(reads(meter, 0.05, 0.2, 0.249, 0.3, 0.35)).toEqual([0, 60, 60, 90, 90]);
    expect(meter.refreshS).toBe(0.1);
    expect(meter.trueJoules(0.35)).toBeCloseTo(105, 9);
  });

  it('tells its power where it is asked to', () => {
    const watts = (atS: number) => 100 + atS;
    expect(simulatedMeter({ watts, tellsPower: true }).read(5).watts).toBe(105);
    expect(simulatedMeter({ watts }).read(5).watts).toBeUndefined();
  });

  it('wraps, and is read right all the same', () => {
    const meter = simulatedMeter({ watts: () => 100, rangeJ: 250 });
    expect(reads(meter, 0, 2, 4, 5, 7)).toEqual([0, 200, 400, 500, 700]);
  });

  it('has the same noise for the same seed, of the size that is asked for', () => {
    const noisy = (seed: number) =>
      simulatedMeter({ watts: () => 100, stepS: 0.1, noise: { relative: 0.1, seed } });
    const times = Array.from({ length: 2001 }, (_, index) => index / 10);
    const [a, b, other] = [noisy(1), noisy(1), noisy(2)].map((meter) => reads(meter, ...times));
    expect(a).toEqual(b);
    expect(a).not.toEqual(other);
    const steps = times.slice(1).map((_, index) => (a?.[index + 1] ?? 0) - (a?.[index] ?? 0));
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    const deviation = Math.sqrt(steps.reduce((sum, step) => sum + (step - mean) ** 2, 0) / 2000);
    expect(Math.abs(mean - 10)).toBeLessThan(0.1);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.1);
  });

  it('can be away, and loses nothing by it', () => {
    const meter = simulatedMeter({ watts: () => 10, isThere: (atS) => atS < 1 || atS > 2 });
    meter.read(0);
    expect(() => meter.read(1.5)).toThrow(MeterFailure);
    expect(meter.read(3)).toEqual({ joules: 30, gaps: 1, resets: 0 });
  });

  it.each([{ stepS: 0 }, { stepS: NaN }, { rangeJ: -1 }, { noise: { relative: 2, seed: 1 } }])(
    'refuses what no device has: %j',
    (wrong) => {
      expect(() => simulatedMeter({ watts: () => 1, ...wrong })).toThrow(HalfnoteError);
    },
  );
});

it('a null device is an ordinary one that draws nothing', () => {
  const meter = nullMeter('gpu');
  expect([meter.component, meter.read(0).joules, meter.read(9).joules]).toEqual(['gpu', 0, 0]);
});
