import type { ComputeFormat, Execution } from '../../backend/contract';
import type { PairedComparison } from '../../quantities/paired';

export type StudyVerdict = 'baseline' | 'equivalent' | 'differs' | 'undecided' | 'diverged';

export interface StudyRow {
  readonly format: ComputeFormat;
  readonly execution: Execution;
  readonly scores: readonly number[];
  readonly mean: number;
  readonly standardDeviation: number;
  /** Absent for the baseline, and where a run diverged. */
  readonly comparison?: PairedComparison;
  readonly verdict: StudyVerdict;
}

/** The result of an accuracy study. */
export interface StudyResult {
  readonly title: string;
  readonly metric: string;
  readonly margin: number;
  /** Missing where it isn't so. */
  readonly lowerIsBetter?: boolean;
  readonly seeds: readonly number[];
  readonly rows: readonly StudyRow[];
}
