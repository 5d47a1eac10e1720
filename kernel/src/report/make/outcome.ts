import type { Report } from '../schema';

/** Whether the run came to its end, by what its trials said. */
export function outcomeOf(runs: Report['runs']): Pick<Report, 'status' | 'failure'> {
  const failure = runs.find((run) => run.failure !== null)?.failure ?? null;
  return { status: failure === null ? 'complete' : 'failed', failure };
}
