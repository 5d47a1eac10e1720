import { codeValue } from './code-value';
import type { FloatFormat, NumberFormat } from './format';
import { floatFields } from './limits-of';

/** The next values of a format below and above a code's; undefined where there is none. */
export interface Neighbors {
  readonly below: number | undefined;
  readonly above: number | undefined;
}

/** Infinities count as values; NaN has no neighbors. */
export function neighborsOf(format: NumberFormat, code: number): Neighbors {
  const value = codeValue(format)(code);
  switch (format.kind) {
    case 'integer': {
      const [least, most] = format.signed
        ? [-(2 ** (format.bits - 1)), 2 ** (format.bits - 1) - 1]
        : [0, 2 ** format.bits - 1];
      return {
        below: value > least ? value - 1 : undefined,
        above: value < most ? value + 1 : undefined,
      };
    }
    case 'table':
      return { below: format.values[code - 1], above: format.values[code + 1] };
    case 'float':
      return floatNeighbors(format, value, code);
  }
}

/** A magnitude's code is its place among the magnitudes. */
function floatNeighbors(format: FloatFormat, value: number, code: number): Neighbors {
  if (Number.isNaN(value)) return { below: undefined, above: undefined };
  const { signCode } = floatFields(format);
  const isSigned = signCode > 0;
  const valueOf = codeValue(format);
  const magnitudes = isSigned ? signCode : 2 ** format.bits;
  const magnitude = (place: number): number | undefined => {
    if (place < 0 || place >= magnitudes) return undefined;
    const found = valueOf(place);
    return Number.isNaN(found) ? undefined : found;
  };
  const negative = (place: number): number | undefined => {
    const found = magnitude(place);
    // Zero has no sign here.
    return found === undefined ? undefined : 0 - found;
  };
  const place = isSigned && code >= signCode ? code - signCode : code;
  if (value === 0) return { below: isSigned ? negative(1) : undefined, above: magnitude(1) };
  return value < 0
    ? { below: negative(place + 1), above: negative(place - 1) }
    : { below: magnitude(place - 1), above: magnitude(place + 1) };
}
