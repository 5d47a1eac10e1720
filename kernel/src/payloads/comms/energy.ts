import type { Method } from '../../quantities/quantity';
import { fieldsOf } from './fields';

/** The comm target by which the kernel tells a page the energy of its session, while the page listens. */
export const ENERGY_TARGET = 'halfnote.energy';

/** A page that has said nothing for so long is told nothing more, until it asks again. */
export const LISTENS_FOR_S = 90;

/** No page is told more often. */
export const LEAST_INTERVAL_S = 2;

/** Page to kernel, when it opens the comm and again before {@link LISTENS_FOR_S} are over. */
export interface EnergyRequest {
  /** `session`: totals alone; `cells`: each window of the session too, and power over time. */
  readonly wants: 'session' | 'cells';
  /** At least {@link LEAST_INTERVAL_S}. */
  readonly intervalS: number;
}

/** A figure with its interval, in the unit that its field names. */
export interface EnergyFigure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly complete: boolean;
}

/** The session so far. */
export interface SessionEnergyReport {
  /** Mean power since the report before; null where that is too long ago. */
  readonly powerW: number | null;
  readonly machineW: number | null;
  /** Attributed to the user's code. */
  readonly energyJ: EnergyFigure;
  readonly machineJ: EnergyFigure;
  readonly method: Method;
  /** Of `energyJ`. */
  readonly co2eG: number;
  /** Whose grid that is: `WORLD`, `France`. `assumed`: nobody has stated a region. */
  readonly region: string;
  readonly assumed: boolean;
}

/** A cell, or a span within it. */
export interface EnergyRow {
  readonly id: number;
  /** The row within which it began; null where it stands by itself. */
  readonly parent: number | null;
  readonly name: string;
  readonly kind: 'cell' | 'span' | 'outside' | 'background';
  readonly status: 'ended' | 'interrupted' | 'open';
  readonly durationS: number;
  readonly energyJ: EnergyFigure;
  readonly machineJ: EnergyFigure;
  readonly method: Method;
  readonly co2eG: number;
  /** Of the cell in the notebook's file, where a front end has told it. */
  readonly cellId: string | null;
  /** What a cell was computed in, in this order. */
  readonly policies: readonly string[];
}

/** A moment of the session: seconds since 1970, and the mean power since the moment before. */
export type PowerSample = readonly [atS: number, userW: number, machineW: number];

/** Kernel to page. */
export interface EnergyMessage {
  readonly session: SessionEnergyReport;
  /** To pages that want cells. */
  readonly cells?: {
    /** Those that have changed since the page was told last. */
    readonly rows: readonly EnergyRow[];
    /** What the page has of earlier messages doesn't hold any more. */
    readonly isWhole: boolean;
    /** Rows that are too old to be told apart. */
    readonly hidden: number;
    readonly power: readonly PowerSample[];
  };
}

/** Rows and samples that one message may have; of more the first are read. */
const MOST = 2000;

/** A message as it came from the kernel; undefined where it is none. */
export function energyMessage(data: unknown): EnergyMessage | undefined {
  const { session, cells } = fieldsOf(data);
  if (!isSession(session)) return undefined;
  if (cells === undefined) return { session };
  const { rows, isWhole, hidden, power } = fieldsOf(cells);
  if (!Array.isArray(rows) || !Array.isArray(power)) return undefined;
  if (typeof isWhole !== 'boolean' || !isNumber(hidden)) return undefined;
  const read = { rows: rows.slice(0, MOST), power: power.slice(-MOST) };
  if (!read.rows.every(isRow) || !read.power.every(isSample)) return undefined;
  return { session, cells: { ...read, isWhole, hidden } };
}

function isSession(value: unknown): value is SessionEnergyReport {
  const { powerW, machineW, energyJ, machineJ, method, co2eG, region, assumed } = fieldsOf(value);
  return (
    (powerW === null || isNumber(powerW)) &&
    (machineW === null || isNumber(machineW)) &&
    isFigure(energyJ) &&
    isFigure(machineJ) &&
    typeof method === 'string' &&
    isNumber(co2eG) &&
    typeof region === 'string' &&
    typeof assumed === 'boolean'
  );
}

const KINDS: readonly unknown[] = ['cell', 'span', 'outside', 'background'];
const STATUSES: readonly unknown[] = ['ended', 'interrupted', 'open'];

function isRow(value: unknown): value is EnergyRow {
  const row = fieldsOf(value);
  return (
    Number.isInteger(row['id']) &&
    (row['parent'] === null || Number.isInteger(row['parent'])) &&
    typeof row['name'] === 'string' &&
    KINDS.includes(row['kind']) &&
    STATUSES.includes(row['status']) &&
    isNumber(row['durationS']) &&
    isFigure(row['energyJ']) &&
    isFigure(row['machineJ']) &&
    typeof row['method'] === 'string' &&
    isNumber(row['co2eG']) &&
    (row['cellId'] === null || typeof row['cellId'] === 'string') &&
    Array.isArray(row['policies']) &&
    row['policies'].every((policy) => typeof policy === 'string')
  );
}

function isFigure(value: unknown): value is EnergyFigure {
  const { value: mean, low, high, complete } = fieldsOf(value);
  return isNumber(mean) && isNumber(low) && isNumber(high) && typeof complete === 'boolean';
}

function isSample(value: unknown): value is PowerSample {
  return Array.isArray(value) && value.length === 3 && value.every(isNumber);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
