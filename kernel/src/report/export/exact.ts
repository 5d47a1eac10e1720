/**
 * The sum of terms, times all of `times`, over all of `over`, rounded once: a figure that is written in
 * another unit and read back stays within one unit in the last place of what the report says. Pure.
 * @param terms Finite numbers; of none, 0.
 */
export function exactly(
  terms: readonly number[],
  {
    times = [],
    over = [],
  }: { readonly times?: readonly number[]; readonly over?: readonly number[] },
): number {
  const parts = terms.map(fractionOf);
  const exponent = Math.min(0, ...parts.map((part) => part.exponent));
  const sum = parts.reduce(
    (total, part) => total + (part.significand << BigInt(part.exponent - exponent)),
    0n,
  );
  const above = times.map(fractionOf).reduce(product, { significand: sum, exponent });
  const below = over.map(fractionOf).reduce(product, { significand: 1n, exponent: 0 });
  return quotient(above.significand, below.significand, above.exponent - below.exponent);
}

interface Fraction {
  /** An integer; the value is it times 2 to the `exponent`. */
  readonly significand: bigint;
  readonly exponent: number;
}

function product(a: Fraction, b: Fraction): Fraction {
  return { significand: a.significand * b.significand, exponent: a.exponent + b.exponent };
}

const FRACTION_BITS = 52;
const SMALLEST_EXPONENT = -1074;

/** A double as what it is: an integer times a power of two. */
function fractionOf(value: number): Fraction {
  const bits = new BigUint64Array(new Float64Array([value]).buffer)[0] ?? 0n;
  const field = Number((bits >> BigInt(FRACTION_BITS)) & 0x7ffn);
  const fraction = bits & ((1n << BigInt(FRACTION_BITS)) - 1n);
  const significand = field === 0 ? fraction : fraction | (1n << BigInt(FRACTION_BITS));
  return {
    significand: value < 0 ? -significand : significand,
    exponent: SMALLEST_EXPONENT + Math.max(field, 1) - 1,
  };
}

/** More bits than a double has, and one for what is left: the conversion to a number then rounds rightly. */
const QUOTIENT_BITS = 70;

function quotient(above: bigint, below: bigint, exponent: number): number {
  if (above === 0n) return 0;
  const negative = above < 0n !== below < 0n;
  const [numerator, denominator] = [magnitude(above), magnitude(below)];
  const shift = QUOTIENT_BITS - length(numerator) + length(denominator);
  const [dividend, divisor] = [
    numerator << BigInt(Math.max(0, shift)),
    denominator << BigInt(Math.max(0, -shift)),
  ];
  const remains = dividend % divisor === 0n ? 0n : 1n;
  const value = Number(((dividend / divisor) << 1n) | remains);
  // In two steps: one power alone may be beyond what a double holds.
  const power = exponent - shift - 1;
  const half = Math.trunc(power / 2);
  return (negative ? -value : value) * 2 ** half * 2 ** (power - half);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function length(value: bigint): number {
  return value.toString(2).length;
}
