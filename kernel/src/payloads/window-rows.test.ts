import { describe, expect, it } from 'vitest';
import { sampleReport } from '../energy/session.fixture';
import { windowOf } from '../energy/window.fixture';
import type { WindowEnergy } from '../energy/window';
import { windowRows, type WindowRows } from './window-rows';

const names = ({ rows }: WindowRows): string[] =>
  rows.map(({ window, depth }) => `${'. '.repeat(depth)}${window.name}`);

/** A session of so many cells, each with a span within. */
function session(cells: number): WindowEnergy[] {
  const joules = (user: number) => ({ user, halfnote: 0, rest: 1 });
  const zero = { user: 0, halfnote: 0, rest: 0 };
  const all = joules((cells * (cells + 1)) / 2);
  return [
    windowOf({ id: 0, name: 'session', kind: 'session', accountsJ: all, exclusiveJ: zero }),
    ...Array.from({ length: cells }, (_, index) => [
      windowOf({
        ...{ id: 2 * index + 1, parent: 0, name: `In [${index + 1}]`, exclusiveJ: zero },
        accountsJ: joules(index + 1),
      }),
      windowOf({
        ...{ id: 2 * index + 2, parent: 2 * index + 1, name: `span ${index + 1}`, kind: 'span' },
        accountsJ: joules(index + 1),
      }),
    ]).flat(),
  ];
}

describe('the rows of windows', () => {
  it('are a tree in the order of their beginning, whatever order they come in', () => {
    const { total, windows } = sampleReport();
    const rows = windowRows({ total, windows: windows.toReversed() });
    expect(names(rows)).toEqual([
      'session',
      '. outside cells',
      '. In [1]',
      '. In [2]',
      '. . train fp32',
      '. . . epoch 1',
      '. . . epoch 2',
      '. . train bf16',
      '. In [3]',
      '. background of In [3]',
      '. In [4]',
    ]);
    expect(rows).toMatchObject({ hidden: 0, hiddenJ: 0 });
  });

  it('of a long session are the largest, with those that they lie within, and count the others', () => {
    const windows = session(100);
    const rows = windowRows(sampleReport(windows));
    expect(rows.rows).toHaveLength(40);
    expect(names(rows).slice(0, 4)).toEqual(['session', '. In [81]', '. In [82]', '. . span 82']);
    expect(names(rows).at(-1)).toBe('. . span 100');
    expect(rows.hidden).toBe(201 - 40);
    // What is listed and what is hidden is the session.
    const listed = rows.rows.reduce((sum, { window }) => sum + window.exclusiveJ.user, 0);
    expect(listed + rows.hiddenJ).toBe(5050);
    expect(rows.hiddenJ).toBe((81 * 82) / 2);
  });

  it('keep a window that is still open', () => {
    const windows = session(60).map((window) =>
      window.name === 'span 1' ? { ...window, status: 'open' as const } : window,
    );
    expect(names(windowRows(sampleReport(windows)))).toContain('. . span 1');
  });

  it('hold each window once when parents are missing or go in a circle', () => {
    const { total, windows } = sampleReport();
    const [outside, first, second, ...others] = windows;
    if (!outside || !first || !second) throw new Error('The sample has windows.');
    const altered = [
      { ...outside, parent: 99 },
      { ...first, parent: second.id },
      { ...second, parent: first.id },
      ...others,
    ];
    const { rows } = windowRows({ total, windows: altered });
    expect(rows.map(({ window }) => window.id).toSorted((a, b) => a - b)).toEqual(
      [total, ...windows].map(({ id }) => id),
    );
  });
});
