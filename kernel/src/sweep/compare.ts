import { HalfnoteError } from '../errors';
import { fromSamples, notBelow } from '../quantities/make';
import { meanOf } from '../quantities/mean-of';
import { comparePairs } from '../quantities/paired';
import type { Quantity } from '../quantities/quantity';
import { valueText, type Parameters } from './plan';
import { namesOf, unitOf, type Row } from './table';

/** What parameters are called that only repeat a run. */
const REPEATS = /^(.*_)?(seed|repeat|repetition|trial|fold|run)s?$/i;

/** How a group differs from the first one, run by run with the same seeds. */
export interface Difference {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
}

/** A figure of a group of points. */
export interface GroupFigure {
  readonly name: string;
  readonly unit: string;
  /** Mean and interval; null where no point of the group has it as a finite number. */
  readonly mean: Quantity | null;
  /** Points whose value is no finite number, as of a training that diverged: the mean is without them. */
  readonly notFinite: number;
  /** From the first group; null of that one, and below two pairs. */
  readonly difference: Difference | null;
}

/** Points that differ in nothing but their repetition. */
export interface Group {
  readonly parameters: Parameters;
  /** Points that have finished. */
  readonly points: number;
  readonly failed: number;
  readonly figures: readonly GroupFigure[];
}

export interface Comparison {
  /** The parameters that groups are made by. */
  readonly by: readonly string[];
  /** The parameters that repeat. */
  readonly over: readonly string[];
  readonly groups: readonly Group[];
}

/**
 * The means of all metrics, seconds and joules, with 95 % intervals over the repetitions (Student's, n - 1
 * degrees of freedom), and the paired differences from the first group.
 * @param over the parameters that repeat; default: those that are called seed, trial, fold, ...
 * @throws HalfnoteError `unknown-parameter` for one that the sweep lacks.
 */
export function compareGroups(rows: readonly Row[], over?: readonly string[]): Comparison {
  const names = namesOf(rows.map(({ parameters }) => Object.keys(parameters)));
  const unknown = over?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new HalfnoteError(
      'unknown-parameter',
      `The sweep has no parameter "${unknown}"`,
      `It has: ${names.join(', ')}`,
    );
  }
  const repeats = over ?? names.filter((name) => REPEATS.test(name));
  const by = names.filter((name) => !repeats.includes(name));
  const groups = grouped(rows, by);
  const [first = []] = groups;
  const figures = figuresOf(rows);
  return {
    by,
    over: repeats,
    groups: groups.map((group) => ({
      parameters: picked(group[0]?.parameters ?? {}, by),
      points: finished(group).length,
      failed: group.filter(({ state }) => state === 'failed').length,
      figures: figures.map(({ name, unit, of, mean }) => ({
        name,
        unit,
        mean: mean(finished(group)),
        notFinite: finished(group).filter(
          (row) => !(of(row) === undefined || Number.isFinite(of(row))),
        ).length,
        difference:
          group === first ? null : differenceOf(finished(first), finished(group), of, repeats),
      })),
    })),
  };
}

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly of: (row: Row) => number | undefined;
  readonly mean: (rows: readonly Row[]) => Quantity | null;
}

function figuresOf(rows: readonly Row[]): readonly Figure[] {
  const metrics = namesOf(rows.map((row) => row.metrics.map(({ name }) => name)));
  return [
    ...metrics
      .map((name) => counted(name, unitOf(rows, name), (row) => metricOf(row, name)))
      .filter(({ of }) => rows.some((row) => of(row) !== undefined)),
    counted('duration', 's', (row) => row.facts?.cellsS),
    {
      name: 'energy',
      unit: 'J',
      of: (row) => row.facts?.energy?.energyJ.value,
      mean: (group) => {
        const joules = group.flatMap((row) => row.facts?.energy?.energyJ ?? []);
        return joules.length === 0 ? null : notBelow(meanOf(joules), 0);
      },
    },
  ];
}

/** A figure that is counted, or read from a clock. */
function counted(name: string, unit: string, of: Figure['of']): Figure {
  return {
    name,
    unit,
    of,
    mean: (rows) => {
      const values = rows.map(of).filter((value) => value !== undefined && Number.isFinite(value));
      return values.length === 0
        ? null
        : fromSamples(values as readonly number[], { method: 'counter' });
    },
  };
}

function metricOf({ metrics }: Row, name: string): number | undefined {
  const value = metrics.find((metric) => metric.name === name)?.value;
  return typeof value === 'number' ? value : undefined;
}

function differenceOf(
  first: readonly Row[],
  group: readonly Row[],
  of: Figure['of'],
  repeats: readonly string[],
): Difference | null {
  const before = new Map(first.map((row) => [keyOf(row.parameters, repeats), of(row)]));
  const pairs = group.flatMap((row) => {
    const pair = [before.get(keyOf(row.parameters, repeats)), of(row)] as const;
    return pair.every((value) => Number.isFinite(value)) ? [pair as readonly [number, number]] : [];
  });
  if (pairs.length < 2) return null;
  const { meanDifference, interval95 } = comparePairs(
    pairs.map(([a]) => a),
    pairs.map(([, b]) => b),
    0,
  );
  return { value: meanDifference, low: interval95[0], high: interval95[1], pairs: pairs.length };
}

function grouped(rows: readonly Row[], by: readonly string[]): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row.parameters, by);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

function keyOf(parameters: Parameters, names: readonly string[]): string {
  return names.map((name) => `${name}=${valueText(parameters[name])}`).join(' ');
}

function picked(parameters: Parameters, names: readonly string[]): Parameters {
  return Object.fromEntries(names.map((name) => [name, parameters[name]]));
}

function finished(rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ state }) => state === 'finished');
}
