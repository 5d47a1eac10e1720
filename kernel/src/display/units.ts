/** Figures for people: three significant digits, SI prefixes. Input is always SI (s, J, g, bytes). */

const PREFIXES: readonly (readonly [factor: number, prefix: string])[] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
];

/** What stands for a figure that isn't there. */
export const ABSENT = '–';

/** `1.23`, `0.0123`, `1.2e-9`; three significant digits unless told. */
export function significant(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size >= 1e6 || size < 1e-4) return trimZeros(value.toExponential(digits - 1));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return rounded.toFixed(decimals);
}

function trimZeros(text: string): string {
  return text.replace(/\.?0+e/, 'e').replace('e+', 'e');
}

/** With a unit and its SI prefix: `si(0.00123, 's')` is `1.23 ms`. */
export function si(value: number, unit: string): string {
  if (value === 0 || !Number.isFinite(value)) return `${significant(value)} ${unit}`;
  const size = Math.abs(Number(value.toPrecision(3)));
  const [factor, prefix] = PREFIXES.find(([limit]) => size >= limit) ?? [1e-9, 'n'];
  return `${significant(value / factor)} ${prefix}${unit}`;
}

/** Decimal units, as SI has them: 1 kB is 1000 bytes. */
export function bytes(value: number): string {
  return value < 1000 ? `${value} B` : si(value, 'B');
}

/** Up to two minutes in seconds, then `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 120) return si(seconds, 's');
  const whole = Math.round(seconds);
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A fraction in [0, 1] as a percentage; what is there but tiny never reads as 0%. */
export function percent(fraction: number): string {
  if (Number.isNaN(fraction)) return 'NaN';
  if (fraction === 0) return '0%';
  if (fraction < 1e-4) return '<0.01%';
  if (fraction < 1 && fraction > 0.9999) return '>99.99%';
  return `${(fraction * 100).toFixed(fraction >= 0.1 ? 1 : 2)}%`.replace('100.0%', '100%');
}

/** `2.00x`, `0.70x`, `12.3x`. */
export function ratio(value: number): string {
  return `${significant(value, value < 1 && value >= 0.1 ? 2 : 3)}x`;
}
