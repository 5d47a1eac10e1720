import { exponentOf } from './exponent-of';
import type { NumberFormat } from './format';
import { limitsOf } from './limits-of';

/** Distance from a value of the format to the next one away from zero. */
export function ulp(format: NumberFormat, value: number): number {
  if (!Number.isFinite(value)) return NaN;
  switch (format.kind) {
    case 'integer':
      return 1;
    case 'float': {
      const { minNormalExponent } = limitsOf(format);
      const exponent = value === 0 ? minNormalExponent : exponentOf(value);
      return 2 ** (Math.max(exponent, minNormalExponent) - (format.precision - 1));
    }
    case 'table': {
      const place = format.values.indexOf(value);
      const next = format.values[place + (value < 0 ? -1 : 1)];
      const other = format.values[place + (value < 0 ? 1 : -1)];
      return Math.abs((next ?? other ?? NaN) - value);
    }
  }
}
