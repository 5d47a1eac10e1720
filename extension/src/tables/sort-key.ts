import type { SortKey } from '../dom/sort-order';

const FACTORS: Readonly<Record<string, number>> = {
  G: 1e9,
  M: 1e6,
  k: 1e3,
  '': 1,
  m: 1e-3,
  µ: 1e-6,
  n: 1e-9,
};
const FIGURE = /^[<>≤≥~]?\s*([-−+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?)\s*(.*)$/s;
const UNIT = /^([GMkmµn]?)(?:s|J|Wh|W|g|B|L|Hz|FLOP|OP)(?![a-z])/;
const LONG_UNITS: readonly (readonly [RegExp, number])[] = [
  [/^min\b/, 60],
  [/^h\b/, 3600],
  [/^d\b/, 86_400],
];

/** The number that a cell begins with, in its SI unit: `1.5 ms` is 0.0015. Undefined where it begins with none. */
export function figureOf(text: string): number | undefined {
  const [, digits = '', rest = ''] = FIGURE.exec(text.trim()) ?? [];
  if (digits === '') return undefined;
  const value = Number(digits.replaceAll(',', '').replace('−', '-'));
  const long = LONG_UNITS.find(([unit]) => unit.test(rest));
  return value * (long?.[1] ?? FACTORS[UNIT.exec(rest)?.[1] ?? ''] ?? 1);
}

/** What a column's cells are sorted by. */
export interface ColumnKeys {
  readonly numeric: boolean;
  /** Undefined for cells that say nothing, and for those without a figure among figures. */
  readonly keys: readonly SortKey[];
}

/** A column's cells as figures where most of them are, else as words. */
export function keysOf(cells: readonly string[]): ColumnKeys {
  const figures = cells.map(figureOf);
  const said = cells.filter((cell) => cell !== '' && cell !== '–').length;
  const numeric = 2 * figures.filter((figure) => figure !== undefined).length > said;
  const words = cells.map((cell) => (cell === '' || cell === '–' ? undefined : cell));
  return { numeric, keys: numeric ? figures : words };
}
