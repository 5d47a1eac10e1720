import { cellName } from '../cell-name';

/** A seed that was set, or taken back, while a notebook ran. */
export interface SetSeed {
  /** Null where it was taken back. */
  readonly seed: number | null;
  /** Wall clock, ISO 8601 in UTC. */
  readonly at: string;
}

export interface Seed {
  /** With the cell that set it. */
  readonly name: string;
  readonly value: number;
}

/**
 * The seeds of a run as its process told them, in their order: not what its text says. Those before one
 * that was taken back aren't among them, because what was drawn since hung on none.
 * @param cells that ran, in their order.
 */
export function seedsOf(
  seeds: readonly SetSeed[],
  cells: readonly { readonly index: number; readonly startedAt: string }[],
): Seed[] {
  const after = seeds.slice(seeds.findLastIndex(({ seed }) => seed === null) + 1);
  return after.flatMap(({ seed, at }) => {
    const cell = cells.findLast(({ startedAt }) => startedAt <= at);
    const name = cell === undefined ? 'seed' : `seed in ${cellName(cell.index)}`;
    return seed === null ? [] : [{ name, value: seed }];
  });
}
