import type { EnergyRow } from 'halfnote/mime/front-end';

/** A row at its place in the tree. */
export interface TreeRow {
  readonly row: EnergyRow;
  readonly depth: number;
  readonly hasParts: boolean;
}

export type Order = 'time' | 'energy';

/** Rows that a panel shows at once. */
const MOST = 300;

/**
 * The rows as an indented list, each followed by what lies within it unless it is folded; the newest
 * first, or what took the most. `left`: how many are not shown.
 */
export function treeRows(
  rows: readonly EnergyRow[],
  order: Order,
  isFolded: (id: number) => boolean,
): { readonly shown: readonly TreeRow[]; readonly left: number } {
  const ids = new Set(rows.map(({ id }) => id));
  const within = new Map<number | null, EnergyRow[]>();
  for (const row of rows) {
    // A row that lies within itself, or within one that isn't there, stands by itself.
    const isWithin = row.parent !== null && row.parent !== row.id && ids.has(row.parent);
    const parent = isWithin ? row.parent : null;
    within.set(parent, [...(within.get(parent) ?? []), row]);
  }
  const all: TreeRow[] = [];
  const seen = new Set<number>();
  const add = (parent: number | null, depth: number): void => {
    const parts = [...(within.get(parent) ?? [])].sort(
      ORDERS[depth === 0 ? order : partsOf(order)],
    );
    for (const row of parts) {
      if (seen.has(row.id)) continue;
      seen.add(row.id);
      const hasParts = within.has(row.id);
      all.push({ row, depth, hasParts });
      if (hasParts && !isFolded(row.id)) add(row.id, depth + 1);
    }
  };
  add(null, 0);
  return { shown: all.slice(0, MOST), left: Math.max(0, all.length - MOST) };
}

const ORDERS = {
  /** The newest first: that is what runs now. */
  time: (a: EnergyRow, b: EnergyRow) => b.id - a.id,
  energy: (a: EnergyRow, b: EnergyRow) => b.energyJ.value - a.energyJ.value || a.id - b.id,
  began: (a: EnergyRow, b: EnergyRow) => a.id - b.id,
} as const;

/** Epochs are read in their order. */
function partsOf(order: Order): 'energy' | 'began' {
  return order === 'time' ? 'began' : order;
}
