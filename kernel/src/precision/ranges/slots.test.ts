import { describe, expect, it } from 'vitest';
import { countsOf, NO_COUNTS, sumOf } from './counts';
import { histogramOf } from './histogram';
import { merged, type Slot } from './slots';
import { TimeAxis } from './time-axis';

const counted = (...values: number[]) => countsOf(histogramOf(Float32Array.from(values)));

function slot(step: number, scale: number, ...values: number[]): Slot {
  const layers = new Map([['w', { kind: 'gradient' as const, counts: counted(...values) }]]);
  return { firstStep: step, lastStep: step, recordedSteps: 1, scale, layers };
}

describe('counts', () => {
  it('add up whatever their ranges are', () => {
    const sum = sumOf(counted(0, 1, 4), counted(0.25, 1, NaN, Infinity));
    expect(sum).toEqual({ zero: 1, inf: 1, nan: 1, firstExponent: -2, bins: [1, 0, 2, 0, 1] });
    expect(sumOf(NO_COUNTS, sum)).toEqual(sum);
    expect(sumOf(sum, counted(0))).toEqual({ ...sum, zero: 2 });
  });
});

describe('slots', () => {
  it('are merged with those beside them of the same loss scale, the shortest first', () => {
    const slots = [slot(0, 8, 1), slot(3, 8, 1), slot(6, 4, 1), slot(9, 4, 2), slot(12, 4, 4)];
    const spans = (most: number) =>
      merged(slots, most).map(({ firstStep, lastStep, recordedSteps, scale }) => [
        ...[firstStep, lastStep, recordedSteps, scale],
      ]);
    expect(spans(3)).toEqual([
      [0, 3, 2, 8],
      [6, 9, 2, 4],
      [12, 12, 1, 4],
    ]);
    expect(spans(2)).toEqual([
      [0, 3, 2, 8],
      [6, 12, 3, 4],
    ]);
    expect(merged(slots, 2)[1]?.layers.get('w')?.counts.bins).toEqual([1, 1, 1]);
  });

  it('of different scales leave values where the format saw them', () => {
    // 1 at scale 8 was 8 to the format: at scale 4 that is what 2 is.
    const [one] = merged([slot(0, 8, 1), slot(1, 4, 1), slot(2, 4, 1)], 1);
    expect(one).toMatchObject({ firstStep: 0, lastStep: 2, recordedSteps: 3, scale: 4 });
    expect(one?.layers.get('w')?.counts).toMatchObject({ firstExponent: 0, bins: [2, 1] });
  });
});

describe('the time axis', () => {
  const axisOf = (steps: number, layers: number): TimeAxis => {
    const axis = new TimeAxis();
    const values = Array.from({ length: 30 }, (_, i) => 2 ** -i);
    for (let step = 0; step < steps; step++) {
      const keyed = Array.from({ length: layers }, (_, i) => {
        return [`w${i}`, { kind: 'gradient' as const, counts: counted(...values) }] as const;
      });
      axis.add({ step: 10 * step, scale: 1, layers: new Map(keyed) });
    }
    return axis;
  };
  const keys = (layers: number) => Array.from({ length: layers }, (_, i) => `w${i}`);

  it('has at most 64 slots, which hold all steps', () => {
    const time = axisOf(1000, 1).toPayload(keys(1), []);
    expect(time?.slots).toHaveLength(64);
    expect(time?.slots[0]?.firstStep).toBe(0);
    expect(time?.slots.at(-1)?.lastStep).toBe(9990);
    expect(time?.slots.reduce((sum, { recordedSteps }) => sum + recordedSteps, 0)).toBe(1000);
    const lengths = time?.slots.map(({ recordedSteps }) => recordedSteps) ?? [];
    expect(Math.max(...lengths) / Math.min(...lengths)).toBeLessThan(3);
    expect(time?.layers[0]?.bins.flat().reduce((a, b) => a + b, 0)).toBe(30_000);
  });

  it('has fewer of many layers, so that a payload stays small, and none of too many', () => {
    const time = axisOf(100, 50).toPayload(keys(50), []);
    expect(time?.slots.length).toBe(15);
    expect(JSON.stringify(time).length).toBeLessThan(100_000);
    expect(axisOf(70, 300).toPayload(keys(300), [])).toBeUndefined();
  });

  it('has none of a single step', () => {
    expect(axisOf(1, 1).toPayload(keys(1), [])).toBeUndefined();
  });
});
