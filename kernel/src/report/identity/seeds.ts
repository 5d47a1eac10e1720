import type { ReportedCell } from './cells';

export interface Seed {
  /** Where it stands: `%seed` or `seed:`, with the cell. */
  readonly name: string;
  readonly value: number;
}

/** How a notebook sets what its random numbers begin with: the magic, its function, options of calls. */
const SEEDS = [
  { what: '%seed', pattern: /^[ \t]*%seed[ \t]+(\d+)/gm },
  { what: 'setSeed', pattern: /\bsetSeed\(\s*(\d+)/g },
  { what: 'seed', pattern: /\bseed\s*:\s*(\d+)/g },
] as const;

/** The seeds that a notebook's code states as numbers, in their order. Computed ones aren't seen. */
export function seedsOf(cells: readonly ReportedCell[]): Seed[] {
  const code = cells.filter(({ type }) => type === 'code');
  return code.flatMap(({ source, index }) =>
    SEEDS.flatMap(({ what, pattern }) =>
      [...source.matchAll(pattern)].map((match) => ({
        name: `${what} in cell ${index + 1}`,
        value: Number(match[1]),
      })),
    ),
  );
}

/** Whether the notebook seeds everything random: `%seed` or `setSeed`, not one call's option. */
export function isSeeded(seeds: readonly { readonly name: string }[]): boolean {
  return seeds.some(({ name }) => name.startsWith('%seed') || name.startsWith('setSeed'));
}
