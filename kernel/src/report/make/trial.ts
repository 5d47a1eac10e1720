import type { SetSeed } from '../identity/seeds';
import type { WindowRecord } from '../../energy/journal/records';

/** A run of the notebook in a fresh kernel, as it was seen from outside. Data only. */
export interface Trial {
  /** Wall clock of the kernel's start, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** The code cells that ran, in their order. */
  readonly cells: readonly TrialCell[];
  /** The kernel's energy windows that ended, from its journal. */
  readonly windows: readonly WindowRecord[];
  /** What spoils its figures, in words: a damaged journal, a machine that slept, steal time. */
  readonly problems: readonly string[];
  /** What a reader should know of the machine meanwhile, in words. */
  readonly warnings: readonly string[];
  /** Seconds by which the clock on the wall was set forward meanwhile; 0 where it wasn't. */
  readonly clockStepS: number;
  /** Each that was set or taken back, in their order. */
  readonly seeds: readonly SetSeed[];
  readonly failure: Failure | null;
}

export interface TrialCell {
  /** As the report names it: in the notebook's own list of cells, or `INJECTED`. */
  readonly index: number;
  /** Its execution count. */
  readonly order: number | null;
  readonly startedAt: string;
  readonly durationS: number;
  /** As nbformat has them. */
  readonly outputs: readonly Readonly<Record<string, unknown>>[];
}

export interface Failure {
  readonly cell: number;
  readonly name: string;
  readonly message: string;
}

/** The trials that figures are made of: those that ran to the end, or else the one that failed. */
export function countedTrials<T extends { readonly failure: Failure | null }>(
  trials: readonly T[],
): readonly T[] {
  const whole = trials.filter(({ failure }) => failure === null);
  return whole.length > 0 ? whole : trials;
}
