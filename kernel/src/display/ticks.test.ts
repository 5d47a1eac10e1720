import { expect, it } from 'vitest';
import { roundStep, roundTicks, tickTexts } from './ticks';

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

it.each([
  [
    [0, 0.1, 0.2, 0.30000000000000004],
    ['0', '0.1', '0.2', '0.3'],
  ],
  [
    [0.6931465, 0.693147, 0.6931475],
    ['0.6931465', '0.693147', '0.6931475'],
  ],
  [
    [123456, 123456.5, 123457],
    ['123456', '123456.5', '123457'],
  ],
  [
    [12345678000, 12345679000],
    ['1.2345678e+10', '1.2345679e+10'],
  ],
  [
    [-4, -3, -2],
    ['-4', '-3', '-2'],
  ],
  [
    [0.01, 0.1, 1, 10],
    ['0.01', '0.1', '1', '10'],
  ],
  [
    [1e-200, 1, 1e200],
    ['1e-200', '1', '1e+200'],
  ],
  [[3], ['3']],
  [[0], ['0']],
])('tells ticks apart: %j are %j', (ticks, texts) => {
  expect(tickTexts(ticks)).toEqual(texts);
});

it('gives no two ticks the same text', () => {
  for (let power = -12; power <= 12; power++)
    for (const span of [1, 1e-1, 1e-3, 1e-5]) {
      const low = 1.2345 * 10 ** power;
      const ticks = roundTicks(low, low * (1 + span), 4);
      expect(new Set(tickTexts(ticks)).size).toBe(ticks.length);
      expect(tickTexts(ticks).map(Number)).toEqual(
        ticks.map((tick) => expect.closeTo(tick, 8 - power) as number),
      );
    }
});
