/**
 * A number format is a row of data: how many bits, how they are split, and which codes are special.
 * Everything else (largest value, smallest subnormal, spacing) is derived by `limits`. The model
 * of floats follows the format descriptions of gfloat and of IEEE P3109.
 */

export interface FloatFormat {
  readonly kind: 'float';
  readonly id: string;
  readonly label: string;
  /** Width of a code: the sign bit, if any, the exponent field, `precision - 1` significand bits. */
  readonly bits: number;
  /** Significand bits with the implicit one. */
  readonly precision: number;
  readonly exponentBias: number;
  readonly infinities: boolean;
  /**
   * `ieee`: every code with the highest exponent field and a significand other than zero is NaN.
   * `all-ones`: only the code with all exponent and significand bits set is NaN.
   * `negative-zero`: the code with only the sign bit set is the one NaN; there is no -0.
   * `none`: there is no NaN; what is no number becomes zero, and what is too large saturates.
   */
  readonly nan: 'ieee' | 'all-ones' | 'negative-zero' | 'none';
  readonly signed: boolean;
  /** False: the lowest exponent field is one like all others, so there are neither subnormals nor zero. */
  readonly subnormals: boolean;
}

export interface IntegerFormat {
  readonly kind: 'integer';
  readonly id: string;
  readonly label: string;
  readonly bits: number;
  /** Signed formats are two's complement. */
  readonly signed: boolean;
}

/** A short list of values; a code is a value's place in it. */
export interface TableFormat {
  readonly kind: 'table';
  readonly id: string;
  readonly label: string;
  readonly bits: number;
  readonly signed: boolean;
  /** Ascending; `2 ** bits` of them. */
  readonly values: readonly number[];
  /** Which neighbor a value midway between two takes when rounding to nearest. */
  readonly ties: 'up' | 'down';
}

export type NumberFormat = FloatFormat | IntegerFormat | TableFormat;

/** A format, or a name that `formatNamed` knows. */
export type FormatOrName = NumberFormat | string;
