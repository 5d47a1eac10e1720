export type Direction = 'ascending' | 'descending';

/** What rows are sorted by; undefined and NaN where a row has nothing to say. */
export type SortKey = number | string | undefined;

/**
 * What a click on a column's name asks for next: figures the largest first, words from A on; then the
 * other way; then as it was.
 */
export function afterClick(now: Direction | undefined, numeric: boolean): Direction | undefined {
  const first = numeric ? 'descending' : 'ascending';
  if (now === undefined) return first;
  if (now !== first) return undefined;
  return numeric ? 'ascending' : 'descending';
}

/** The indices of rows in the order of their keys; equal ones stay as they are, missing ones come last either way. */
export function orderBy(keys: readonly SortKey[], direction: Direction): number[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return keys
    .map((_, i) => i)
    .sort((a, b) => {
      const [x, y] = [keys[a], keys[b]];
      if (isMissing(x) || isMissing(y)) return Number(isMissing(x)) - Number(isMissing(y));
      if (typeof x === 'number' && typeof y === 'number') return sign * (x - y);
      return sign * String(x).localeCompare(String(y), 'en', { numeric: true });
    });
}

function isMissing(key: SortKey): boolean {
  return key === undefined || Number.isNaN(key);
}
