import { describe, expect, it } from 'vitest';
import { limits } from './limits';
import { PATHS } from './paths.fixture';
import { round, type RoundOptions } from './round';
import { FORMATS, type FormatId } from './table';

describe('saturation and overflow', () => {
  const { fp16, e4m3, e5m2, fp32, tf32 } = FORMATS;

  it.each(PATHS)('is asked for by name, $path', ({ roundAll }) => {
    const all = (id: FormatId, values: number[], options?: RoundOptions): number[] => [
      ...roundAll(id, Float32Array.from(values), options),
    ];
    const saturate = true;
    expect(all('e4m3', [464, 465, -Infinity, Infinity])).toEqual([448, NaN, NaN, NaN]);
    expect(all('e4m3', [465, -Infinity, NaN], { saturate })).toEqual([448, -448, NaN]);
    expect(all('e5m2', [61439, 61440, -1e30])).toEqual([57344, Infinity, -Infinity]);
    expect(all('e5m2', [61440, -Infinity], { saturate })).toEqual([57344, -57344]);
    expect(all('e5m2fnuz', [61440, -Infinity])).toEqual([NaN, NaN]);
    expect(all('e2m1', [100, -Infinity, NaN])).toEqual([6, -6, 0]);
    expect(all('e8m0', [0, -1, 3, 6, NaN])).toEqual([NaN, NaN, 4, 8, NaN]);
    expect(all('fp16', [1e6, 65519], { saturate })).toEqual([65504, 65504]);
    expect(all('pow2', [0.75, 0.375, 0.3, -9, 0.004, NaN])).toEqual([1, 0.5, 0.25, -1, 0, 0]);
  });

  it('rounds toward zero, up and down by the sign', () => {
    const directed = (x: number): number[] =>
      (['toward-zero', 'up', 'down'] as const).map((rounding) => round(fp16, x, { rounding }));
    expect(directed(1e6)).toEqual([65504, Infinity, 65504]);
    expect(directed(-1e6)).toEqual([-65504, -65504, -Infinity]);
    expect(directed(2 ** -30)).toEqual([0, 2 ** -24, 0]);
    expect(round(e4m3, 1e6, { rounding: 'toward-zero' })).toBe(448);
    expect(round(e5m2, 1e9, { rounding: 'to-odd' })).toBe(57344);
  });

  it.each(PATHS)('rounds to fp32 and tf32, $path', ({ roundAll, encodeAll, decodeAll }) => {
    const values = Float32Array.of(0.1, 1e-45, -1e-40, 3.4028234663852886e38, -Infinity, -0, NaN);
    expect([...roundAll('fp32', values)]).toEqual([...values]);
    const codes = encodeAll('fp32', values);
    expect([...codes]).toEqual([...new Uint32Array(values.buffer)]);
    expect([...encodeAll('tf32', Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, -2))]).toEqual([
      0x1fc00, 0x1fc02, 0x60000,
    ]);
    expect([...decodeAll('tf32', Uint32Array.of(0x1fc02, 0x60000) as never)]).toEqual([
      1 + 2 ** -9,
      -2,
    ]);
  });

  it('rounds doubles to fp32 as Math.fround does, subnormals and overflow included', () => {
    const doubles = [0.1, 1e-45, 7e-46, 7.1e-46, 3.4028235677973366e38, -1e-310, 1e300, 16777217];
    expect(doubles.map((x) => round(fp32, x))).toEqual(doubles.map(Math.fround));
    expect(round(tf32, 2 ** 127)).toBe(2 ** 127);
    expect(limits(tf32).minNormal).toBe(2 ** -126);
  });
});
