import { decodeNumber, type WireNumber } from '../../display/numbers';
import { bytes, ratio, si, significant } from '../../display/units';
import { scoreText } from './score-words';
import type { PrecisionRow, PrecisionTable } from './table';

/** What a format costs: less is better. */
export type Cost = 'bytes' | 'time' | 'energy';
/** What it is worth: the score, or how near its outputs are to fp32's. */
export type Worth = 'score' | 'sqnr';

/** A format in a chart of worth against cost. */
export interface FrontPoint {
  readonly format: string;
  readonly execution: PrecisionRow['execution'];
  /** Bytes, seconds or joules. */
  readonly cost: number;
  readonly costInterval: readonly [number, number] | undefined;
  /** A fraction, a loss, or dB; Infinity where the outputs are those of fp32. */
  readonly worth: number;
  readonly worthInterval: readonly [number, number] | undefined;
  /** No other format is worth as much or more and costs as much or less, one of the two truly. */
  readonly isOnFront: boolean;
}

export interface Front {
  readonly cost: Cost;
  readonly worth: Worth;
  /** Whether more worth is better: not so of losses. */
  readonly isMoreBetter: boolean;
  readonly points: readonly FrontPoint[];
  /** Formats that aren't drawn, for they have no such cost or worth. */
  readonly silent: readonly string[];
}

const COSTS: Readonly<Record<Cost, (row: PrecisionRow) => WireNumber | null | undefined>> = {
  bytes: ({ weightBytes }) => weightBytes,
  time: ({ latencyS }) => latencyS?.median,
  energy: ({ energyJ }) => energyJ?.value,
};

/** Names of costs, as an axis has them. */
export const COST_NAMES: Readonly<Record<Cost, string>> = {
  bytes: 'bytes of the weights',
  time: 'time of a batch',
  energy: 'energy of a batch',
};

/** What there are two formats to compare by. */
export function costsOf({ rows }: PrecisionTable): readonly Cost[] {
  return (Object.keys(COSTS) as Cost[]).filter(
    (cost) => rows.filter((row) => costOf(row, cost) !== undefined).length > 1,
  );
}

/** What is known of the formats' worth, the score first. */
export function worthsOf({ rows, metric }: PrecisionTable): readonly Worth[] {
  const scored = rows.filter(({ score }) => Number.isFinite(worthOf(score))).length > 1;
  return metric !== 'none' && scored ? ['score', 'sqnr'] : ['sqnr'];
}

/** `accuracy`, `loss`, or `SQNR`. */
export function worthName(worth: Worth, { metric }: Pick<PrecisionTable, 'metric'>): string {
  return worth === 'sqnr' ? 'SQNR' : metric;
}

/** The formats by what they cost and are worth, and those that no other beats. */
export function frontOf(table: PrecisionTable, cost: Cost, worth: Worth): Front {
  const isMoreBetter = worth === 'sqnr' || table.metric === 'accuracy';
  const points = table.rows.flatMap((row): Omit<FrontPoint, 'isOnFront'>[] => {
    const value = costOf(row, cost);
    const worthValue = worthOf(worth === 'sqnr' ? row.sqnrDb : row.score);
    if (value === undefined || Number.isNaN(worthValue) || worthValue === -Infinity) return [];
    if (worth === 'score' && !Number.isFinite(worthValue)) return [];
    return [
      {
        format: row.format,
        execution: row.execution,
        cost: value,
        costInterval: costInterval(row, cost),
        worth: worthValue,
        worthInterval: worth === 'score' ? row.scoreInterval : undefined,
      },
    ];
  });
  const sign = isMoreBetter ? 1 : -1;
  const isOnFront = (point: (typeof points)[number]): boolean =>
    !points.some(
      (other) =>
        other.cost <= point.cost &&
        sign * other.worth >= sign * point.worth &&
        (other.cost < point.cost || sign * other.worth > sign * point.worth),
    );
  const drawn = new Set(points.map(({ format }) => format));
  return {
    cost,
    worth,
    isMoreBetter,
    points: points.map((point) => ({ ...point, isOnFront: isOnFront(point) })),
    silent: table.rows.flatMap(({ format }) => (drawn.has(format) ? [] : [format])),
  };
}

/** Beyond such a ratio of costs, small ones can't be told apart on an axis that begins at 0. */
const LINEAR_UP_TO = 8;

/** Costs against the baseline's, or the dearest one's where that isn't drawn; how an axis shows them. */
export function costScale(
  { points }: Front,
  { baseline }: Pick<PrecisionTable, 'baseline'>,
): { readonly of: string; readonly unit: number; readonly isLogarithmic: boolean } {
  const dearest = points.reduce<FrontPoint | undefined>(
    (most, point) => (most === undefined || point.cost > most.cost ? point : most),
    undefined,
  );
  const base = points.find(({ format }) => format === baseline) ?? dearest;
  const least = points.reduce((low, { cost }) => Math.min(low, cost), Infinity);
  return {
    of: base?.format ?? baseline,
    unit: base?.cost ?? 1,
    isLogarithmic: (dearest?.cost ?? 1) / least > LINEAR_UP_TO,
  };
}

/** The front as a line has it: the cheapest first. */
export function frontLine({ points }: Front): readonly FrontPoint[] {
  return points.filter(({ isOnFront }) => isOnFront).toSorted((a, b) => a.cost - b.cost);
}

export function costText(value: number, cost: Cost): string {
  return cost === 'bytes' ? bytes(value) : si(value, cost === 'time' ? 's' : 'J');
}

export function worthText(value: number, worth: Worth, { metric }: PrecisionTable): string {
  if (worth === 'score') return scoreText(value, metric);
  return value === Infinity ? 'exact' : `${significant(value)} dB`;
}

/** One point in words: `int8: 2.38 MB (0.25x), accuracy 95.83%, on the front`. */
export function pointText(point: FrontPoint, front: Front, table: PrecisionTable): string {
  const base = front.points.find(({ format }) => format === table.baseline);
  const share = base === undefined ? '' : ` (${ratio(point.cost / base.cost)})`;
  const worth = `${worthName(front.worth, table)} ${worthText(point.worth, front.worth, table)}`;
  return `${point.format}: ${costText(point.cost, front.cost)}${share}, ${worth}${point.isOnFront ? ', on the front' : ''}`;
}

/** Which formats aren't drawn, and why; empty where all are. */
export function silenceText({ silent, cost }: Front, { rows }: PrecisionTable): string {
  const isSimulated = (format: string): boolean =>
    cost !== 'bytes' && rows.some((row) => row.format === format && row.execution === 'simulated');
  const simulated = silent.filter(isSimulated);
  const others = silent.filter((format) => !isSimulated(format));
  return [
    ...(simulated.length === 0
      ? []
      : [`Simulated here, so without ${cost} to draw: ${simulated.join(', ')}.`]),
    ...(others.length === 0 ? [] : [`Without figures to draw: ${others.join(', ')}.`]),
  ].join(' ');
}

function costOf(row: PrecisionRow, cost: Cost): number | undefined {
  const figure = COSTS[cost](row);
  const value = figure === null || figure === undefined ? NaN : decodeNumber(figure);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function worthOf(figure: WireNumber | null): number {
  return figure === null ? NaN : decodeNumber(figure);
}

function costInterval(
  { trials, energyJ }: PrecisionRow,
  cost: Cost,
): readonly [number, number] | undefined {
  if (cost === 'bytes') return undefined;
  if (cost === 'energy') return energyJ?.interval;
  return trials && [trials.durationS.low, trials.durationS.high];
}
