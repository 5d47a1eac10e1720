import type { InspectedFormat } from './results';

/** NaN where there is nothing to compare: of NaN, and relative to zero. */
export function roundingErrors(
  value: number,
  rounded: number,
): Pick<InspectedFormat, 'absoluteError' | 'relativeError'> {
  if (Number.isNaN(value)) return { absoluteError: NaN, relativeError: NaN };
  const absoluteError = Object.is(rounded, value) ? 0 : Math.abs(rounded - value);
  const relativeError = value === 0 ? NaN : absoluteError / Math.abs(value);
  return { absoluteError, relativeError: absoluteError === 0 ? 0 : relativeError };
}
