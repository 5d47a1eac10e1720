import { expect, it } from 'vitest';
import { valueAxis } from './value-axis';

it('is linear for values of one size, from a little below to a little above', () => {
  const { isLogarithmic, at, ticks } = valueAxis([0.5, 1], 100, 0);
  expect(isLogarithmic).toBe(false);
  expect(at(0.475)).toBeCloseTo(100);
  expect(at(1.025)).toBeCloseTo(0);
  expect(ticks.map((tick) => Number(tick.toFixed(6)))).toEqual([0.6, 0.8, 1]);
});

it('is logarithmic for values decades apart', () => {
  const { isLogarithmic, at, ticks } = valueAxis([0.01, 20], 100, 0);
  expect(isLogarithmic).toBe(true);
  expect(ticks).toEqual([0.01, 0.1, 1, 10]);
  expect(at(1) - at(10)).toBeCloseTo(at(0.1) - at(1));
});

it.each([[[]], [[3]], [[0, 0]], [[-2, -1]]])('holds %j', (values) => {
  const { at, ticks } = valueAxis(values, 100, 0);
  for (const value of values) expect(at(value)).toBeGreaterThanOrEqual(0);
  for (const value of values) expect(at(value)).toBeLessThanOrEqual(100);
  expect(ticks.length).toBeGreaterThan(0);
});
