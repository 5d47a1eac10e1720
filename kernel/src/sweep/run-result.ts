import { z } from 'zod';
import { firstLine } from '../errors';
import { namedResult, RESULT_MIME } from '../report/results/record-result';
import { METRIC_MIME, readMetric, type Metric } from './record';
import { runEnergy } from './run-energy';

/** Where a point's notebook says, in its metadata, what its run came to. */
export const RUN_METADATA = 'halfnote_run';

/** A run of a notebook, but for its metrics: those stand in its outputs. */
export const runFacts = z.object({
  /** Of the sweep's plan, from 0; missing outside of a sweep. */
  index: z.int().optional(),
  key: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()),
  status: z.enum(['finished', 'failed']),
  /** Why it failed. */
  error: z.string().nullable(),
  /** Wall clock, ISO 8601 in UTC. */
  startedAt: z.string(),
  /** Seconds in which its cells ran, as a front end sees them. */
  cellsS: z.number(),
  /** Null where nothing was measured. */
  energy: runEnergy.nullable(),
  host: z.string(),
});

export type RunFacts = Readonly<z.infer<typeof runFacts>>;

/** An output of a cell, as nbformat has it. */
type Output = Readonly<Record<string, unknown>>;

/** What a notebook's outputs recorded, in their order; of one name, the last counts. */
export function metricsOf(outputs: readonly Output[]): readonly Metric[] {
  const found = new Map<string, Metric>();
  for (const { data } of outputs) {
    const bundle = (typeof data === 'object' && data !== null ? data : {}) as Output;
    const metric =
      readMetric(bundle[METRIC_MIME]) ?? namedResult.safeParse(bundle[RESULT_MIME]).data;
    if (metric !== undefined) found.set(metric.name, metric);
  }
  return [...found.values()];
}

/** The error itself of `Code cell 2 of 3 failed:` and a traceback. */
export function reasonOf(error: string): string {
  const [first = '', second] = error.split('\n');
  return first.endsWith('failed:') && second !== undefined
    ? `${first} ${second}`
    : firstLine(error);
}
