import type { Usage } from '../accounts/usage';
import type { Component } from '../devices/meter';

/** Whose CPU seconds: an account's, or those of what a cell has left running, by its window. */
export type Owner = 'user' | 'halfnote' | number;

/** What had been taken for one owner's work until it became known whose it was. */
export interface Correction {
  readonly from: Owner;
  /** `rest`: nobody's. */
  readonly to: Owner | 'rest';
  /** Seconds of CPU time; of the user's wall time where that goes back. */
  readonly seconds: number;
  /** The devices whose energy goes by it. */
  readonly of: readonly Component[];
}

/** Seconds below this are the rounding of sums. */
const LEAST_S = 1e-9;
/** What follows from CPU time. */
const BY_CPU: readonly Component[] = ['cpu'];

/** By owner, how the accounts have moved; some may have fallen. */
function moves(before: Usage, after: Usage): ReadonlyMap<Owner, number> {
  const own: readonly [Owner, number][] = [
    ['user', after.userCpuS - before.userCpuS],
    ['halfnote', after.halfnoteCpuS - before.halfnoteCpuS],
  ];
  if (before.backgroundCpuS.size + after.backgroundCpuS.size === 0) return new Map(own);
  const cells = new Set([...before.backgroundCpuS.keys(), ...after.backgroundCpuS.keys()]);
  return new Map<Owner, number>([
    ...own,
    ...[...cells].map((cell): [number, number] => [
      cell,
      (after.backgroundCpuS.get(cell) ?? 0) - (before.backgroundCpuS.get(cell) ?? 0),
    ]),
  ]);
}

/**
 * CPU seconds that came between two readings, by owner. Those of an account that has fallen were not
 * new to the accounts that have risen: they are what `corrections` takes to them.
 */
export function growth(before: Usage, after: Usage): ReadonlyMap<Owner, number> {
  const moved = moves(before, after);
  const { risen, fallen } = sums(moved);
  const fraction = risen > 0 ? Math.max(0, risen - fallen) / risen : 0;
  const grown = new Map<Owner, number>();
  for (const [owner, cpuS] of moved) if (cpuS * fraction > 0) grown.set(owner, cpuS * fraction);
  return grown;
}

/** What was booked until `before` and belongs to others, as `after` tells. */
export function corrections(before: Usage, after: Usage): readonly Correction[] {
  const moved = moves(before, after);
  const { risen, fallen } = sums(moved);
  const known = Math.min(risen, fallen);
  const found: Correction[] = [];
  for (const [from, lost] of moved) {
    if (lost > -LEAST_S) continue;
    for (const [to, gained] of moved) {
      const seconds = gained > 0 ? (known * (-lost / fallen) * gained) / risen : 0;
      if (seconds > LEAST_S) found.push({ from, to, seconds, of: BY_CPU });
    }
  }
  const backS = before.userWallS - after.userWallS;
  if (backS > LEAST_S) {
    found.push({ from: 'user', to: 'halfnote', seconds: backS, of: ['dram'] });
    found.push({ from: 'user', to: 'rest', seconds: backS, of: ['gpu'] });
  }
  return found;
}

function sums(moved: ReadonlyMap<Owner, number>) {
  let risen = 0;
  let fallen = 0;
  for (const cpuS of moved.values())
    if (cpuS > 0) risen += cpuS;
    else fallen -= cpuS;
  return { risen, fallen };
}
