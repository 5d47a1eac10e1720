import { expect, it } from 'vitest';
import { MeterFailure } from './failure';
import { integrate } from './integrate';

function of(...watts: readonly (number | Error)[]): (nowS: number) => number | MeterFailure {
  const left = [...watts];
  const read = integrate(() => {
    const next = left.shift();
    if (next instanceof Error || next === undefined) throw next ?? new Error('no more');
    return next;
  }, 1000);
  return (nowS) => {
    try {
      return read(nowS).joules;
    } catch (error) {
      return error as MeterFailure;
    }
  };
}

it('takes the mean of the powers at either end of each interval', () => {
  const read = of(100, 300, 300);
  expect([0, 2, 3].map(read)).toEqual([0, 400, 700]);
});

it('makes nothing up for a time in which power could not be read', () => {
  const read = of(100, 100, new Error('GPU is lost'), 100, 100);
  expect([read(0), read(1)]).toEqual([0, 100]);
  const failure = read(2) as MeterFailure;
  expect(failure).toBeInstanceOf(MeterFailure);
  expect(failure.message).toBe('GPU is lost');
  expect(failure.last).toEqual({ joules: 100, gaps: 1, resets: 0 });
  expect([read(60), read(61)]).toEqual([100, 200]);
});

it.each([NaN, -1, 1e9, Infinity])("leaves out a power of %f W, which can't be true", (wrong) => {
  const read = of(100, wrong, 100);
  expect(read(0)).toBe(0);
  expect((read(1) as MeterFailure).message).toContain("can't be true");
  expect(read(2)).toBe(0);
});
