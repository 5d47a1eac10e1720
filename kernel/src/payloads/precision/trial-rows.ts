import { ABSENT } from '../../display/units';
import { printQuantity } from '../../quantities/print';
import { comparisonText } from './comparison-text';
import type { TrialComparison } from './trials';
import type { PrecisionRow, PrecisionTable } from './table';

/** What trials say of one format, as text: a batch's time and energy with intervals, and what differences they show. */
export interface TrialRow {
  readonly format: string;
  readonly time: string;
  /** Attributed to the batch. */
  readonly energy: string;
  readonly machine: string;
  readonly trials: string;
  readonly against: string;
  readonly inTime: string;
  readonly inEnergy: string;
}

/** A row a format that was tried; none where the table was measured otherwise. */
export function trialRows({ rows, baseline }: PrecisionTable): readonly TrialRow[] {
  return rows.flatMap((row) => trialRow(row, baseline) ?? []);
}

function trialRow(
  { format, trials, against }: PrecisionRow,
  baseline: string,
): TrialRow | undefined {
  if (trials === undefined) return undefined;
  const { durationS, energyJ, machineJ, count } = trials;
  return {
    format,
    time: printQuantity(durationS, 's'),
    energy: energyJ === null ? ABSENT : printQuantity(energyJ, 'J'),
    machine: machineJ === null ? ABSENT : printQuantity(machineJ, 'J'),
    trials: String(count),
    against: trials.against === null ? ABSENT : (against ?? baseline),
    inTime: difference(trials.against?.durationS),
    inEnergy: difference(trials.against?.energyJ),
  };
}

function difference(comparison: TrialComparison | null | undefined): string {
  return comparison === null || comparison === undefined ? ABSENT : comparisonText(comparison);
}

/** The notes without the one that repeats the trials' verdict, which stands above them. */
export function notesBelowVerdict({ notes, trials }: PrecisionTable): readonly string[] {
  return notes.filter((note) => trials === undefined || !note.endsWith(`${trials.verdict}.`));
}
