import type { Quantity } from '../quantities/quantity';
import { valueText, type Parameters } from './plan';
import type { Metric } from './record';
import type { RunFacts } from './run-result';
import type { PointState } from './folder';

/** A point in a table: its parameters, where it stands, and what it came to. */
export interface Row {
  readonly key: string;
  readonly parameters: Parameters;
  readonly state: PointState;
  readonly metrics: readonly Metric[];
  /** Null of a point that hasn't run. */
  readonly facts: RunFacts | null;
}

/** All rows as JSON; numbers that JSON lacks are null there. */
export function tableJson(rows: readonly Row[]): object {
  return rows.map(({ key, parameters, state, metrics, facts }) => ({
    key,
    state,
    parameters,
    metrics: Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
    durationS: facts?.cellsS ?? null,
    energy: facts?.energy ?? null,
    startedAt: facts?.startedAt ?? null,
    host: facts?.host ?? null,
    error: facts?.error ?? null,
  }));
}

/**
 * All rows as CSV by RFC 4180, a column for each parameter and each metric. Joules are those of the notebook's
 * code, with the method by which they are known and the interval's ends.
 */
export function tableCsv(rows: readonly Row[]): string {
  const parameters = namesOf(rows.map((row) => Object.keys(row.parameters)));
  const metrics = namesOf(rows.map((row) => row.metrics.map(({ name }) => name)));
  const header = [
    ...parameters,
    'state',
    ...metrics.map((name) => headed(name, unitOf(rows, name), parameters)),
    'duration (s)',
    'energy (J)',
    'energy from (J)',
    'energy to (J)',
    'energy method',
    'error',
    'key',
  ];
  const lines = rows.map(({ key, parameters: given, state, metrics: found, facts }) => [
    ...parameters.map((name) => valueText(given[name])),
    state,
    ...metrics.map((name) => String(found.find((metric) => metric.name === name)?.value ?? '')),
    String(facts?.cellsS ?? ''),
    ...energyColumns(facts?.energy?.energyJ),
    facts?.error ?? '',
    key,
  ]);
  return [header, ...lines].map((line) => `${line.map(quoted).join(',')}\r\n`).join('');
}

/** Each name once, in the order in which they came. */
export function namesOf(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())];
}

/** The unit of a metric: that of the first row that has it. */
export function unitOf(rows: readonly Row[], name: string): string {
  return rows.flatMap(({ metrics }) => metrics).find((metric) => metric.name === name)?.unit ?? '';
}

function headed(name: string, unit: string, taken: readonly string[]): string {
  const text = unit === '' ? name : `${name} (${unit})`;
  return taken.includes(text) ? `${text} (metric)` : text;
}

function energyColumns(energyJ: Quantity | undefined): readonly string[] {
  if (energyJ === undefined) return ['', '', '', ''];
  const { value, low, high, method, complete } = energyJ;
  return [String(value), String(low), String(high), complete ? method : `${method}, incomplete`];
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
