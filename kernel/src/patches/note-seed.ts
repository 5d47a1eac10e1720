import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** Names the list in which a run under `halfnote report` notes what its cells read, and their seeds: a line of JSON each. */
export const REPORT_NOTES = 'HALFNOTE_REPORT_INPUTS';

export interface SeedEvent {
  readonly kind: 'seed';
  /** Null where it was taken back. */
  readonly seed: number | null;
  /** Wall clock, ISO 8601 in UTC. */
  readonly at: string;
}

/**
 * Tells a run under `halfnote report` the seed that is in force from now on; null where it was taken back.
 * Does nothing else, and nothing outside of a report. Never throws: a seed counts whether it is noted or not.
 */
export function noteSeed(seed: number | null): void {
  const list = process.env[REPORT_NOTES];
  if (list === undefined || !isMainThread) return;
  const event: SeedEvent = { kind: 'seed', seed, at: new Date().toISOString() };
  try {
    appendFileSync(list, `${JSON.stringify(event)}\n`);
  } catch {
    // What isn't in the list isn't in the report.
  }
}
