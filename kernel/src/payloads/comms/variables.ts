import type { WireNumber } from '../../display/numbers';
import { fieldsOf } from './fields';

/** The comm target by which a page asks for the notebook's variables, and is told them after each cell. */
export const VARIABLES_TARGET = 'halfnote.variables';

/** Page to kernel: the list from now on, or also what is in one of them. */
export interface VariablesRequest {
  /** The variable whose values are wanted, once. */
  readonly values?: string;
}

export type VariableKind = 'tensor' | 'model' | 'data' | 'function' | 'module';

/** A variable as a list shows it. */
export interface VariableRow {
  readonly name: string;
  readonly kind: VariableKind;
  /** What a reader calls it: `Tensor`, `Sequential`, `number`. */
  readonly type: string;
  /** Null for what has none; a missing size stands for one that differs. */
  readonly shape: readonly number[] | null;
  /** What its numbers are kept in: `bf16`, `int8`, `fp32, fp16`; empty for what holds none. */
  readonly format: string;
  /** Of its numbers; null where that isn't known. */
  readonly bytes: number | null;
  /** A short value, or what needs to be known: `disposed`. */
  readonly text: string;
}

/** What is in a variable. */
export type VariableValues =
  | {
      readonly kind: 'numbers';
      /** The first ones, in row-major order. */
      readonly first: readonly WireNumber[];
      readonly size: number;
      /** Of all values that are numbers and finite; null where there are none. */
      readonly min: WireNumber | null;
      readonly max: WireNumber | null;
      readonly mean: WireNumber | null;
      readonly nanCount: number;
      readonly infiniteCount: number;
    }
  | {
      readonly kind: 'entries';
      readonly entries: readonly VariableEntry[];
      readonly size: number;
    }
  | {
      readonly kind: 'layers';
      readonly layers: readonly VariableLayer[];
      readonly size: number;
    }
  | { readonly kind: 'text'; readonly text: string; readonly size: number }
  | {
      readonly kind: 'none';
      /** `busy`: they come when the running cell has ended. */
      readonly why: 'busy' | 'gone' | 'disposed' | 'too-large' | 'unreadable' | 'nothing';
    };

export interface VariableEntry {
  readonly key: string;
  readonly type: string;
  readonly text: string;
}

/** A layer of a model. */
export interface VariableLayer {
  readonly name: string;
  readonly type: string;
  readonly parameters: number;
  readonly format: string;
  readonly bytes: number;
}

/** Kernel to page. */
export interface VariablesMessage {
  /** A cell runs, which may change them: the list is of before, or from between two of its steps. */
  readonly busy: boolean;
  /** Null: not known while the cell runs; what was told last holds. */
  readonly rows: readonly VariableRow[] | null;
  /** Variables that are not in the list. */
  readonly hidden: number;
  readonly values: { readonly name: string; readonly of: VariableValues } | null;
}

/** Rows that one list may have. */
export const MOST_VARIABLES = 1000;
/** Values, entries and layers that are told of one variable. */
export const MOST_VALUES = 200;

/** A message as it came from the kernel; undefined where it is none. */
export function variablesMessage(data: unknown): VariablesMessage | undefined {
  const { busy, rows, hidden, values } = fieldsOf(data);
  if (typeof busy !== 'boolean' || !isCount(hidden)) return undefined;
  const list = rows === null ? null : variableRows(rows);
  if (list === undefined) return undefined;
  if (values === null) return { busy, rows: list, hidden, values };
  const { name, of } = fieldsOf(values);
  const read = variableValues(of);
  if (typeof name !== 'string' || read === undefined) return undefined;
  return { busy, rows: list, hidden, values: { name, of: read } };
}

/** Rows as they came from the other end; undefined where they are none. */
export function variableRows(data: unknown): readonly VariableRow[] | undefined {
  if (!Array.isArray(data)) return undefined;
  const rows = data.slice(0, MOST_VARIABLES);
  return rows.every(isRow) ? rows : undefined;
}

const KINDS: readonly unknown[] = ['tensor', 'model', 'data', 'function', 'module'];
const REASONS: readonly unknown[] = [
  'busy',
  'gone',
  'disposed',
  'too-large',
  'unreadable',
  'nothing',
];

function isRow(value: unknown): value is VariableRow {
  const { name, kind, type, shape, format, bytes, text } = fieldsOf(value);
  return (
    typeof name === 'string' &&
    KINDS.includes(kind) &&
    typeof type === 'string' &&
    (shape === null || (Array.isArray(shape) && shape.every(isCount))) &&
    typeof format === 'string' &&
    (bytes === null || isCount(bytes)) &&
    typeof text === 'string'
  );
}

/** Values as they came from the other end; undefined where they are none. */
export function variableValues(data: unknown): VariableValues | undefined {
  const values = fieldsOf(data);
  const { kind, size, text } = values;
  if (kind === 'none')
    return REASONS.includes(values['why']) ? (data as VariableValues) : undefined;
  if (!isCount(size)) return undefined;
  switch (kind) {
    case 'text':
      return typeof text === 'string' ? { kind, text, size } : undefined;
    case 'numbers':
      return numbersOf(values, size);
    case 'entries': {
      const entries = listOf(values['entries'], isEntry);
      return entries && { kind, entries, size };
    }
    case 'layers': {
      const layers = listOf(values['layers'], isLayer);
      return layers && { kind, layers, size };
    }
    default:
      return undefined;
  }
}

function numbersOf(
  values: Readonly<Record<string, unknown>>,
  size: number,
): VariableValues | undefined {
  const first = listOf(values['first'], isWireNumber);
  const { min, max, mean, nanCount, infiniteCount } = values;
  if (first === undefined || !isCount(nanCount) || !isCount(infiniteCount)) return undefined;
  if (!isFigure(min) || !isFigure(max) || !isFigure(mean)) return undefined;
  return { kind: 'numbers', first, size, min, max, mean, nanCount, infiniteCount };
}

function listOf<T>(data: unknown, is: (item: unknown) => item is T): readonly T[] | undefined {
  if (!Array.isArray(data)) return undefined;
  const items = data.slice(0, MOST_VALUES);
  return items.every(is) ? items : undefined;
}

function isEntry(value: unknown): value is VariableEntry {
  const { key, type, text } = fieldsOf(value);
  return typeof key === 'string' && typeof type === 'string' && typeof text === 'string';
}

function isLayer(value: unknown): value is VariableLayer {
  const { name, type, parameters, format, bytes } = fieldsOf(value);
  return (
    typeof name === 'string' &&
    typeof type === 'string' &&
    isCount(parameters) &&
    typeof format === 'string' &&
    isCount(bytes)
  );
}

function isFigure(value: unknown): value is WireNumber | null {
  return value === null || isWireNumber(value);
}

function isWireNumber(value: unknown): value is WireNumber {
  return (
    (typeof value === 'number' && Number.isFinite(value)) ||
    value === 'NaN' ||
    value === 'Infinity' ||
    value === '-Infinity'
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
