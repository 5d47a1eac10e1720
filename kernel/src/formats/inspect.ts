import { HalfnoteError } from '../errors';
import type {
  InspectedFormat,
  SummarizedFormat,
  ValueInspection,
  ValuesInspection,
  ValueStatus,
} from '../mime/value-payloads';
import { bitFields, hexCode } from './bit-fields';
import { encode } from './codec';
import { limits, type NumberFormat } from './format';
import { exponentOf, rounder, type RoundOptions } from './round';
import { asFormat, type FormatId } from './table';

/** The formats that are shown unless others are named: the ones that models are made of. */
export const INSPECTED: readonly FormatId[] = [
  'fp32',
  'tf32',
  'bf16',
  'fp16',
  'e4m3',
  'e5m2',
  'e3m4',
  'e3m2',
  'e2m3',
  'e2m1',
  'int8',
  'int4',
  'int3',
  'binary',
];

export interface InspectOptions extends RoundOptions {
  /** Names of formats. Default: {@link INSPECTED}. */
  readonly formats?: readonly string[];
}

/** One number in each format. */
export function inspectNumber(value: number, options: InspectOptions = {}): ValueInspection {
  return {
    value,
    ...shared(options),
    formats: chosen(options).map((f) => inspectIn(f, value, options)),
  };
}

/** One number in one format. */
export function inspectIn(
  format: NumberFormat,
  value: number,
  options: RoundOptions = {},
): InspectedFormat {
  const rounded = rounder(format, options)(value);
  const code = encode(format, value, options);
  const absoluteError = Object.is(rounded, value) ? 0 : Math.abs(rounded - value);
  return {
    id: format.id,
    label: format.label,
    fields: bitFields(format, code),
    code,
    hex: hexCode(format, code),
    value: rounded,
    absoluteError,
    relativeError: absoluteError === 0 ? 0 : absoluteError / Math.abs(value),
    ulp: ulp(format, rounded),
    status: statusOf(format, value, rounded),
  };
}

/** The errors of many numbers in each format. @throws HalfnoteError `empty`. */
export function inspectNumbers(
  values: ArrayLike<number>,
  options: InspectOptions = {},
): ValuesInspection {
  if (values.length === 0) {
    throw new HalfnoteError('empty', 'There is no number to inspect: the array is empty.');
  }
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    min = Math.min(min, values[i] ?? NaN);
    max = Math.max(max, values[i] ?? NaN);
  }
  const formats = chosen(options).map((format) => summarize(format, values, options));
  return { count: values.length, min, max, ...shared(options), formats };
}

function summarize(
  format: NumberFormat,
  values: ArrayLike<number>,
  options: RoundOptions,
): SummarizedFormat {
  const one = rounder(format, options);
  const counts: Partial<Record<ValueStatus, number>> = {};
  let [maxError, maxRelativeError, signal, noise] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const x = values[i] ?? NaN;
    const rounded = one(x, i);
    const status = statusOf(format, x, rounded);
    counts[status] = (counts[status] ?? 0) + 1;
    if (!Number.isFinite(x)) continue;
    const error = Math.abs(rounded - x);
    maxError = Math.max(maxError, error);
    if (x !== 0) maxRelativeError = Math.max(maxRelativeError, error / Math.abs(x));
    signal += x * x;
    noise += error * error;
  }
  const sqnrDb = noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
  return { id: format.id, label: format.label, maxError, maxRelativeError, sqnrDb, counts };
}

/** What became of `value`, which `format` holds as `rounded`. */
export function statusOf(format: NumberFormat, value: number, rounded: number): ValueStatus {
  const { max, min, minNormal } = limits(format);
  if (Number.isNaN(value)) return 'NaN';
  if (rounded !== value) {
    if (!Number.isFinite(rounded)) return 'overflow';
    if (value > max || value < min) return 'saturated';
    if (rounded === 0) return 'underflow';
  } else if (!Number.isFinite(value)) return 'infinite';
  if (format.kind === 'float' && rounded !== 0 && Math.abs(rounded) < minNormal) return 'subnormal';
  return rounded === value ? 'exact' : 'rounded';
}

/** Distance from a value of the format to the next one away from zero. */
function ulp(format: NumberFormat, value: number): number {
  if (!Number.isFinite(value)) return NaN;
  switch (format.kind) {
    case 'integer':
      return 1;
    case 'float': {
      const { minNormalExponent } = limits(format);
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

function chosen({ formats = INSPECTED }: InspectOptions): NumberFormat[] {
  return formats.map(asFormat);
}

function shared({ rounding = 'nearest-even', saturate = false }: RoundOptions): {
  rounding: string;
  saturate: boolean;
} {
  return { rounding, saturate };
}
