import type { Slice } from './channel';
import { cpuOf } from './shares';

/** How far what an account has of a slice may lie off, as parts of it. */
export interface IdleSpread {
  readonly below: number;
  readonly above: number;
}

const NONE: IdleSpread = { below: 0, above: 0 };

/**
 * What an unknown idle power leaves open in the energy that an account of the CPU has: the more of the
 * machine's is dynamic, the more belongs to who works. Of all accounts but the rest it is the same part.
 */
export function idleSpread(slice: Slice): IdleSpread {
  const { before, after, idle, microjoules, fromS, toS } = slice;
  if (idle.range === undefined || microjoules === 0) return NONE;
  const { busy } = cpuOf(before, after);
  const capacity = Math.max(busy, after.machine.threads * (toS - fromS));
  if (busy <= 0 || capacity <= 0) return NONE;
  const perCpuS = (idleMicrojoules: number): number => {
    const part = idleMicrojoules / microjoules;
    return (1 - part) / busy + part / capacity;
  };
  const told = perCpuS(idle.microjoules);
  return {
    below: Math.max(0, 1 - perCpuS(idle.range.most) / told),
    above: Math.max(0, perCpuS(idle.range.least) / told - 1),
  };
}
