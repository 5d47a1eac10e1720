import { asFormat } from './table';

/**
 * A number format is a row of data: how many bits, how they are split, and which codes are special.
 * Everything else (largest value, smallest subnormal, spacing) is derived by `limits`.
 */

export interface FloatFormat {
  readonly kind: 'float';
  readonly id: string;
  readonly label: string;
  /** Width of a code: 1 sign bit, the exponent field, `precision - 1` stored significand bits. */
  readonly bits: number;
  /** Significand bits with the implicit one. */
  readonly precision: number;
  readonly exponentBias: number;
  readonly infinities: boolean;
  /**
   * `ieee`: every code with the highest exponent field and a significand other than zero is NaN.
   * `all-ones`: only the code with all exponent and significand bits set is NaN.
   */
  readonly nan: 'ieee' | 'all-ones';
  readonly signed: true;
}

export interface IntegerFormat {
  readonly kind: 'integer';
  readonly id: string;
  readonly label: string;
  readonly bits: number;
  /** Signed formats are two's complement. */
  readonly signed: boolean;
}

export type NumberFormat = FloatFormat | IntegerFormat;

/** A format, or a name that `formatNamed` knows. */
export type FormatOrName = NumberFormat | string;

/** What follows from a format's row. Floats give all of it; integers have spacing 1 everywhere. */
export interface FormatLimits {
  /** Largest finite value. */
  readonly max: number;
  /** Most negative finite value. */
  readonly min: number;
  readonly minNormal: number;
  readonly minSubnormal: number;
  /** Distance from 1 to the next larger value. */
  readonly epsilon: number;
  /** floor(log2(max)). */
  readonly maxExponent: number;
  readonly minNormalExponent: number;
  readonly minSubnormalExponent: number;
}

/**
 * Derives a format's limits from its bits.
 * @throws HalfnoteError `unknown-format`.
 */
export function limits(format: FormatOrName): FormatLimits {
  const known = asFormat(format);
  return known.kind === 'float' ? floatLimits(known) : integerLimits(known);
}

function floatLimits(format: FloatFormat): FormatLimits {
  const { bits, precision, exponentBias } = format;
  const highestField = 2 ** (bits - precision) - 1;
  const epsilon = 2 ** (1 - precision);
  const ieee = format.nan === 'ieee';
  const maxExponent = (ieee ? highestField - 1 : highestField) - exponentBias;
  const largestSignificand = 2 - (ieee ? epsilon : 2 * epsilon);
  const max = largestSignificand * 2 ** maxExponent;
  const minNormalExponent = 1 - exponentBias;
  const minSubnormalExponent = minNormalExponent - (precision - 1);
  return {
    max,
    min: -max,
    minNormal: 2 ** minNormalExponent,
    minSubnormal: 2 ** minSubnormalExponent,
    epsilon,
    maxExponent,
    minNormalExponent,
    minSubnormalExponent,
  };
}

function integerLimits({ bits, signed }: IntegerFormat): FormatLimits {
  const max = 2 ** (signed ? bits - 1 : bits) - 1;
  return {
    max,
    min: signed ? -(2 ** (bits - 1)) : 0,
    minNormal: 1,
    minSubnormal: 1,
    epsilon: 1,
    maxExponent: Math.floor(Math.log2(max)),
    minNormalExponent: 0,
    minSubnormalExponent: 0,
  };
}
