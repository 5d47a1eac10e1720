import { expect, it } from 'vitest';
import { roundStep, roundTicks } from './ticks';

it.each([
  [1, 1],
  [1.1, 2],
  [0.03, 0.05],
  [7, 10],
  [2000, 2000],
])('takes steps of 1, 2 or 5: %d gives %d', (rough, step) => {
  expect(roundStep(rough)).toBeCloseTo(step, 12);
});

it.each([
  [0, 10, 5, [0, 2, 4, 6, 8, 10]],
  [0.31, 0.92, 4, [0.4, 0.6, 0.8]],
  [-1, 1, 2, [-1, 0, 1]],
  [3, 3, 4, [3]],
])('puts ticks at round numbers from %d to %d', (low, high, most, ticks) => {
  const found = roundTicks(low, high, most);
  expect(found).toHaveLength(ticks.length);
  found.forEach((tick, i) => {
    expect(tick).toBeCloseTo(ticks[i] ?? NaN, 12);
  });
});
