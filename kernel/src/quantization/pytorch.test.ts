import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createObserver } from './observers/observers';
import { asymmetricParams, dequantizeValue, quantizeValue, UINT8 } from '../integer/affine';

/** What `test/pytorch/generate_quantization.py` wrote. */
const fixture = JSON.parse(readFileSync(resolve('test/pytorch/quantization.json'), 'utf8')) as {
  readonly minMax: readonly [number, number];
  readonly movingAverage: readonly [number, number];
  readonly histogram: readonly [number, number];
  readonly fakeQuantize: {
    readonly scale: number;
    readonly zeroPoint: number;
    readonly tensor: readonly number[];
    readonly scales: readonly number[];
    readonly rows: readonly number[];
  };
};

/** The generator's numbers: a sum of sines, cubed, which has long tails. */
const batch = (index: number): Float32Array =>
  Float32Array.from(
    { length: 400 },
    (_, i) => (1 + index) * (Math.sin(12.9898 * (i + 1) + index) + Math.sin(78.233 * (i + 1))) ** 3,
  );

function observed(name: string): { readonly min: number; readonly max: number } {
  const observer = createObserver(name);
  for (const index of [0, 1, 2]) observer.observe(batch(index));
  return observer.range() ?? { min: NaN, max: NaN };
}

describe('observers against PyTorch', () => {
  it.each([
    ['min-max', fixture.minMax],
    ['moving-average', fixture.movingAverage],
  ] as const)('%s gives the same range', (name, [min, max]) => {
    const range = observed(name);
    expect(range.min).toBeCloseTo(min, 4);
    expect(range.max).toBeCloseTo(max, 4);
  });

  it('mse errs no more than HistogramObserver, which searches for the least error too', () => {
    const values = [0, 1, 2].flatMap((index) => [...batch(index)]);
    const error = (min: number, max: number): number => {
      const params = asymmetricParams(min, max);
      return values.reduce(
        (sum, x) => sum + (x - dequantizeValue(quantizeValue(x, params, UINT8), params)) ** 2,
        0,
      );
    };
    const { min, max } = observed('mse');
    expect(error(min, max)).toBeLessThanOrEqual(1.05 * error(...fixture.histogram));
  });
});

describe('quantizing and back against PyTorch’s fake quantization', () => {
  const { scale, zeroPoint, tensor, scales, rows } = fixture.fakeQuantize;
  const values = batch(0);
  // PyTorch multiplies by 1/scale where ONNX divides: a quotient next to a tie may go the other way.
  const differing = (ours: readonly number[], theirs: readonly number[], step: number): number =>
    ours.filter((x, i) => Math.abs(x - (theirs[i] ?? NaN)) > 1e-3 * step).length;

  it('per tensor, asymmetric', () => {
    const params = { scale: Math.fround(scale), zeroPoint };
    const ours = Array.from(values, (x) =>
      dequantizeValue(quantizeValue(x, params, UINT8), params),
    );
    expect(differing(ours, tensor, scale)).toBeLessThanOrEqual(1);
  });

  it('per channel, symmetric', () => {
    const ours = Array.from(values, (x, i) => {
      const params = { scale: scales[Math.floor(i / 100)] ?? NaN, zeroPoint: 0 };
      return dequantizeValue(quantizeValue(x, params, { min: -127, max: 127 }), params);
    });
    expect(differing(ours, rows, scales[0] ?? 0)).toBeLessThanOrEqual(1);
  });
});
