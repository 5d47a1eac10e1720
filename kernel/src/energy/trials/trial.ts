import { combined } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import type { MeasuredWindow } from './machine';
import type { PartEnergy, WindowEnergy } from '../window';

/** A window in which one variant ran for a while. */
export interface Trial extends MeasuredWindow {
  readonly variant: string;
  readonly round: number;
  /** Place among all trials, from 0. */
  readonly order: number;
  readonly runs: number;
  /** Of the runs alone, by the process's own clock. */
  readonly durationS: number;
  /** The work ran on before the window began, so that its power was the same at both ends. */
  readonly steady: boolean;
}

/** The machine's joules in a trial, all runs together, as statistics over many trials take them. */
export function machineOf({ window, steady }: Pick<Trial, 'window' | 'steady'>): Quantity {
  return steady ? withoutSteps(window.machineJ, window.parts, () => 1) : window.machineJ;
}

/** The same, attributed to the user's code: of a step, the user has the share that the part's energy has. */
export function attributedOf({ window, steady }: Pick<Trial, 'window' | 'steady'>): Quantity {
  if (!steady) return window.energyJ;
  return withoutSteps(window.energyJ, window.parts, ({ machineJ, accountsJ }) =>
    machineJ.value > 0 ? Math.min(1, accountsJ.user.value / machineJ.value) : 0,
  );
}

/**
 * Without the error of the counters' steps at a window's ends. Where the power is the same at both ends,
 * it is 0 in the mean over windows that begin at random, and in their scatter already.
 */
function withoutSteps(
  total: Quantity,
  parts: readonly PartEnergy[],
  share: (part: PartEnergy) => number,
): Quantity {
  const stepsJ = parts.reduce((sum, part) => sum + (part.step?.energyJ ?? 0) * share(part), 0);
  const { statistical, systematic, coverage } = total;
  return combined(
    total.value,
    {
      statistical,
      systematic: {
        below: Math.max(0, systematic.below - stepsJ),
        above: Math.max(0, systematic.above - stepsJ),
      },
      coverage,
    },
    total,
  );
}

/** The longest step of any counter; 0 where none moves in steps. */
export function longestStepS(windows: readonly WindowEnergy[]): number {
  return Math.max(
    0,
    ...windows.flatMap(({ parts }) => parts.map(({ step }) => step?.lengthS ?? 0)),
  );
}
