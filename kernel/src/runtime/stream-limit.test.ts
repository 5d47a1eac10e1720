import { describe, expect, it } from 'vitest';
import type { CellOutput } from './contract';
import { limitStreams, streamLimit } from './stream-limit';

function collect(limit: number) {
  const seen: [string, CellOutput][] = [];
  const deliver = limitStreams((requestId, output) => seen.push([requestId, output]), limit);
  const print = (requestId: string, text: string): void => {
    deliver(requestId, { kind: 'stream', name: 'stdout', text });
  };
  const textOf = (requestId: string): string =>
    seen
      .map(([id, output]) => (id === requestId && output.kind === 'stream' ? output.text : ''))
      .join('');
  return { seen, deliver, print, textOf };
}

describe('the limit of printed text', () => {
  it('lets a cell print up to it', () => {
    const { print, textOf } = collect(6);
    print('a', 'abc');
    print('a', 'def');
    expect(textOf('a')).toBe('abcdef');
  });

  it('cuts the text there and says so once, with what to do', () => {
    const { print, textOf } = collect(5);
    for (const text of ['abc', 'def', 'ghi', 'jkl']) print('a', text);
    expect(textOf('a')).toMatch(
      /^abcde\n\[The cell printed more than 0\.000005 MB: the rest is not shown\..*HALFNOTE_STREAM_LIMIT_MB=<megabytes>, 0 for no limit\.\]\n$/,
    );
  });

  it('says so also when the text ends exactly there and goes on', () => {
    const { print, textOf } = collect(3);
    print('a', 'abc');
    print('a', 'd');
    expect(textOf('a')).toMatch(/^abc\n\[The cell printed/);
  });

  it('halves no emoji where it cuts', () => {
    const { print, textOf } = collect(4);
    print('a', 'abc😀def');
    expect(textOf('a')).toMatch(/^abc\n\[The cell printed/);
    print('b', 'abcd');
    print('b', '😀');
    expect(textOf('b')).toMatch(/^abcd\n\[The cell printed/);
  });

  it('counts each cell for itself', () => {
    const { print, textOf } = collect(3);
    print('a', 'abcd');
    print('b', 'xyz');
    expect(textOf('b')).toBe('xyz');
  });

  it('does not cut displays and results', () => {
    const { seen, deliver, print } = collect(1);
    print('a', 'abc');
    const result = {
      kind: 'result',
      data: { 'text/plain': 'x'.repeat(99) },
      metadata: {},
    } as const;
    deliver('a', result);
    expect(seen.at(-1)).toEqual(['a', result]);
  });

  it.each([
    [undefined, 10_000_000],
    ['', 10_000_000],
    ['25', 25_000_000],
    ['0', Infinity],
    ['much', Infinity],
  ])('is set by the environment: %s', (text, limit) => {
    expect(streamLimit({ HALFNOTE_STREAM_LIMIT_MB: text })).toBe(limit);
  });
});
