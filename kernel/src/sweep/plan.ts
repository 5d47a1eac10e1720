import { z } from 'zod';
import { HalfnoteError } from '../errors';
import { hashOf } from '../hashing/canonical';
import type { Axis } from './values';

/** As many points as a sweep can have. */
const MOST_POINTS = 100_000;
const KEY_LENGTH = 16;

/** What a sweep runs: the content of its `sweep.json`. */
export const sweepPlan = z.object({
  schema: z.literal('halfnote-sweep/1'),
  createdAt: z.string(),
  /** The notebook's path as the folder sees it: points run in the notebook's own folder. */
  notebook: z.string(),
  /** Of the cells' types and sources. */
  sources: z.string(),
  /** In their order: the first changes slowest. */
  parameters: z.array(z.object({ name: z.string(), values: z.array(z.unknown()).min(1) })).min(1),
  /** What computes: Halfnote, Node.js, TensorFlow.js, and what the cells import. */
  versions: z.record(z.string(), z.string()),
  /** Seconds that a cell may take; null without a limit. */
  timeoutS: z.number().nullable(),
});

export type SweepPlan = Readonly<z.infer<typeof sweepPlan>>;
/** A point's value of each parameter. */
export type Parameters = Readonly<Record<string, unknown>>;

/** One run of the notebook. */
export interface Point {
  /** Its place in the plan, from 0. */
  readonly index: number;
  /** The same for the same notebook, parameters and versions. */
  readonly key: string;
  readonly parameters: Parameters;
}

/** What of a notebook decides what it computes. */
export interface CellSource {
  readonly type: string;
  readonly source: string;
}

/** Neither outputs nor metadata count. */
export function hashOfSources(cells: readonly CellSource[]): string {
  return hashOf(cells.map(({ type, source }) => [type, source]));
}

/**
 * The product of all parameters.
 * @throws HalfnoteError `invalid-argument` for more points than a sweep can have.
 */
export function pointsOf(
  plan: Pick<SweepPlan, 'parameters' | 'sources' | 'versions'>,
): readonly Point[] {
  const { parameters: axes, sources, versions } = plan;
  const count = axes.reduce((total, { values }) => total * values.length, 1);
  if (count > MOST_POINTS) {
    throw new HalfnoteError(
      'invalid-argument',
      `The sweep would have ${count} points; allowed: ${MOST_POINTS}`,
      'Give fewer values, or make several sweeps.',
    );
  }
  return combinations(axes).map((parameters, index) => {
    const hash = hashOf({ sources, parameters, versions }).replace(/^sha256:/, '');
    return { index, key: hash.slice(0, KEY_LENGTH), parameters };
  });
}

function combinations(axes: readonly Axis[]): readonly Parameters[] {
  return axes.reduce<readonly Parameters[]>(
    (points, { name, values }) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}

/** What tells two plans apart, in words; empty for two of the same sweep. */
export function differences(before: SweepPlan, now: SweepPlan): readonly string[] {
  const versions = [...new Set([...Object.keys(before.versions), ...Object.keys(now.versions)])];
  return [
    ...(before.notebook === now.notebook
      ? []
      : [`the notebook is ${now.notebook}, and was ${before.notebook}`]),
    ...(before.sources === now.sources ? [] : ['the code of the notebook has changed']),
    ...axesDiffer(before, now),
    ...versions
      .filter((name) => before.versions[name] !== now.versions[name])
      .map(
        (name) =>
          `${name} is ${now.versions[name] ?? 'not there'}, and was ${before.versions[name] ?? 'not there'}`,
      ),
  ];
}

function axesDiffer(before: SweepPlan, now: SweepPlan): readonly string[] {
  const [was, is] = [before, now].map(({ parameters }) => parameters.map(axisText).join(' '));
  return was === is ? [] : [`the parameters are ${is ?? ''}, and were ${was ?? ''}`];
}

/** `format=fp32,bf16`, as the command takes it. */
export function axisText({ name, values }: Axis): string {
  return `${name}=${values.map(valueText).join(',')}`;
}

/** `format=bf16 seed=3`. */
export function pointText({ parameters }: Pick<Point, 'parameters'>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

/** A value as the command takes it. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
