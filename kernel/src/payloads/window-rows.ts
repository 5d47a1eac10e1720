import type { EnergyWindow } from './carbon-report';

/** With what a reader must know of it: `In [7], interrupted`. The session itself is always open. */
export function windowName({ name, kind, status }: Named): string {
  if (status === 'interrupted') return `${name}, interrupted`;
  if (status === 'ended' || kind === 'session' || kind === 'outside') return name;
  return `${name}, ${kind === 'background' ? 'still running' : 'still open'}`;
}

type Named = Pick<EnergyWindow, 'name' | 'kind' | 'status'>;

/** A window at its place in the tree. */
export interface WindowRow {
  readonly window: EnergyWindow;
  /** How many windows it lies within. */
  readonly depth: number;
}

export interface WindowRows {
  readonly rows: readonly WindowRow[];
  /** Windows that are left out, and the joules of the user's code in them alone. */
  readonly hidden: number;
  readonly hiddenJ: number;
}

/** Rows that people read; beyond that the largest are shown, each with those that it lies within. */
const MOST = 40;

/** The windows of a report as an indented list, in the order of their beginning. The total comes first. */
export function windowRows(
  { total, windows }: { readonly total: EnergyWindow; readonly windows: readonly EnergyWindow[] },
  most = MOST,
): WindowRows {
  const others = windows.filter(({ id }) => id !== total.id);
  const known = new Map([total, ...others].map((window) => [window.id, window]));
  const children = new Map<number, EnergyWindow[]>();
  for (const window of others) {
    // A parent that isn't in the report is no parent here; nor is one that was altered to follow it.
    const parent =
      known.has(window.parent ?? NaN) && window.parent !== window.id ? window.parent : total.id;
    const among = children.get(parent ?? total.id) ?? [];
    among.push(window);
    children.set(parent ?? total.id, among);
  }
  const all: WindowRow[] = [];
  const seen = new Set<number>();
  const visit = (window: EnergyWindow, depth: number): void => {
    if (seen.has(window.id)) return;
    seen.add(window.id);
    all.push({ window, depth });
    const within = children.get(window.id) ?? [];
    for (const child of within.toSorted((a, b) => a.id - b.id)) visit(child, depth + 1);
  };
  visit(total, 0);
  // What only a circle of parents holds.
  for (const window of others) visit(window, 1);
  return chosen(all, known, most);
}

function chosen(
  all: readonly WindowRow[],
  known: ReadonlyMap<number, EnergyWindow>,
  most: number,
): WindowRows {
  if (all.length <= most) return { rows: all, hidden: 0, hiddenJ: 0 };
  const kept = new Set<number>();
  const largest = all.toSorted((a, b) => size(b.window) - size(a.window));
  for (const { window } of largest) {
    const chain = lineage(window, known, kept, most);
    if (kept.size + chain.size > most) continue;
    for (const id of chain) kept.add(id);
  }
  const left = all.filter(({ window }) => !kept.has(window.id));
  return {
    rows: all.filter(({ window }) => kept.has(window.id)),
    hidden: left.length,
    hiddenJ: left.reduce((sum, { window }) => sum + window.exclusiveJ.user, 0),
  };
}

/** A window and those that it lies within, up to one that is kept; of more than `most` no more. */
function lineage(
  window: EnergyWindow,
  known: ReadonlyMap<number, EnergyWindow>,
  kept: ReadonlySet<number>,
  most: number,
): ReadonlySet<number> {
  const chain = new Set<number>();
  let next: EnergyWindow | undefined = window;
  while (next !== undefined && chain.size <= most && !kept.has(next.id) && !chain.has(next.id)) {
    chain.add(next.id);
    next = next.parent === null ? undefined : known.get(next.parent);
  }
  return chain;
}

/** The total and what is still open stay; else the joules of the user's code count, then the machine's. */
function size({ parent, status, energyJ, machineJ }: EnergyWindow): number {
  if (parent === null || status === 'open') return Infinity;
  return energyJ.value * 1e6 + machineJ.value;
}
