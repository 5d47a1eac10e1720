import { expect, it } from 'vitest';
import { Curve, evenly } from './curve';

it.each([1, 5, 100, 101, 1000, 12_345])('holds few of %d points, evenly, and the last', (count) => {
  const curve = new Curve(100);
  for (let step = 1; step <= count; step++) curve.add(step, -step);
  const steps = curve.points.map(([step]) => step);
  expect(steps.length).toBeLessThanOrEqual(101);
  expect(steps.length).toBeGreaterThanOrEqual(Math.min(count, 50));
  expect(steps[0]).toBe(1);
  expect(steps.at(-1)).toBe(count);
  const gaps = steps.slice(1, -1).map((step, i) => step - (steps[i] ?? 0));
  expect(new Set(gaps).size).toBeLessThanOrEqual(1);
  expect(curve.points.every(([step, value]) => value === -step)).toBe(true);
});

it('chooses evenly, with both ends', () => {
  expect(evenly([1, 2, 3], 5)).toEqual([1, 2, 3]);
  expect(evenly([...Array(11).keys()], 3)).toEqual([0, 5, 10]);
});
