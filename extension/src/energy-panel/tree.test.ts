import type { EnergyRow } from 'halfnote/mime/front-end';
import { describe, expect, it } from 'vitest';
import { treeRows } from './tree';

function row(id: number, parent: number | null, joules: number): EnergyRow {
  const figure = { value: joules, low: joules, high: joules, complete: true };
  return {
    ...{ id, parent, name: `row ${id}`, kind: parent === null ? 'cell' : 'span', status: 'ended' },
    ...{ durationS: 1, energyJ: figure, machineJ: figure, method: 'modelled', co2eG: 0 },
    ...{ cellId: null, policies: [] },
  };
}

const ids = (rows: readonly EnergyRow[], order: 'time' | 'energy', unfolded: number[] = []) =>
  treeRows(rows, order, (id) => !unfolded.includes(id)).shown.map(({ row: { id }, depth }) => [
    id,
    depth,
  ]);

describe('cells with what lies within them', () => {
  const rows = [row(1, null, 5), row(2, 1, 1), row(3, 1, 4), row(4, null, 9)];

  it('stand newest first, and folded', () => {
    expect(ids(rows, 'time')).toEqual([
      [4, 0],
      [1, 0],
    ]);
  });

  it('have their parts below them, in their order, where the reader unfolds them', () => {
    expect(ids(rows, 'time', [1])).toEqual([
      [4, 0],
      [1, 0],
      [2, 1],
      [3, 1],
    ]);
  });

  it('stand by their joules on demand, and so do their parts', () => {
    expect(ids([...rows, row(5, null, 20)], 'energy', [1]).map(([id]) => id)).toEqual([
      5, 4, 1, 3, 2,
    ]);
  });

  it('are all shown whatever they say of each other, and not without end', () => {
    const circle = [row(1, 2, 1), row(2, 1, 1), row(3, 3, 1), row(4, 99, 1)];
    expect(ids(circle, 'time', [1, 2, 3]).map(([id]) => id)).toEqual([4, 3]);
    const many = Array.from({ length: 500 }, (_, id) => row(id, null, id));
    expect(treeRows(many, 'time', () => false)).toMatchObject({ left: 200 });
  });
});
