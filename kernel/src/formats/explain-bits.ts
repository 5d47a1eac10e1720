import { HalfnoteError } from '../errors';
import type { BinaryPlace, CodeReading, ExplainedBits, FloatReading } from './results';
import { bitFields, hexCode } from './bit-fields';
import { decode } from './codec';
import { exactDecimal } from './decimal';
import type { FloatFormat, FormatOrName, NumberFormat } from './format';
import { floatFields } from './limits';
import { asFormat } from './table';

/** A double holds so many binary digits. */
const DIGITS = 53;
const NUMERAL = /^([+-]?)(?:0b)?([01_]*)(?:\.([01_]*))?$/;

/**
 * Binary digits on their way to a decimal number: of a numeral, or of a format's code.
 * @throws HalfnoteError `not-binary` for other text, `invalid-code` where the code doesn't fit.
 */
export function bitsSteps(bits: string | number, formatOrName?: FormatOrName): ExplainedBits {
  if (formatOrName !== undefined) return fromCode(bits, asFormat(formatOrName));
  const [, sign = '', whole = '', fraction = ''] = NUMERAL.exec(String(bits).trim()) ?? [];
  const digits = (whole + fraction).replaceAll('_', '');
  const significant = digits.replace(/^0+|0+$/g, '').length;
  if (typeof bits !== 'string' || digits === '' || significant > DIGITS) {
    throw new HalfnoteError(
      'not-binary',
      `${typeof bits === 'string' ? `"${bits}"` : String(bits)} is no binary number; allowed are up to ${DIGITS} digits 0 and 1 with a point, as text.`,
      "For example explainBits('1101.101'), or with a format its code: explainBits(0x3a66, 'fp16').",
    );
  }
  const highest = whole.replaceAll('_', '').length - 1;
  const places = placesOf(digits, (i) => highest - i, sign === '-' ? -1 : 1);
  const value = places.length === 0 ? 0 : sumOf(places, sign === '-' ? -1 : 1);
  return { value, decimal: exactDecimal(value), places, code: undefined };
}

function fromCode(bits: string | number, format: NumberFormat): ExplainedBits {
  const code = codeOf(bits, format);
  const value = decode(format, code);
  const fields = bitFields(format, code);
  const digits = fields.map((field) => field.bits).join('');
  const top = digits.length - 1;
  const reading: CodeReading = {
    label: format.label,
    hex: hexCode(format, code),
    fields,
    float: format.kind === 'float' ? floatReading(format, code, value) : undefined,
  };
  return {
    value,
    decimal: Number.isFinite(value) ? exactDecimal(value) : String(value),
    places:
      format.kind === 'integer'
        ? placesOf(digits, (i) => top - i, 1, format.signed ? top : undefined)
        : [],
    code: reading,
  };
}

/** Digits as text have to be all of the code's: which ones are missing cannot be guessed. */
function codeOf(bits: string | number, format: NumberFormat): number {
  if (typeof bits === 'number') return bits;
  const digits = bits.trim().replace(/^0b/, '').replaceAll('_', '');
  if (/^[01]+$/.test(digits) && digits.length === format.bits) return Number.parseInt(digits, 2);
  throw new HalfnoteError(
    'invalid-code',
    `"${bits}" is no code of ${format.label}; allowed are ${format.bits} digits 0 and 1, or a number.`,
  );
}

function floatReading(format: FloatFormat, code: number, value: number): FloatReading | undefined {
  if (!Number.isFinite(value) || value === 0) return undefined;
  const { significandBits, signCode } = floatFields(format);
  const magnitude = signCode === 0 ? code : code % signCode;
  const one = 2 ** significandBits;
  const field = Math.floor(magnitude / one);
  const subnormal = format.subnormals && field === 0;
  const hidden = subnormal ? '0' : '1';
  const stored =
    significandBits === 0 ? '' : (magnitude % one).toString(2).padStart(significandBits, '0');
  return {
    negative: value < 0,
    bias: format.exponentBias,
    field,
    exponent: (subnormal ? 1 : field) - format.exponentBias,
    subnormal,
    significand: stored === '' ? hidden : `${hidden}.${stored}`,
    powers: Array.from(hidden + stored).flatMap((bit, i) => (bit === '1' ? [0 - i] : [])),
  };
}

/** `negative` is the power that counts against the others: the top one of two's complement. */
function placesOf(
  digits: string,
  powerOf: (index: number) => number,
  sign: 1 | -1,
  negative?: number,
): BinaryPlace[] {
  let sum = 0;
  return Array.from(digits, (digit, i) => {
    const power = powerOf(i);
    const worth = (digit === '1' ? 1 : 0) * 2 ** power * (power === negative ? -sign : sign);
    sum += worth;
    return {
      bit: digit === '1' ? 1 : 0,
      power,
      value: exactDecimal(worth + 0),
      sum: exactDecimal(sum + 0),
    };
  });
}

function sumOf(places: readonly BinaryPlace[], sign: 1 | -1): number {
  return places.reduce((sum, { bit, power }) => sum + sign * bit * 2 ** power, 0);
}
