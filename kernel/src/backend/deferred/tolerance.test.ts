import { describe, expect, it } from 'vitest';
import { DT } from '../dtypes';
import { bufferOf } from './tape';
import { isClose } from './tolerance';

const float = { shape: [3], dtype: DT.float };
const floats = (...values: number[]): Buffer => bufferOf(Float32Array.from(values));
const int = { shape: [100], dtype: DT.int32 };

describe('two tensors are the same but for last digits', () => {
  it.each([
    [[1, -2, 1000], [1.5, -2, 1000.5], true],
    [[1, -2, 1000], [3, -2, 1000], false],
    [[0, 0, 0], [0, 0, 1e-9], true],
    [[0, 0, 0], [0, 0, 1e-4], false],
    [[NaN, Infinity, 1], [NaN, Infinity, 1], true],
    [[NaN, Infinity, 1], [1, Infinity, 1], false],
    [[1, Infinity, 1], [1, -Infinity, 1], false],
    [[1, Infinity, 1], [1, 5, 1], false],
  ])('%j and %j: %s', (a, b, close) => {
    expect(isClose(floats(...a), floats(...b), float)).toBe(close);
  });

  it('where few integers differ, which a float at an edge decided', () => {
    const counts = Int32Array.from({ length: 100 }, (_, i) => i);
    const [one, many] = [counts.slice(), counts.slice()];
    one[3] = 4;
    many.reverse();
    expect(isClose(bufferOf(one), bufferOf(counts), int)).toBe(true);
    expect(isClose(bufferOf(many), bufferOf(counts), int)).toBe(false);
  });

  it('only where there are as many numbers', () => {
    expect(isClose(floats(1), floats(1, 1), float)).toBe(false);
  });
});
