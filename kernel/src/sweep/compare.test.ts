import { describe, expect, it } from 'vitest';
import { compareGroups } from './compare';
import { tableCsv, type Row } from './table';

/** A finished point with a loss; without one, a point that failed. */
function row(format: string, seed: number, loss?: number): Row {
  const facts = {
    parameters: { format, seed },
    error: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    cellsS: 2,
    energy: null,
    host: 'here',
  };
  return {
    key: `${format}${seed}`,
    parameters: { format, seed },
    state: loss === undefined ? 'failed' : 'finished',
    metrics: loss === undefined ? [] : [{ name: 'loss', value: loss, unit: '' }],
    facts: { ...facts, status: loss === undefined ? 'failed' : 'finished' },
  };
}

describe('points compared', () => {
  it('have means with Student’s intervals, and paired differences from the first group', () => {
    const rows = [
      ...[1.1, 1.2, 1.3].map((loss, seed) => row('fp32', seed, loss)),
      ...[2.2, 2.2, 2.2].map((loss, seed) => row('bf16', seed, loss)),
    ];
    const { by, over, groups } = compareGroups(rows);
    expect([by, over]).toEqual([['format'], ['seed']]);
    const [fp32, bf16] = groups.map(({ figures }) => figures.find(({ name }) => name === 'loss'));
    expect(fp32?.mean?.value).toBeCloseTo(1.2, 12);
    // t(0.975, 2) = 4.302653, times 0.1 / sqrt(3).
    expect(fp32?.mean?.high).toBeCloseTo(1.2 + 0.2484138, 6);
    expect(fp32?.difference).toBeNull();
    expect(bf16?.difference?.value).toBeCloseTo(1, 12);
    expect(bf16?.difference?.low).toBeCloseTo(1 - 0.2484138, 6);
    expect(bf16?.difference?.pairs).toBe(3);
  });

  it('count what failed and what is not finite, and leave it out', () => {
    const rows = [row('fp32', 1, 1), row('fp32', 2, NaN), row('fp32', 3)];
    const [group] = compareGroups(rows).groups;
    expect([group?.points, group?.failed]).toEqual([2, 1]);
    expect(group?.figures[0]).toMatchObject({ name: 'loss', notFinite: 1, mean: { value: 1 } });
  });

  it('are grouped over the parameters that are named, which the sweep must have', () => {
    const rows = [row('fp32', 1, 1), row('bf16', 1, 3), row('fp32', 2, 5)];
    const { groups } = compareGroups(rows, ['format']);
    expect(groups.map(({ parameters, points }) => [parameters['seed'], points])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(() => compareGroups(rows, ['sed'])).toThrow('The sweep has no parameter "sed"');
  });
});

describe('a table as CSV', () => {
  it('quotes what needs it, and leaves empty what is not known', () => {
    const lines = tableCsv([row('a,"b"', 1, 0.5), row('c', 2)]).split('\r\n');
    expect(lines[1]).toBe('"a,""b""",1,finished,0.5,2,,,,,,"a,""b""1"');
    expect(lines[2]).toBe('c,2,failed,,2,,,,,,c2');
  });
});
