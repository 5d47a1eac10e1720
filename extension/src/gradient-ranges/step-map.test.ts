import type { GradientRanges } from 'halfnote/mime/ranges';
import { describe, expect, it } from 'vitest';
import { read } from './reading';
import { ridgeOf } from './ridge';
import { cellText, stepMap } from './step-map';
import { cellAt, geometryOf } from './step-map-drawing';

/** Ten values at one power of two in each of four slots, and more of what is zero or infinite. */
function layer(
  name: string,
  exponents: readonly number[],
  more: { readonly zero?: number; readonly inf?: number } = {},
) {
  const zero = exponents.map(() => more.zero ?? 0);
  const inf = exponents.map((_, slot) => (slot === 0 ? (more.inf ?? 0) : 0));
  const first = Math.min(...exponents);
  const bins = Array.from({ length: Math.max(...exponents) - first + 1 }, () => 0);
  for (const exponent of exponents) bins[exponent - first] = (bins[exponent - first] ?? 0) + 10;
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
  return {
    layer: {
      ...{ name, kind: 'gradient' as const, shape: [10], nan: 0, firstExponent: first, bins },
      ...{ zero: sum(zero), inf: sum(inf), count: sum([...zero, ...inf, ...bins]) },
    },
    counts: { zero, inf, firstExponent: [...exponents], bins: exponents.map(() => [10]) },
  };
}

const layers = [
  layer('dense_1/kernel', [-20, -24, -36, -40]),
  layer('dense_2/kernel', [-12, -13, -14, -14], { zero: 5, inf: 5 }),
  layer('head/bias', [-8, -9, -9, -10]),
];

/** Recorded in fp16 over 80 steps: too large a scale at first, and gradients that get ever smaller. */
const payload: GradientRanges = {
  ...{ title: 'Gradients', format: 'fp16', execution: 'simulated', every: 1 },
  ...{ step: 80, recordedSteps: 80 },
  lossScale: {
    ...{ value: 1024, suggested: 65536, reason: '', skippedSteps: 0 },
    ...{ history: [], steps: 80, skippedAt: [] },
  },
  formats: [
    {
      ...{ id: 'fp16', label: 'fp16', minSubnormalExponent: -24 },
      ...{ minNormalExponent: -14, maxExponent: 15 },
    },
  ],
  layers: layers.map((each) => each.layer),
  time: {
    slots: [65536, 1024, 1024, 1024].map((scale, slot) => ({
      ...{ firstStep: 20 * slot, lastStep: 20 * slot + 19, recordedSteps: 20, scale },
    })),
    layers: layers.map(({ counts }) => counts),
  },
};

function reading(choices: Parameters<typeof read>[1] = {}) {
  const found = read(payload, choices);
  if (found === undefined) throw new Error('nothing to read');
  return found;
}

function mapOf(choices: Parameters<typeof read>[1] = {}) {
  const map = stepMap(payload, reading(choices));
  if (map === undefined) throw new Error('no steps');
  return map;
}

describe('a slot', () => {
  it('is shown alone, at the loss scale that it had, on the axis of all steps', () => {
    const first = reading({ step: 7 });
    expect(first).toMatchObject({ slot: 0, scaleExponent: 16 });
    expect(first.layers[1]?.layer.inf).toBe(5);
    const last = reading({ step: 79 });
    expect(last).toMatchObject({ slot: 3, scaleExponent: 10, span: first.span });
    expect(last.layers[1]?.layer.inf).toBe(0);
    expect(reading({ step: 1e6 }).slot).toBe(3);
  });

  it('leaves the scale to the reader', () => {
    expect(reading({ step: 0, scaleExponent: 4 }).scaleExponent).toBe(4);
  });
});

describe('layers by steps', () => {
  it('say what was lost at the scale in force, whatever scale the reader tries', () => {
    const { rows, slots, end } = mapOf({ scaleExponent: 24 });
    expect(slots).toHaveLength(4);
    expect(end).toBe(80);
    const [small, large] = rows;
    expect(small?.cells.map(({ as, level }) => [as, level > 0])).toEqual([
      ['underflow', false],
      ['underflow', false],
      ['underflow', true],
      ['underflow', true],
    ]);
    // Overflow costs the step: it is seen before zeros, which may be lost too.
    expect(large?.cells.map(({ as }) => as)).toEqual(['overflow', 'neutral', 'neutral', 'neutral']);
  });

  it('are read out cell by cell', () => {
    expect(cellText(mapOf(), 1, 0, 'gradient')).toMatch(
      /^dense_2\/kernel, steps 0–19 at loss scale 65536 \(2¹⁶\): 0% becomes zero, 25\.0% overflows, 25\.0% is zero$/,
    );
    expect(cellText(mapOf(), 9, 0, 'gradient')).toBe('');
  });

  it('find the cell at a point', () => {
    const map = mapOf();
    const { x } = geometryOf(map, 500);
    expect(cellAt(map, 500, x(41), 21)).toEqual({ row: 0, column: 2 });
    expect(cellAt(map, 500, x(41), 20 + 14 * 2)).toEqual({ row: 2, column: 2 });
    expect(cellAt(map, 500, 3, 21)).toBeUndefined();
    expect(cellAt(map, 500, x(41), 300)).toBeUndefined();
  });

  it('are none of a payload that has no steps', () => {
    const { time, ...old } = payload;
    expect(time).toBeDefined();
    expect(stepMap(old, reading())).toBeUndefined();
  });
});

describe('the ridge of a layer', () => {
  it('has its histogram in each slot, and the ends of the format at the scale of each', () => {
    const shown = reading({ layer: 'dense_1/kernel' });
    if (shown.open === undefined) throw new Error('no layer is open');
    const lines = ridgeOf(payload, shown.open, shown) ?? [];
    expect(lines.map(({ zero, overflow }) => [zero, overflow])).toEqual([
      [-41, 0],
      [-35, 6],
      [-35, 6],
      [-35, 6],
    ]);
    for (const { shares } of lines) expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1);
  });
});
