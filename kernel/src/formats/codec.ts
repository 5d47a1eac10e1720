import { HalfnoteError } from '../errors';
import { limits, type FloatFormat, type FormatOrName } from './format';
import { exponentOf, round, type RoundOptions } from './round';
import { asFormat } from './table';

/**
 * The code (an unsigned integer of `format.bits` bits) of a number, which is rounded first.
 * NaN has the positive quiet code; in integer formats, which have none, it is 0.
 */
export function encode(
  formatOrName: FormatOrName,
  value: number,
  options: RoundOptions = {},
): number {
  const format = asFormat(formatOrName);
  const rounded = round(format, value, options);
  if (format.kind === 'integer') return rounded < 0 ? rounded + 2 ** format.bits : rounded;
  const stored = format.precision - 1;
  const signCode = 2 ** (format.bits - 1);
  const topField = (signCode - 2 ** stored) / 2 ** stored;
  if (Number.isNaN(rounded)) {
    return format.nan === 'ieee' ? topField * 2 ** stored + 2 ** (stored - 1) : signCode - 1;
  }
  const sign = rounded < 0 || Object.is(rounded, -0) ? signCode : 0;
  return sign + magnitudeCode(format, Math.abs(rounded), topField);
}

function magnitudeCode(format: FloatFormat, magnitude: number, topField: number): number {
  const stored = format.precision - 1;
  if (magnitude === 0) return 0;
  if (magnitude === Infinity) return topField * 2 ** stored;
  const { minNormal, minSubnormal } = limits(format);
  if (magnitude < minNormal) return magnitude / minSubnormal;
  const exponent = exponentOf(magnitude);
  const fraction = magnitude / 2 ** (exponent - stored) - 2 ** stored;
  return (exponent + format.exponentBias) * 2 ** stored + fraction;
}

/**
 * The number a code stands for.
 * @throws HalfnoteError `bad-code` when `code` is not an integer of `format.bits` bits.
 */
export function decode(formatOrName: FormatOrName, code: number): number {
  const format = asFormat(formatOrName);
  const codes = 2 ** format.bits;
  if (!Number.isInteger(code) || code < 0 || code >= codes) {
    throw new HalfnoteError(
      'bad-code',
      `${code} is not a code of ${format.id}; allowed are integers from 0 to ${codes - 1}.`,
    );
  }
  if (format.kind === 'integer') return format.signed && code >= codes / 2 ? code - codes : code;
  const signCode = codes / 2;
  return code >= signCode
    ? -decodeMagnitude(format, code - signCode, signCode)
    : decodeMagnitude(format, code, signCode);
}

function decodeMagnitude(format: FloatFormat, code: number, signCode: number): number {
  const stored = format.precision - 1;
  const field = Math.floor(code / 2 ** stored);
  const fraction = code % 2 ** stored;
  if (format.nan === 'all-ones' && code === signCode - 1) return NaN;
  if (format.nan === 'ieee' && field === signCode / 2 ** stored - 1) {
    return fraction === 0 ? Infinity : NaN;
  }
  const { minSubnormal } = limits(format);
  if (field === 0) return fraction * minSubnormal;
  return (2 ** stored + fraction) * 2 ** (field - format.exponentBias - stored);
}
