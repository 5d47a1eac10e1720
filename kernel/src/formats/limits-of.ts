import type { FloatFormat, IntegerFormat, NumberFormat, TableFormat } from './format';

/** What follows from a format's row. Integers have spacing 1 everywhere. */
export interface FormatLimits {
  /** Largest finite value. */
  readonly max: number;
  /** Most negative finite value; the smallest positive one where there are neither zero nor signs. */
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

/** What follows from a format's row. */
export function limitsOf(format: NumberFormat): FormatLimits {
  switch (format.kind) {
    case 'float':
      return floatLimits(format);
    case 'integer':
      return integerLimits(format);
    case 'table':
      return tableLimits(format);
  }
}

/** How a float's code is split. */
export interface FloatFields {
  readonly exponentBits: number;
  readonly significandBits: number;
  /** The sign bit as a number; 0 where there is none. */
  readonly signCode: number;
  /** The code of the largest finite value. */
  readonly maxCode: number;
  /** The code of positive infinity, if the format has it. */
  readonly infinityCode: number | undefined;
  /** The code that NaN is encoded as, if the format has one: quiet, positive. */
  readonly nanCode: number | undefined;
}

export function floatFields(format: FloatFormat): FloatFields {
  const { bits, precision, nan, infinities } = format;
  const significandBits = precision - 1;
  const magnitudeBits = format.signed ? bits - 1 : bits;
  const exponentBits = magnitudeBits - significandBits;
  const codes = 2 ** magnitudeBits;
  const topField = codes - 2 ** significandBits;
  const fields = {
    exponentBits,
    significandBits,
    signCode: format.signed ? codes : 0,
    infinityCode: infinities ? topField : undefined,
  };
  switch (nan) {
    case 'ieee':
      return { ...fields, maxCode: topField - 1, nanCode: topField + 2 ** (significandBits - 1) };
    case 'all-ones':
      return { ...fields, maxCode: codes - 2, nanCode: codes - 1 };
    case 'negative-zero':
      return { ...fields, maxCode: codes - 1, nanCode: codes };
    case 'none':
      return { ...fields, maxCode: codes - 1, nanCode: undefined };
  }
}

function floatLimits(format: FloatFormat): FormatLimits {
  const { precision, exponentBias } = format;
  const { significandBits, maxCode } = floatFields(format);
  const maxExponent = Math.floor(maxCode / 2 ** significandBits) - exponentBias;
  const max = (1 + (maxCode % 2 ** significandBits) / 2 ** significandBits) * 2 ** maxExponent;
  const minNormalExponent = (format.subnormals ? 1 : 0) - exponentBias;
  const minSubnormalExponent = minNormalExponent - significandBits;
  return {
    max,
    min: format.signed ? -max : format.subnormals ? 0 : 2 ** minNormalExponent,
    minNormal: 2 ** minNormalExponent,
    minSubnormal: 2 ** minSubnormalExponent,
    epsilon: 2 ** (1 - precision),
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

function tableLimits({ values }: TableFormat): FormatLimits {
  const positive = values.filter((value) => value > 0);
  const max = Math.max(...values);
  const smallest = Math.min(...positive);
  const above = positive.find((value) => value > 1);
  const exponent = Math.floor(Math.log2(smallest));
  return {
    max,
    min: Math.min(...values),
    minNormal: smallest,
    minSubnormal: smallest,
    epsilon: above === undefined ? Infinity : above - 1,
    maxExponent: Math.floor(Math.log2(max)),
    minNormalExponent: exponent,
    minSubnormalExponent: exponent,
  };
}
