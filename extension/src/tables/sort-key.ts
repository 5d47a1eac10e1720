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

/**
 * The order of a column's cells: as figures where most of them are, else as words. Cells that say nothing,
 * or no figure among figures, come last either way.
 *
 * @returns the indices of the cells in their new order
 */
export function orderOf(cells: readonly string[], descending: boolean): number[] {
  const figures = cells.map(figureOf);
  const said = cells.filter((cell) => cell !== '' && cell !== '–').length;
  const isNumeric = 2 * figures.filter((figure) => figure !== undefined).length > said;
  const keys = isNumeric
    ? figures
    : cells.map((cell) => (cell === '' || cell === '–' ? undefined : cell));
  const sign = descending ? -1 : 1;
  return cells
    .map((_, i) => i)
    .sort((a, b) => {
      const [x, y] = [keys[a], keys[b]];
      if (x === undefined || y === undefined)
        return Number(x === undefined) - Number(y === undefined);
      if (typeof x === 'number' && typeof y === 'number') return sign * (x - y);
      return sign * String(x).localeCompare(String(y), 'en', { numeric: true });
    });
}
