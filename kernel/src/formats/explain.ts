import { HalfnoteError } from '../errors';
import type { Explained, FormatWorking } from './results';
import { decimalWorking, exactDecimal } from './decimal';
import { exponentOf } from './exponent-of';
import type { FormatOrName, NumberFormat } from './format';
import { floatFields, limits } from './limits';
import { inspectIn } from './inspect';
import { round, type RoundOptions } from './round';
import { roundingRule } from './rounding';
import { asFormat } from './table';

/**
 * How a number is written in binary, and how it is held in a format: the steps as data.
 * @throws HalfnoteError `not-a-number` for what is none, `unknown-format`, `unknown-rounding`.
 */
export function explainSteps(
  value: number,
  formatOrName?: FormatOrName,
  options: RoundOptions = {},
): Explained {
  if (typeof value !== 'number') {
    throw new HalfnoteError(
      'not-a-number',
      `explain() takes a number, not ${typeof value === 'string' ? `the text "${String(value)}"` : typeof value}.`,
      'For example explain(13), or explain(0.1, "e4m3").',
    );
  }
  return {
    value,
    decimal: Number.isFinite(value) ? decimalWorking(value) : undefined,
    format:
      formatOrName === undefined
        ? undefined
        : formatWorking(value, asFormat(formatOrName), options),
  };
}

function formatWorking(value: number, format: NumberFormat, options: RoundOptions): FormatWorking {
  const inspected = inspectIn(format, value, options);
  const { rounding = 'nearest-even' } = options;
  const below = neighbor(format, value, 'down');
  const above = neighbor(format, value, 'up');
  return {
    format: inspected,
    stored: Number.isFinite(value) ? exactDecimal(value) : String(value),
    normalized: normalize(value),
    exponent: exponentField(format, inspected.code),
    below,
    above,
    beyond: beyond(format, value, options),
    tie: below.distance === above.distance && below.value < above.value,
    rule: roundingRule(rounding).summary,
    back: back(inspected.value),
  };
}

function neighbor(
  format: NumberFormat,
  value: number,
  rounding: 'up' | 'down',
): FormatWorking['below'] {
  const found = round(format, value, { rounding });
  return { value: found, distance: found === value ? 0 : Math.abs(found - value) };
}

function beyond(
  format: NumberFormat,
  value: number,
  { rounding = 'nearest-even', saturate = false }: RoundOptions,
): FormatWorking['beyond'] {
  const { max, min } = limits(format);
  const last = value > max ? max : value < min ? min : undefined;
  if (last === undefined || !Number.isFinite(value)) return undefined;
  const middle = last + (Math.sign(last) * inspectIn(format, last).ulp) / 2;
  const isInfinite = format.kind === 'float' && format.nan !== 'none' && !saturate;
  return {
    last: { value: last, distance: Math.abs(value - last) },
    halfway:
      isInfinite && rounding.startsWith('nearest')
        ? { value: middle, overflows: !Number.isFinite(round(format, middle, { rounding })) }
        : undefined,
  };
}

/** The significand in binary, as long as the double has it. */
function normalize(value: number): FormatWorking['normalized'] {
  if (value === 0 || !Number.isFinite(value)) return undefined;
  // What is subnormal as a double is brought into its normal range first.
  const lift = Math.abs(value) < 2 ** -1022 ? 64 : 0;
  const lifted = Math.abs(value) * 2 ** lift;
  const exponent = exponentOf(lifted);
  const significand = (lifted / 2 ** exponent).toString(2);
  return {
    significand: significand.includes('.') ? significand : `${significand}.0`,
    exponent: exponent - lift,
  };
}

function exponentField(format: NumberFormat, code: number): FormatWorking['exponent'] {
  if (format.kind !== 'float') return undefined;
  const { exponentBits, significandBits, signCode } = floatFields(format);
  const magnitude = signCode === 0 ? code : code % signCode;
  const field = Math.floor(magnitude / 2 ** significandBits);
  return {
    bias: format.exponentBias,
    field,
    bits: field.toString(2).padStart(exponentBits, '0'),
    subnormal: format.subnormals && field === 0,
  };
}

/** A value as the sum of powers of two that its ones stand for. */
function back(value: number): FormatWorking['back'] {
  if (!Number.isFinite(value)) return undefined;
  const powers: number[] = [];
  for (let left = Math.abs(value); left > 0;) {
    const power = exponentOf(left);
    powers.push(power);
    left -= 2 ** power;
  }
  return { negative: value < 0, powers };
}
