import { powerOfTwo } from '../../display/exponents';
import { ABSENT, significant } from '../../display/units';

/** A number with all the digits that tell it apart. */
export function shown(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (!Number.isFinite(value)) return significant(value);
  return String(value).replace('e+', 'e');
}

/** Whole numbers as they are, others with three significant digits. */
export function roundedText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e9 ? shown(value) : significant(value);
}

/** An error with `digits` significant digits, and with all those before its point. */
export function errorText(error: number, digits = 3): string {
  if (Number.isNaN(error)) return ABSENT;
  if (error >= 10 ** digits && error < 1e9) {
    return String(Number(error.toPrecision(Math.floor(Math.log10(error)) + 2)));
  }
  return Number.isInteger(error) && error < 1e9 ? String(error) : significant(error, digits);
}

/** A relative error in percent; from ten times the number on, as `2980x`. */
export function relativeText(error: number, digits = 3): string {
  if (Number.isNaN(error)) return ABSENT;
  if (!Number.isFinite(error)) return significant(error);
  if (error >= 10) return `${significant(error, digits)}x`;
  return `${errorText(error * 100, digits)}%`;
}

/** `2⁻¹⁰`; the spacing of a table's values need not be a power of two. */
export function ulpText(ulp: number): string {
  if (Number.isNaN(ulp)) return ABSENT;
  const exponent = Math.log2(ulp);
  return Number.isInteger(exponent) ? powerOfTwo(exponent) : significant(ulp);
}
