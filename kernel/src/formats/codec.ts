import { HalfnoteError } from '../errors';
import { codeValue } from './code-value';
import { exponentOf } from './exponent-of';
import type { FloatFormat, FormatOrName, NumberFormat } from './format';
import { floatFields, limits } from './limits';
import { rounder, type RoundOptions } from './round';
import { asFormat } from './table';

/**
 * The code (an unsigned integer of `format.bits` bits) of a number, which is rounded first.
 * NaN has the positive quiet code; in formats that have none, it is the code of 0.
 */
export function encode(
  formatOrName: FormatOrName,
  value: number,
  options: RoundOptions = {},
): number {
  return encoder(formatOrName, options)(value);
}

/** Binds format and options: the function that encodes one number. */
export function encoder(
  formatOrName: FormatOrName,
  options: RoundOptions = {},
): (value: number, index?: number) => number {
  const format = asFormat(formatOrName);
  const round = rounder(format, options);
  const code = coder(format);
  return (value, index) => code(round(value, index));
}

/** From a value that the format has to its code. */
function coder(format: NumberFormat): (rounded: number) => number {
  switch (format.kind) {
    case 'integer':
      return (rounded) => (rounded < 0 ? rounded + 2 ** format.bits : rounded);
    case 'table':
      return (rounded) => format.values.indexOf(rounded);
    case 'float': {
      const magnitude = magnitudeCoder(format);
      const { signCode, nanCode = 0 } = floatFields(format);
      return (rounded) => {
        if (Number.isNaN(rounded)) return nanCode;
        const sign = rounded < 0 || Object.is(rounded, -0) ? signCode : 0;
        return sign + magnitude(Math.abs(rounded));
      };
    }
  }
}

function magnitudeCoder(format: FloatFormat): (magnitude: number) => number {
  const { infinityCode = 0, significandBits } = floatFields(format);
  const { minNormal, minSubnormal } = limits(format);
  const one = 2 ** significandBits;
  return (magnitude) => {
    if (magnitude === Infinity) return infinityCode;
    if (magnitude < minNormal) return magnitude / minSubnormal;
    const exponent = exponentOf(magnitude);
    const fraction = magnitude / 2 ** (exponent - significandBits) - one;
    return (exponent + format.exponentBias) * one + fraction;
  };
}

/**
 * The number a code stands for.
 * @throws HalfnoteError `invalid-code` when `code` is not an integer of `format.bits` bits.
 */
export function decode(formatOrName: FormatOrName, code: number): number {
  return decoder(formatOrName)(code);
}

/** Binds the format: the function that decodes one code. */
export function decoder(formatOrName: FormatOrName): (code: number) => number {
  const format = asFormat(formatOrName);
  const codes = 2 ** format.bits;
  const value = codeValue(format);
  return (code) => {
    if (!Number.isInteger(code) || code < 0 || code >= codes) throw badCode(format, code);
    return value(code);
  };
}

export function badCode({ id, bits }: NumberFormat, code: number): HalfnoteError {
  return new HalfnoteError(
    'invalid-code',
    `${code} is not a code of ${id}; allowed are integers from 0 to ${2 ** bits - 1}.`,
  );
}
