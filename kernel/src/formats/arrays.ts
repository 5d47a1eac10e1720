import { newCodes, type CodeArray } from './codes';
import { badCode, decoder, encoder } from './codec';
import type { FloatFormat, FormatOrName, NumberFormat } from './format';
import { floatFields } from './limits';
import { isLookedUp, lookUpFloats } from './lookup';
import { encodeFloats, encodeIntegers } from './nearest';
import { rounder, type RoundOptions } from './round';
import { asFormat } from './table';

/** Codes of up to this many bits are decoded by looking them up. */
const TABLE_BITS = 16;

/** A new array with the code of each number, as `encode` gives it. */
export function encodeArray(
  formatOrName: FormatOrName,
  values: Float32Array,
  options: RoundOptions = {},
): CodeArray {
  const format = asFormat(formatOrName);
  const codes = newCodes(format, values.length);
  if ((options.rounding ?? 'nearest-even') === 'nearest-even') {
    if (format.kind === 'integer' && options.wrap !== true) {
      return encodeIntegers(format, values, codes);
    }
    if (isShiftable(format)) {
      const saturate = options.saturate ?? false;
      return codes instanceof Uint8Array && isLookedUp(format, values.length)
        ? lookUpFloats(format, values, codes, saturate)
        : encodeFloats(format, values, codes, saturate);
    }
  }
  const code = encoder(format, options);
  for (let i = 0; i < values.length; i++) codes[i] = code(values[i] ?? 0, i);
  return codes;
}

/**
 * A new array with the number of each code, as `decode` gives it.
 * @throws HalfnoteError `invalid-code` where a code has more bits than the format.
 */
export function decodeArray(
  formatOrName: FormatOrName,
  codes: CodeArray,
): Float32Array<ArrayBuffer> {
  const format = asFormat(formatOrName);
  const values = new Float32Array(codes.length);
  if (format.bits > TABLE_BITS) {
    const value = decoder(format);
    if (!isTopOfFloat32(format)) return values.map((_, i) => value(codes[i] ?? 0));
    const words = new Uint32Array(values.buffer);
    const shift = 32 - format.bits;
    for (let i = 0; i < codes.length; i++) words[i] = (codes[i] ?? 0) << shift;
    return values;
  }
  const table = decodingTable(format);
  let seen = 0;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    seen |= code;
    values[i] = table[code] ?? NaN;
  }
  if (seen >>> format.bits !== 0) {
    throw badCode(format, codes.find((code) => code >= table.length) ?? NaN);
  }
  return values;
}

/** A new array with each element rounded to `format`. */
export function roundTo(
  formatOrName: FormatOrName,
  values: Float32Array,
  options: RoundOptions = {},
): Float32Array<ArrayBuffer> {
  const format = asFormat(formatOrName);
  const nearest = (options.rounding ?? 'nearest-even') === 'nearest-even';
  if (nearest && isShiftable(format)) {
    return decodeArray(format, encodeArray(format, values, options));
  }
  const one = rounder(format, options);
  const rounded = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) rounded[i] = one(values[i] ?? 0, i);
  return rounded;
}

/** Can float32's bits be shifted into the format's? They need a stored significand, and a zero. */
function isShiftable(format: NumberFormat): format is FloatFormat {
  return format.kind === 'float' && format.precision > 1 && format.subnormals;
}

const tables = new WeakMap<NumberFormat, Float32Array>();

/** The value of each code. */
function decodingTable(format: NumberFormat): Float32Array {
  const known = tables.get(format);
  if (known !== undefined) return known;
  const value = decoder(format);
  const table = Float32Array.from({ length: 2 ** format.bits }, (_, code) => value(code));
  tables.set(format, table);
  return table;
}

/** Is a code the upper bits of the number's float32? */
function isTopOfFloat32(format: NumberFormat): boolean {
  return (
    format.kind === 'float' &&
    format.nan === 'ieee' &&
    format.exponentBias === 127 &&
    floatFields(format).exponentBits === 8
  );
}
