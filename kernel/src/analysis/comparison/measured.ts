import type { RowTrials, TableTrials } from '../../payloads/precision/trials';
import type { Candidate } from './candidates/candidate';
import type { EnergyReading } from './energy';
import type { Latency } from './timing';

/** What was measured of one candidate on one batch. */
export interface CandidateFigures {
  readonly latency: Latency;
  /** How many times as fast as the candidate that it is compared with; null where that has no time. */
  readonly speedup: number | null;
  readonly energy: EnergyReading | undefined;
  readonly trials?: RowTrials;
}

/** What was measured of all candidates that run natively, in whichever way. */
export interface Measured {
  readonly of: ReadonlyMap<Candidate, CandidateFigures>;
  readonly notes: readonly string[];
  readonly trials?: TableTrials;
}

/** The candidate that another one's speed and energy are compared with. */
export type BaselineOf = (candidate: Candidate) => Candidate;
