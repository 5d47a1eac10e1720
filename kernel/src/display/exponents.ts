const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `2⁻²⁴`. */
export function powerOfTwo(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(
    /\d/g,
    (digit) => SUPERSCRIPTS[Number(digit)] ?? '',
  );
  return `2${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** A scale as people write it: `65536 (2¹⁶)` for powers of two. */
export function scaleText(scale: number): string {
  const exponent = Math.log2(scale);
  if (!Number.isInteger(exponent)) return String(scale);
  return exponent === 0 ? '1' : `${scale} (${powerOfTwo(exponent)})`;
}
