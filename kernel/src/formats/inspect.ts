import { HalfnoteError } from '../errors';
import type {
  InspectedFormat,
  SummarizedFormat,
  ValueInspection,
  ValuesInspection,
  ValueStatus,
} from './results';
import { bitFields, hexCode } from './bit-fields';
import { blockUnit } from './blocks';
import { encode } from './codec';
import type { FormatOrName, NumberFormat } from './format';
import { limits } from './limits';
import { inspectables, type Inspectable } from './inspectable';
import { INSPECTED_FORMATS } from './names';
import { rounder, type RoundOptions } from './round';
import { roundingErrors } from './rounding-errors';
import { type NamedScaling, scalingFor, UNSCALED } from './scaling';
import { ulp } from './ulp';
import type { FormatId } from './table';

/** The formats that are shown unless others are named: the ones that models are made of. */
export const INSPECTED: readonly FormatId[] = INSPECTED_FORMATS;

export interface InspectOptions extends RoundOptions {
  /** Formats or their names, block formats' too; `all` is every one. Default: {@link INSPECTED}. */
  readonly formats?: readonly FormatOrName[];
}

/** One number in each format; in MX formats as the only one of its block. */
export function inspectNumber(value: number, options: InspectOptions = {}): ValueInspection {
  return {
    value,
    ...shared(options),
    formats: chosen(options).map((format) => inspectAlone(format, value, options)),
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
  return {
    id: format.id,
    label: format.label,
    element: format,
    fields: bitFields(format, code),
    code,
    hex: hexCode(format, code),
    unit: undefined,
    value: rounded,
    ...roundingErrors(value, rounded),
    ulp: ulp(format, rounded),
    status: statusOf(format, value, rounded),
  };
}

function inspectAlone(format: Inspectable, value: number, options: RoundOptions): InspectedFormat {
  const { id, label, element, blocks } = format;
  const isShared = blocks?.scale === 'e8m0';
  const unit = isShared ? blockUnit(blocks, Math.abs(value)) : 1;
  const scaled = value === 0 ? value : value / unit;
  const inspected = inspectIn(element, prepared(format, scaled), {
    ...options,
    ...(isShared && { saturate: true }),
  });
  const rounded = inspected.value * unit;
  return {
    ...inspected,
    id,
    label,
    unit: isShared ? unit : undefined,
    value: rounded,
    ...roundingErrors(value, rounded),
    ulp: inspected.ulp * unit,
    status: Number.isFinite(unit) ? statusOf(element, scaled, inspected.value) : 'NaN',
  };
}

/** What is rounded to the element's numbers: not below the negative of its largest, or by exponent. */
function prepared({ symmetric, logarithmic, element }: Inspectable, value: number): number {
  if (symmetric) return Math.max(value, -limits(element).max);
  const isPower = logarithmic && value !== 0 && Number.isFinite(value);
  return isPower ? Math.sign(value) * 2 ** Math.round(Math.log2(Math.abs(value))) : value;
}

/**
 * The errors of many numbers in each format. Formats whose codes need a scale get the one that
 * quantization would give them, unless they hold all the numbers as they are.
 * @throws HalfnoteError `empty`.
 */
export function inspectNumbers(
  values: ArrayLike<number>,
  options: InspectOptions = {},
): ValuesInspection {
  if (values.length === 0) {
    throw new HalfnoteError('empty', 'There is no number to inspect: the array is empty.');
  }
  let [min, max, nans] = [Infinity, -Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    const x = values[i] ?? NaN;
    if (Number.isNaN(x)) nans++;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  const formats = chosen(options).map((format) => summarize(format, values, options));
  return { count: values.length, nans, min, max, ...shared(options), formats };
}

function summarize(
  format: Inspectable,
  values: ArrayLike<number>,
  options: RoundOptions,
): SummarizedFormat {
  const { id, label, blocks } = format;
  const unscaled =
    blocks === undefined ? errorsUnder(format, values, options, undefined) : undefined;
  const scaling = unscaled?.sqnrDb === Infinity ? undefined : scalingFor(format, values);
  if (unscaled !== undefined && scaling === undefined) return { id, label, ...unscaled };
  return {
    id,
    label,
    ...errorsUnder(format, values, options, scaling),
    scale: scaling && { rule: scaling.rule, value: scaling.scale },
    unscaledSqnrDb: unscaled?.sqnrDb,
  };
}

type Errors = Pick<SummarizedFormat, 'maxError' | 'maxRelativeError' | 'sqnrDb' | 'counts'>;

function errorsUnder(
  format: Inspectable,
  values: ArrayLike<number>,
  options: RoundOptions,
  scaling: NamedScaling | undefined,
): Errors {
  const { element, blocks } = format;
  const one = rounder(element, blocks === undefined ? options : { ...options, saturate: true });
  const counts: Partial<Record<ValueStatus, number>> = {};
  let [maxError, maxRelativeError, signal, noise] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const x = values[i] ?? NaN;
    const { step, unit, zeroPoint } = scaling?.scalingOf(i) ?? UNSCALED;
    const scaled = step === 0 ? 0 : x / step;
    const code = one(prepared(format, scaled + zeroPoint), i) - zeroPoint;
    const rounded = code * unit;
    const status =
      scaling === undefined || element.kind === 'float'
        ? statusOf(element, scaled, code)
        : scaledStatus(x, rounded);
    counts[status] = (counts[status] ?? 0) + 1;
    if (!Number.isFinite(x)) continue;
    // A number that became NaN is lost as one that became infinite.
    const error = Number.isNaN(rounded) ? Infinity : Math.abs(rounded - x);
    maxError = Math.max(maxError, error);
    if (x !== 0) maxRelativeError = Math.max(maxRelativeError, error / Math.abs(x));
    signal += x * x;
    noise += error * error;
  }
  const sqnrDb = noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
  return { maxError, maxRelativeError, sqnrDb, counts };
}

/** What became of `value`, which `format` holds as `rounded`. */
export function statusOf(format: NumberFormat, value: number, rounded: number): ValueStatus {
  const { max, min, minNormal } = limits(format);
  if (Number.isNaN(value)) return Number.isNaN(rounded) ? 'NaN' : 'NaN lost';
  if (rounded !== value) {
    if (Number.isNaN(rounded) && Math.abs(value) <= max) return 'NaN';
    if (!Number.isFinite(rounded)) return 'overflow';
    // Up to half a spacing beyond the last number it is still the nearest.
    const reach = format.kind === 'table' ? 0 : ulp(format, rounded) / 2;
    if (value > max + reach || value < min - reach) return 'saturated';
    if (rounded === 0) return 'underflow';
  } else if (!Number.isFinite(value)) return 'infinite';
  if (format.kind === 'float' && rounded !== 0 && Math.abs(rounded) < minNormal) return 'subnormal';
  return rounded === value ? 'exact' : 'rounded';
}

/** The same of codes whose scale was chosen so that none is too large. */
function scaledStatus(value: number, rounded: number): ValueStatus {
  if (Number.isNaN(value)) return Number.isNaN(rounded) ? 'NaN' : 'NaN lost';
  if (Number.isNaN(rounded)) return 'NaN';
  if (!Number.isFinite(value)) return 'saturated';
  if (rounded === value) return 'exact';
  return rounded === 0 ? 'underflow' : 'rounded';
}

function chosen({ formats = INSPECTED }: InspectOptions): readonly Inspectable[] {
  return inspectables(formats);
}

function shared({ rounding = 'nearest-even', saturate = false }: RoundOptions): {
  rounding: string;
  saturate: boolean;
} {
  return { rounding, saturate };
}
