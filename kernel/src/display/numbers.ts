/** JSON has no NaN or Infinity: those three travel as strings. */
export type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** The number as JSON can hold it. */
export function encodeNumber(value: number): WireNumber {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'Infinity';
  if (value === -Infinity) return '-Infinity';
  return value;
}

/** The inverse of {@link encodeNumber}. */
export function decodeNumber(value: WireNumber): number {
  return typeof value === 'number' ? value : Number(value);
}

/** A deep copy of `value` in which every number that JSON lacks is encoded. */
export function encodeNumbers(value: unknown): unknown {
  if (typeof value === 'number') return encodeNumber(value);
  if (Array.isArray(value)) return value.map(encodeNumbers);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, encodeNumbers(item)]),
    );
  }
  return value;
}
