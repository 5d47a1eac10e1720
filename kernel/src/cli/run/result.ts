import { hostname } from 'node:os';
import { encodeNumber } from '../../display/numbers';
import { metricsOf, type RunFacts } from '../../sweep/run-result';
import { isObject } from './json';
import type { Notebook } from './notebook';
import type { NotebookRun } from './notebook-run';

/** What a run came to: what `halfnote run --json` prints. */
export interface RunResult extends RunFacts {
  /** The notebook with its outputs. */
  readonly output: string;
  /** What cells recorded, by name. Numbers that JSON lacks are text: `NaN`, `Infinity`, `-Infinity`. */
  readonly metrics: Readonly<Record<string, { readonly value: unknown; readonly unit: string }>>;
}

/** The result of a run that has ended, with its facts. */
export function resultOf(
  run: NotebookRun,
  { cells }: Notebook,
  facts: Pick<RunFacts, 'parameters' | 'startedAt' | 'error' | 'energy'> & {
    readonly output: string;
  },
): RunResult {
  const outputs = cells.flatMap((cell) => (cell.outputs ?? []).filter(isObject));
  return {
    ...facts,
    status: facts.error === null ? 'finished' : 'failed',
    cellsS: run.ran.reduce((sum, { durationS }) => sum + durationS, 0),
    host: hostname(),
    metrics: Object.fromEntries(
      metricsOf(outputs).map(({ name, value, unit }) => [
        name,
        { value: typeof value === 'number' ? encodeNumber(value) : value, unit },
      ]),
    ),
  };
}
