import type { FloatFormat, NumberFormat } from './format';
import { floatFields, limitsOf } from './limits-of';

/** The function from a code, which must be one of the format, to the number that it stands for. */
export function codeValue(format: NumberFormat): (code: number) => number {
  switch (format.kind) {
    case 'integer': {
      const codes = 2 ** format.bits;
      return (code) => (format.signed && code >= codes / 2 ? code - codes : code);
    }
    case 'table':
      return (code) => format.values[code] ?? NaN;
    case 'float': {
      const { signCode } = floatFields(format);
      const magnitude = magnitudeValuer(format);
      if (!format.signed) return magnitude;
      return (code) => {
        if (code < signCode) return magnitude(code);
        if (code === signCode && format.nan === 'negative-zero') return NaN;
        return -magnitude(code - signCode);
      };
    }
  }
}

function magnitudeValuer(format: FloatFormat): (code: number) => number {
  const { significandBits, maxCode, infinityCode } = floatFields(format);
  const { minSubnormal } = limitsOf(format);
  const one = 2 ** significandBits;
  return (code) => {
    if (code > maxCode) return code === infinityCode ? Infinity : NaN;
    const field = Math.floor(code / one);
    const fraction = code % one;
    if (field === 0 && format.subnormals) return fraction * minSubnormal;
    return (one + fraction) * 2 ** (field - format.exponentBias - significandBits);
  };
}
