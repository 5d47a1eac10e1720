import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Coalescer } from './coalescer';
import type { CellOutput } from './contract';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function collect(): { coalescer: Coalescer; delivered: [string, CellOutput][] } {
  const delivered: [string, CellOutput][] = [];
  return { coalescer: new Coalescer((id, output) => delivered.push([id, output])), delivered };
}

const out = (text: string, name: 'stdout' | 'stderr' = 'stdout'): CellOutput => ({
  kind: 'stream',
  name,
  text,
});

it('joins what is written within one interval', () => {
  const { coalescer, delivered } = collect();
  for (const text of ['a', 'b', 'c']) coalescer.add('1', out(text));
  expect(delivered).toEqual([]);
  vi.advanceTimersByTime(20);
  expect(delivered).toEqual([['1', out('abc')]]);
});

it('delivers at once when much text is waiting', () => {
  const { coalescer, delivered } = collect();
  coalescer.add('1', out('x'.repeat(10_000)));
  expect(delivered).toEqual([['1', out('x'.repeat(10_000))]]);
});

it('keeps streams, requests and other outputs apart and in order', () => {
  const { coalescer, delivered } = collect();
  coalescer.add('1', out('a'));
  coalescer.add('1', out('b', 'stderr'));
  coalescer.add('2', out('c', 'stderr'));
  coalescer.add('2', { kind: 'clear', wait: false });
  expect(delivered).toEqual([
    ['1', out('a')],
    ['1', out('b', 'stderr')],
    ['2', out('c', 'stderr')],
    ['2', { kind: 'clear', wait: false }],
  ]);
});
