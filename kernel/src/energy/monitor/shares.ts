import type { Usage } from '../accounts/usage';
import type { Component, Meter } from '../devices/meter';
import type { Slice } from './channel';
import { growth } from './corrections';

/** Who caused a slice of a meter's energy. Whole microjoules; `rest` is what is left of the machine's. */
export interface Shares {
  readonly machine: number;
  readonly user: number;
  readonly halfnote: number;
  /** By the window of the cell that left it behind. */
  readonly background: ReadonlyMap<number, number>;
  /** Of `machine`, what it would have drawn idle. */
  readonly idle: number;
  /** Of `user`, its share of `idle`. */
  readonly userIdle: number;
}

/** Parts of a whole: what an account gets of a slice. */
interface Fractions {
  readonly user: number;
  /** Of the idle energy. */
  readonly userOfIdle: number;
  readonly halfnote: number;
  readonly background: ReadonlyMap<number, number>;
}

/**
 * The one rule of attribution, for counters and models alike:
 * - CPU: an account's part of the machine's CPU time takes as much of the dynamic energy; of the idle
 *   energy it takes its part of the time that all threads had. Idle time of threads is the rest's.
 * - Memory: the resident bytes of an account of those of the machine, the user's while the user's code
 *   runs. While a cell runs and its code doesn't, the bytes work for Halfnote.
 * - GPU: the user's while the user's code runs.
 * - What cells have left running works for as much of the remaining time as it has had CPU time: the GPU
 *   and the user's bytes are its own for so long.
 */
export function share(meter: Pick<Meter, 'component'>, slice: Slice, isInWindow: boolean): Shares {
  const { microjoules: machine, fromS, toS } = slice;
  const wallS = toS - fromS;
  const idle = slice.idle.microjoules;
  const fractions = RULES[meter.component](slice, wallS, isInWindow, idle / (machine || 1));
  let left = machine;
  const take = (fraction: number): number => {
    const taken = Math.min(left, Math.round(machine * Math.max(0, fraction)));
    left -= taken;
    return taken;
  };
  const user = take(fractions.user);
  return {
    machine,
    idle,
    userIdle: Math.min(user, Math.round(idle * fractions.userOfIdle)),
    user,
    halfnote: take(fractions.halfnote),
    background: new Map([...fractions.background].map(([cell, part]) => [cell, take(part)])),
  };
}

/** CPU seconds of a slice by account, those in the background apart, by cell; only those that have any. */
export interface CpuShares {
  readonly user: number;
  readonly halfnote: number;
  readonly background: ReadonlyMap<number, number>;
  /** Of the machine. */
  readonly busy: number;
}

let latest:
  { readonly before: Usage; readonly after: Usage; readonly shares: CpuShares } | undefined;

/** Between two readings. The meters that are read together ask for the same two in turn. */
export function cpuOf(before: Usage, after: Usage): CpuShares {
  if (latest?.before !== before || latest.after !== after)
    latest = { before, after, shares: cpuShares(before, after) };
  return latest.shares;
}

function cpuShares(before: Usage, after: Usage): CpuShares {
  const background = new Map<number, number>();
  let user = 0;
  let halfnote = 0;
  let known = 0;
  for (const [owner, cpuS] of growth(before, after)) {
    known += cpuS;
    if (owner === 'user') user = cpuS;
    else if (owner === 'halfnote') halfnote = cpuS;
    else background.set(owner, cpuS);
  }
  const busy = Math.max(known, after.machine.busyS - before.machine.busyS);
  return { user, halfnote, background, busy };
}

type Rule = (slice: Slice, wallS: number, isInWindow: boolean, idlePart: number) => Fractions;

const RULES: Readonly<Record<Component, Rule>> = {
  cpu: ({ before, after }, wallS, _isInWindow, idlePart) => {
    const { user, halfnote, background, busy } = cpuOf(before, after);
    const capacity = Math.max(busy, after.machine.threads * wallS);
    const part = (cpuS: number): number =>
      cpuS > 0 ? (1 - idlePart) * (cpuS / busy) + idlePart * (cpuS / capacity) : 0;
    return {
      user: part(user),
      userOfIdle: user > 0 ? user / capacity : 0,
      halfnote: part(halfnote),
      background: new Map([...background].map(([cell, cpuS]) => [cell, part(cpuS)])),
    };
  },
  dram: (slice, wallS, isInWindow) => {
    const { before, after } = slice;
    const machineBytes = after.machine.memoryBytes;
    const userBytes = (before.userBytes + after.userBytes) / 2;
    const halfnoteBytes = (before.halfnoteBytes + after.halfnoteBytes) / 2;
    const running = runningPart(slice, wallS);
    const background = leftParts(slice, wallS, running);
    const left = [...background.values()].reduce((sum, part) => sum + part, 0);
    const working = isInWindow ? userBytes * Math.max(0, 1 - running - left) : 0;
    const user = (userBytes * running) / machineBytes;
    return {
      user,
      userOfIdle: user,
      halfnote: (halfnoteBytes + working) / machineBytes,
      background: new Map(
        [...background].map(([cell, part]) => [cell, (userBytes * part) / machineBytes]),
      ),
    };
  },
  gpu: (slice, wallS) => {
    const user = runningPart(slice, wallS);
    return { user, userOfIdle: user, halfnote: 0, background: leftParts(slice, wallS, user) };
  },
};

/** The parts of a slice during which what cells have left worked, the cells' own code aside. */
function leftParts(
  { before, after }: Slice,
  wallS: number,
  running: number,
): ReadonlyMap<number, number> {
  const { background } = cpuOf(before, after);
  const cpuS = [...background.values()].reduce((sum, one) => sum + one, 0);
  if (cpuS <= 0 || wallS <= 0) return background;
  const part = Math.min(1 - running, cpuS / wallS);
  return new Map([...background].map(([cell, one]) => [cell, part * (one / cpuS)]));
}

/** The part of a slice during which the user's code was running. */
function runningPart({ before, after }: Slice, wallS: number): number {
  return wallS > 0 ? Math.min(1, Math.max(0, after.userWallS - before.userWallS) / wallS) : 1;
}
