import { describe, expect, it } from 'vitest';
import { rowsOf, steps, whatFits } from './extent';

const float = (codeBytes: number) => ({ step: 1, residual: 0, codeBytes, scaleBytes: 0 });
const CACHE = {
  title: 'KV cache',
  ...{ layers: 32, heads: 32, kvHeads: 8, headDim: 128, sequence: 8192, batch: 1 },
  formats: [
    { name: 'fp16', keys: float(256), values: float(256) },
    { name: 'fp8', keys: float(128), values: float(128) },
  ],
  notes: [],
};
const EXTENT = { sequence: 8192, batch: 1, memoryGB: undefined, otherGB: undefined };

describe('caches for what the reader chooses', () => {
  it('are told without a device', () => {
    const rows = rowsOf(CACHE, EXTENT);
    expect(rows.map(({ bytes }) => bytes.totalBytes)).toEqual([2 ** 30, 2 ** 29]);
    expect(rows.map(({ ofFp32, leftBytes }) => [ofFp32, leftBytes])).toEqual([
      [0.5, undefined],
      [0.25, undefined],
    ]);
    expect(whatFits(rows)).toBeUndefined();
  });

  it('fit into what weights leave of a device, and tell how much more would', () => {
    const extent = { ...EXTENT, sequence: 16_384, memoryGB: 18, otherGB: 16 };
    const rows = rowsOf(CACHE, extent);
    expect(whatFits(rows)).toBe('Of 2 formats one fits: fp8.');
    expect(rows[0]?.leftBytes).toBe(2e9 - 2 ** 31);
    expect(rows.map(({ longest }) => longest)).toEqual([15_258, 30_517]);
    expect(rows.map(({ largest }) => largest)).toEqual([0, 1]);
    expect(whatFits(rowsOf(CACHE, { ...extent, otherGB: 20 }))).toBe('None of the formats fits.');
    expect(whatFits(rowsOf(CACHE, { ...extent, otherGB: undefined }))).toBe('All formats fit.');
  });

  it('go through powers of two and the number that was asked for', () => {
    expect(steps(3000, 10, 13)).toEqual([1024, 2048, 3000, 4096, 8192]);
    expect(steps(4, 0, 2)).toEqual([1, 2, 4]);
  });
});
