import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CenteredHistogram } from './centered-histogram';
import { GrowingHistogram } from './growing-histogram';
import {
  createObserver,
  movingAverageObserver,
  OBSERVERS,
  mseObserver,
  percentileObserver,
} from './observers';
import { asymmetricParams, dequantizeValue, quantizeValue, UINT8 } from '../../integer/affine';

const batch = (...values: number[]): Float32Array => Float32Array.from(values);

describe('observers', () => {
  it('min-max keeps the extremes of all batches', () => {
    const observer = createObserver('min-max');
    observer.observe(batch(1, 2, -3));
    observer.observe(batch(0.5, 4));
    expect(observer.range()).toEqual({ min: -3, max: 4 });
  });

  it('moving-average starts at the first batch and follows slowly', () => {
    const observer = movingAverageObserver(0.25);
    observer.observe(batch(-1, 1));
    observer.observe(batch(-5, 9));
    expect(observer.range()).toEqual({ min: -2, max: 3 });
  });

  it('percentile leaves out a rare outlier that min-max keeps', () => {
    const values = Float32Array.from({ length: 400_000 }, (_, i) => (i % 2000) / 1000 - 1);
    values[17] = 1000;
    const percentile = percentileObserver();
    percentile.observe(values);
    const range = percentile.range();
    expect(range?.max).toBeGreaterThan(0.9);
    expect(range?.max).toBeLessThan(2);
    const minMax = createObserver('min-max');
    minMax.observe(values);
    expect(minMax.range()?.max).toBe(1000);
  });

  it('mse gives a range with less error than min-max when the tails are long', () => {
    const random = generator(11);
    const normal = (): number =>
      Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const values = Float32Array.from({ length: 50_000 }, () => normal() ** 3);
    const error = (name: string): number => {
      const observer = createObserver(name);
      observer.observe(values);
      const range = observer.range() ?? { min: NaN, max: NaN };
      const params = asymmetricParams(range.min, range.max);
      return values.reduce(
        (sum, x) => sum + (x - dequantizeValue(quantizeValue(x, params, UINT8), params)) ** 2,
        0,
      );
    };
    expect(error('mse')).toBeLessThan(error('min-max'));
  });

  it('mse keeps the whole range of evenly spread values', () => {
    const observer = mseObserver();
    observer.observe(Float32Array.from({ length: 10_000 }, (_, i) => i / 9999));
    expect(observer.range()?.max).toBeCloseTo(1, 1);
  });

  it('percentile is within a bin of the sorted values, however the batches arrive', () => {
    const random = generator(7);
    const all: number[] = [];
    const observer = percentileObserver(99);
    for (let step = 1; step <= 20; step++) {
      const values = Float32Array.from({ length: 1000 }, () => (random() - 0.3) * step);
      all.push(...values);
      observer.observe(values);
    }
    all.sort((a, b) => a - b);
    const range = observer.range();
    const bin = (2 * ((all.at(-1) ?? 0) - (all[0] ?? 0))) / 2048;
    expect(Math.abs((range?.min ?? 0) - (all[Math.round(0.005 * all.length)] ?? 0))).toBeLessThan(
      3 * bin,
    );
    expect(Math.abs((range?.max ?? 0) - (all[Math.round(0.995 * all.length)] ?? 0))).toBeLessThan(
      3 * bin,
    );
  });

  it.each(Object.keys(OBSERVERS))(
    '%s passes over NaN and infinity, and has no range before anything finite',
    (name) => {
      const observer = createObserver(name);
      observer.observe(batch(NaN, Infinity));
      expect(observer.range()).toBeUndefined();
      observer.observe(batch(NaN, -1, 2, -Infinity));
      expect(observer.range()?.min).toBeCloseTo(-1, 6);
      expect(observer.range()?.max).toBeCloseTo(2, 6);
    },
  );

  it('a constant input has that value as its range', () => {
    const observer = createObserver('percentile');
    observer.observe(batch(3, 3, 3));
    expect(observer.range()).toEqual({ min: 3, max: 3 });
  });

  it('an unknown name is answered with the names there are', () => {
    expect(() => createObserver('percentil')).toThrow(
      /Unknown observer 'percentil'\. Allowed: min-max, moving-average, percentile, mse, entropy-ort, entropy-tensorrt\.\nDid you mean 'percentile'/,
    );
  });
});

describe('GrowingHistogram', () => {
  it('loses no count when it grows to either side', () => {
    const histogram = new GrowingHistogram(8);
    histogram.add(batch(0, 1, 2, 3));
    histogram.add(batch(-100));
    histogram.add(batch(500, 0.5));
    expect(histogram.total).toBe(7);
    expect(histogram.counts.reduce((a, b) => a + b)).toBe(7);
    expect(histogram.edge(0)).toBeLessThanOrEqual(-100);
    expect(histogram.edge(8)).toBeGreaterThanOrEqual(500);
  });
});

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('CenteredHistogram', () => {
  it('merges its bins rather than grow without end for an outlier', () => {
    const histogram = new CenteredHistogram(128);
    histogram.add(Float32Array.of(-0.5, 0.25, 1));
    histogram.add(Float32Array.of(-1e6));
    expect(histogram.counts.length).toBeLessThanOrEqual(16 * 128);
    expect(histogram.threshold).toBeGreaterThanOrEqual(1e6);
    const filled = Array.from(histogram.counts).flatMap((count, bin) =>
      count === 0 ? [] : [{ count, from: histogram.edge(bin), to: histogram.edge(bin + 1) }],
    );
    expect(filled.map(({ count }) => count)).toEqual([1, 1, 2]);
    const [outlier, negative, positive] = filled;
    expect(outlier?.from).toBeLessThanOrEqual(-1e6);
    expect(negative?.to).toBeCloseTo(0, 6);
    expect(positive?.from).toBeCloseTo(0, 6);
  });

  it.each(['entropy-ort', 'entropy-tensorrt'])('lets %s end when one batch is far out', (name) => {
    const observer = createObserver(name);
    observer.observe(Float32Array.from({ length: 512 }, (_, i) => Math.sin(i)));
    observer.observe(Float32Array.of(1e9));
    expect(observer.range()?.max).toBeGreaterThan(0);
  });
});

describe('entropy-tensorrt', () => {
  const fixture = JSON.parse(readFileSync(resolve('test/pytorch/entropy.json'), 'utf8')) as {
    readonly size: number;
    readonly thresholds: Readonly<Record<string, number>>;
  };
  const shapes: Readonly<Record<string, (v: number) => number>> = {
    relu: (v) => Math.max(v, 0),
    'relu, long tail': (v) => Math.max(v, 0) ** 3,
    'mostly zeros': (v) => Math.max(v - 2.5, 0),
    'both signs': (v) => v,
    'both signs, long tail': (v) => v ** 3,
  };
  const sines = (i: number): number =>
    Array.from({ length: 8 }, (_, k) => Math.sin((12.9898 + 7.233 * k) * (i + 1))).reduce(
      (a, b) => a + b,
    );

  it.each(Object.entries(shapes))("cuts %s off where NVIDIA's calibrator does", (name, shape) => {
    const values = Float32Array.from({ length: fixture.size }, (_, i) => shape(sines(i)));
    const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const observer = createObserver('entropy-tensorrt');
    observer.observe(values);
    const { max = NaN } = observer.range() ?? {};
    // A bin is 1/2048 of all; where a value on its edge is counted, another of the best may win.
    expect(Math.abs(max - (fixture.thresholds[name] ?? NaN)) / largest).toBeLessThan(0.01);
  });
});
