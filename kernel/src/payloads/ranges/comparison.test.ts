import { describe, expect, it } from 'vitest';
import { withinBudget } from '../budget';
import { sampleComparison, sampleTimedRanges } from '../samples.fixture';
import { comparisonVerdict, gone, rangeComparison, readComparison } from './comparison';

const [a, b] = sampleComparison.runs;
function compared(runs = [a, b]) {
  const found = readComparison({ runs });
  if (found === undefined) throw new Error('nothing in both');
  return found;
}

describe('two runs', () => {
  it('are compared by layers of one name, each at its own scales', () => {
    const { layers } = compared();
    expect(layers.map(({ name }) => name)).toEqual([
      'dense_1/kernel',
      'dense_2/kernel',
      'head/bias',
    ]);
    const [first, second, third] = layers;
    // What fp16 lost of the first, bf16 keeps; exact zeros are in both.
    expect(first?.lost.map(({ underflow }) => underflow > 0)).toEqual([true, false]);
    expect(first?.difference).toBeCloseTo(-0.15, 2);
    expect(second?.lost.map(gone)[1]).toBeCloseTo(0.25, 2);
    expect(third?.difference).toBeCloseTo(0, 3);
  });

  it('are read in the order of the first, whatever order the second has', () => {
    const { layers, time } = sampleTimedRanges;
    const turned = {
      ...b.ranges,
      layers: layers.toReversed(),
      ...(time && { time: { ...time, layers: time.layers.toReversed() } }),
    };
    const both = compared([a, { ...b, ranges: turned }]);
    expect(both.layers).toEqual(compared().layers);
    expect(both.runs[1].ranges.time).toEqual(b.ranges.time);
  });

  it('have nothing in common where no layer is in both', () => {
    const other = {
      ...b.ranges,
      layers: b.ranges.layers.map((l) => ({ ...l, name: `${l.name}2` })),
    };
    expect(readComparison({ runs: [a, { ...b, ranges: other }] })).toBeUndefined();
    expect(readComparison({ runs: [a] })).toBeUndefined();
  });

  it('are told by the run that loses more, and where most', () => {
    expect(comparisonVerdict(compared())).toEqual({
      sentence:
        'They differ most in dense_1/kernel: of its gradients 15.0% are zero or lost in fp16 at loss scale 1024, 0% in bf16. ' +
        'fp16 at loss scale 1024 has more of that in 1 of 3 layers.',
      tone: 'caution',
    });
    expect(comparisonVerdict(compared([a, a])).tone).toBe('good');
  });

  it('are two, and within the budget that each has alone', () => {
    expect(rangeComparison.safeParse({ ...sampleComparison, runs: [a] }).success).toBe(false);
    expect(withinBudget(sampleComparison)).toEqual({ data: sampleComparison, left: [] });
    const layers = Array.from({ length: 1200 }, () => a.ranges.layers[0]);
    const { left } = withinBudget({ runs: [{ ...a, ranges: { ...a.ranges, layers } }, b] });
    expect(left).toEqual(['Shows the first 1,000 of 1,200 layers.']);
  });
});
