import { describe, expect, it } from 'vitest';
import { sorted, type Column } from './table';

interface Row {
  readonly name: string;
  readonly speed: number | undefined;
}

const columns: readonly Column<Row>[] = [
  { id: 'name', title: 'Name', hint: '', value: ({ name }) => name, cell: ({ name }) => name },
  { id: 'speed', title: 'Speed', hint: '', value: ({ speed }) => speed, cell: () => '' },
];
const rows: readonly Row[] = [
  { name: 'b', speed: 2 },
  { name: 'c', speed: undefined },
  { name: 'a', speed: 10 },
  { name: 'd', speed: NaN },
];
const names = (found: readonly Row[]): string => found.map(({ name }) => name).join('');

describe('sorted', () => {
  it('keeps the order of the payload without a choice', () => {
    expect(names(sorted(rows, columns, undefined))).toBe('bcad');
  });

  it('sorts numbers as numbers and puts rows without one last, both ways', () => {
    const by = (direction: 'ascending' | 'descending'): string =>
      names(sorted(rows, columns, { column: 'speed', direction }));
    expect(by('ascending')).toBe('bacd');
    expect(by('descending')).toBe('abcd');
  });

  it('sorts text', () => {
    expect(names(sorted(rows, columns, { column: 'name', direction: 'descending' }))).toBe('dcba');
  });
});
