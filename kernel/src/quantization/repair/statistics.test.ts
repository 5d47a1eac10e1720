import { describe, expect, test } from 'vitest';
import { activatedMean } from './statistics';

/** The mean after an activation by the midpoint rule over 12 deviations to both sides. */
function integrated(mean: number, deviation: number, activation: (x: number) => number): number {
  const steps = 200_000;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const z = -12 + (24 * (i + 0.5)) / steps;
    sum += activation(mean + deviation * z) * Math.exp(-0.5 * z * z);
  }
  return (sum * 24) / steps / Math.sqrt(2 * Math.PI);
}

const relu = (x: number): number => Math.max(0, x);
const relu6 = (x: number): number => Math.min(6, Math.max(0, x));

describe('activatedMean', () => {
  test('has the known mean of a rectified standard normal: 1 / sqrt(2 pi)', () => {
    expect(activatedMean(0, 1, 'relu')).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 14);
    expect(activatedMean(-3, 1, 'linear')).toBe(-3);
  });

  test.each([
    [0, 1],
    [1, 2],
    [-2, 1],
    [-6, 1],
    [3, 0.1],
    [6, 1],
    [5, 4],
    [20, 2],
    [0.5, 0.001],
  ])('agrees with the integral for mean %f and deviation %f', (mean, deviation) => {
    expect(activatedMean(mean, deviation, 'relu')).toBeCloseTo(
      integrated(mean, deviation, relu),
      7,
    );
    expect(activatedMean(mean, deviation, 'relu6')).toBeCloseTo(
      integrated(mean, deviation, relu6),
      7,
    );
  });

  test('only clamps a channel that does not vary', () => {
    expect(activatedMean(-1, 0, 'relu')).toBe(0);
    expect(activatedMean(7, 0, 'relu6')).toBe(6);
  });
});
