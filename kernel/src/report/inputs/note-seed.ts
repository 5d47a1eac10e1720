import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { INPUTS_VARIABLE, type InputEvent } from './watched';

/**
 * Tells a run under `halfnote report` the seed that is in force from now on; null where it was taken back.
 * Does nothing else, and nothing outside of a report. Never throws: a seed counts whether it is noted or not.
 */
export function noteSeed(seed: number | null): void {
  const list = process.env[INPUTS_VARIABLE];
  if (list === undefined || !isMainThread) return;
  const event: InputEvent = { kind: 'seed', seed, at: new Date().toISOString() };
  try {
    appendFileSync(list, `${JSON.stringify(event)}\n`);
  } catch {
    // What isn't in the list isn't in the report.
  }
}
