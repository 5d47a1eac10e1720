import { describe, expect, it } from 'vitest';
import { randomKey, splitKey, threefry, uniform } from './random';

describe('threefry', () => {
  it('gives the known answers of Random123 for Threefry-2x32-20', () => {
    const hex = (words: readonly number[]): string[] =>
      words.map((word) => (word >>> 0).toString(16).padStart(8, '0'));
    expect(hex(threefry([0, 0], [0, 0]))).toEqual(['6b200159', '99ba4efe']);
    expect(hex(threefry([-1, -1], [-1, -1]))).toEqual(['1cb996fc', 'bb002be7']);
    expect(hex(threefry([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3 | 0]))).toEqual([
      'c4923a9c',
      '483df7a0',
    ]);
  });

  it('gives evenly spread numbers, others for other seeds and parts', () => {
    const stream = (key = randomKey(1)): number[] =>
      Array.from({ length: 10_000 }, (_, i) => uniform(key, i));
    const numbers = stream();
    expect(numbers.every((u) => u >= 0 && u < 1)).toBe(true);
    const bins = new Array<number>(10).fill(0);
    for (const u of numbers) bins[Math.floor(u * 10)] = (bins[Math.floor(u * 10)] ?? 0) + 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(27.9); // the 99.9 % quantile of 9 degrees of freedom
    const others = [randomKey(2), splitKey(randomKey(1), 0), splitKey(randomKey(1), 1)];
    const all = new Set([numbers, ...others.map(stream)].map((list) => list.join()));
    expect(all.size).toBe(4);
    expect(stream(splitKey(randomKey(1), 1))).toEqual(stream(splitKey(randomKey(1), 1)));
  });
});
