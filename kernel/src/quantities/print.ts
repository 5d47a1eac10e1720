import type { Quantity } from './quantity';

const PREFIXES = ['n', 'µ', 'm', '', 'k', 'M', 'G', 'T'] as const;
const SMALLEST = -9;
const LARGEST = 12;
/** Significant digits of a figure that has no interval. */
const EXACT_DIGITS = 4;
/** And at most so many of one whose interval would bear more: readers stop there, and so do meters. */
const MOST_DIGITS = 6;
/** Less of any unit is nothing: `toFixed` writes 100 decimals at most, and powers of ten end at 1e-323. */
const NOTHING = 1e-90;

export interface PrintOptions {
  /** Default true. */
  readonly interval?: boolean;
  /** SI prefixes before the unit; default true. Of no use for `%` or `gCO2e/kWh`. */
  readonly prefix?: boolean;
}

/**
 * The figure as text, `12.3 J (11.8–12.9)`: no more digits than its interval bears, an SI prefix, the
 * interval in the same unit. The ends are rounded outward, so that what is printed covers as well. An
 * incomplete figure says so.
 *
 * @param unit The SI unit without a prefix: `J`, `s`, `g`. Empty for a plain number.
 * @see Particle Data Group, Review of Particle Physics, Introduction 5.3, for the number of digits.
 */
export function printQuantity(
  quantity: Pick<Quantity, 'value' | 'low' | 'high' | 'complete'>,
  unit: string,
  { interval = true, prefix = true }: PrintOptions = {},
): string {
  const { complete } = quantity;
  const [value, low, high] = [quantity.value, quantity.low, quantity.high].map(orNothing) as Ends;
  const place = placeOf(value, low, high);
  const exponent =
    prefix && unit !== ''
      ? prefixExponent(roundedAt(value, place) || Math.max(-low, high), place)
      : 0;
  const decimals = Math.max(0, exponent - place);
  const shown = (x: number): string => unsigned((x / 10 ** exponent).toFixed(decimals));
  const name = `${PREFIXES[(exponent - SMALLEST) / 3] ?? ''}${unit}`;
  const figure = shown(roundedAt(value, place));
  const [from, to] = [
    shown(outward(low, place, Math.floor)),
    shown(outward(high, place, Math.ceil)),
  ];
  const ends = interval && high > low && from !== to ? ` (${between(from, to)})` : '';
  return `${figure}${name === '' ? '' : ` ${name}`}${ends}${complete ? '' : ', incomplete'}`;
}

type Ends = [value: number, low: number, high: number];

function orNothing(x: number): number {
  return Math.abs(x) < NOTHING ? 0 : x;
}

/** The power of ten of the last digit that is shown. */
function placeOf(...[value, low, high]: Ends): number {
  const half = orNothing((high - low) / 2);
  if (half === 0) return value === 0 ? 0 : magnitude(value) - EXACT_DIGITS + 1;
  const place = lastDigitOf(half);
  if (value === 0) return place;
  const most = Math.max(place, magnitude(value) - MOST_DIGITS + 1);
  // Below its own uncertainty a value keeps one digit where nothing else says that it isn't 0.
  return low < 0 && high > 0 ? most : Math.min(most, magnitude(value));
}

/** Two digits of an uncertainty that begins with 100 to 354, else one: the rule of the PDG. */
function lastDigitOf(half: number): number {
  const first = magnitude(half);
  return Math.round((half / 10 ** first) * 100) <= 354 ? first - 1 : first;
}

function magnitude(value: number): number {
  return Math.floor(Math.log10(Math.abs(value)));
}

function roundedAt(value: number, place: number): number {
  return Math.round(value / 10 ** place) * 10 ** place;
}

/** Steps of the last digit, but not one more for what is only the rounding of binary fractions. */
function outward(value: number, place: number, round: (x: number) => number): number {
  const steps = value / 10 ** place;
  const nearest = Math.round(steps);
  return (Math.abs(steps - nearest) < 1e-6 ? nearest : round(steps)) * 10 ** place;
}

/** In steps of 10^3, and large enough that no zero stands where no digit is known. */
function prefixExponent(value: number, place: number): number {
  const size = value === 0 ? 0 : Math.log10(Math.abs(value) * (1 + 1e-12));
  const wanted = Math.max(Math.floor(size / 3), Math.ceil(place / 3)) * 3;
  return Math.min(LARGEST, Math.max(SMALLEST, wanted));
}

/** A range with a minus sign in it is read more easily with a word. */
function between(low: string, high: string): string {
  return low.startsWith('-') || high.startsWith('-') ? `${low} to ${high}` : `${low}–${high}`;
}

function unsigned(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
