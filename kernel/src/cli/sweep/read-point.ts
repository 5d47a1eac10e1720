import { readFileSync } from 'node:fs';
import type { SweepFolder } from '../../sweep/folder';
import type { Point } from '../../sweep/plan';
import type { Metric } from '../../sweep/record';
import { metricsOf, RUN_METADATA, runFacts, type RunFacts } from '../../sweep/run-result';
import { isObject } from '../run/json';

/** What a point came to. */
export interface ReadPoint {
  readonly facts: RunFacts;
  readonly metrics: readonly Metric[];
}

/** From the notebook of a point that has run; undefined where there is none that can be read. */
export function readPoint(sweep: SweepFolder, point: Point): ReadPoint | undefined {
  const ending = sweep.isFinished(point) ? 'finished' : 'failed';
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(sweep.fileOf(point, ending), 'utf8'));
  } catch {
    return undefined;
  }
  const { metadata, cells } = isObject(content) ? content : {};
  const facts = runFacts.safeParse(isObject(metadata) ? metadata[RUN_METADATA] : undefined).data;
  if (facts === undefined || !Array.isArray(cells)) return undefined;
  const outputs = cells.flatMap((cell) =>
    isObject(cell) && Array.isArray(cell['outputs']) ? cell['outputs'].filter(isObject) : [],
  );
  return { facts, metrics: metricsOf(outputs) };
}

export function factsOf(sweep: SweepFolder, point: Point): RunFacts | undefined {
  return readPoint(sweep, point)?.facts;
}
