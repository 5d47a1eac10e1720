import type { NumberFormat } from './format';

/** What the value inspector and the explanation of a number are drawn from. */

/** What became of a number in a format; `NaN lost` where a NaN became a number. */
export type ValueStatus =
  | 'exact'
  | 'rounded'
  | 'subnormal'
  | 'underflow'
  | 'overflow'
  | 'saturated'
  | 'infinite'
  | 'NaN'
  | 'NaN lost';

/** A run of bits of a code with one meaning. */
export interface BitField {
  readonly role: 'sign' | 'exponent' | 'significand' | 'integer' | 'index';
  /** `0` and `1`, highest first. */
  readonly bits: string;
}

export interface InspectedFormat {
  readonly id: string;
  readonly label: string;
  /** What the code is in. */
  readonly element: NumberFormat;
  readonly fields: readonly BitField[];
  readonly code: number;
  /** With leading zeros: `0x2e66`. */
  readonly hex: string;
  /** Of MX formats: what an element of 1 stands for in a block of this number alone. */
  readonly unit: number | undefined;
  readonly value: number;
  /** NaN of NaN. */
  readonly absoluteError: number;
  /** NaN of NaN, and where zero became another number. */
  readonly relativeError: number;
  /** Distance to the next value away from zero. */
  readonly ulp: number;
  readonly status: ValueStatus;
}

export interface ValueInspection {
  readonly value: number;
  readonly rounding: string;
  readonly saturate: boolean;
  readonly formats: readonly InspectedFormat[];
}

export interface SummarizedFormat {
  readonly id: string;
  readonly label: string;
  /** Infinite where a number became infinite or NaN. */
  readonly maxError: number;
  /** Largest relative error of the values that are not zero. */
  readonly maxRelativeError: number;
  /** 10 log10 of the signal's power over the error's. */
  readonly sqnrDb: number;
  /** How many values came to each status; those that none came to are left out. */
  readonly counts: Readonly<Partial<Record<ValueStatus, number>>>;
  /** Where codes have a scale: the rule's name, and the scale if one is for all numbers. */
  readonly scale?: { readonly rule: string; readonly value: number | undefined } | undefined;
  /** Where they have one: the ratio without it, at a scale of 1. Not of block formats. */
  readonly unscaledSqnrDb?: number | undefined;
}

export interface ValuesInspection {
  readonly count: number;
  /** How many are NaN; they are left out of all figures but the counts. */
  readonly nans: number;
  readonly min: number;
  readonly max: number;
  readonly rounding: string;
  readonly saturate: boolean;
  readonly formats: readonly SummarizedFormat[];
}

/** `dividend = 2 x quotient + remainder`; the remainders, read upward, are the integer part. */
export interface DivisionStep {
  readonly dividend: string;
  readonly quotient: string;
  readonly remainder: number;
}

/** `doubled = 2 x fraction`; the digits before its point, read downward, are the fraction's bits. */
export interface DoublingStep {
  readonly fraction: string;
  readonly doubled: string;
  readonly bit: number;
}

/** A decimal number written in binary, and back. */
export interface DecimalWorking {
  readonly decimal: string;
  readonly divisions: readonly DivisionStep[];
  readonly doublings: readonly DoublingStep[];
  /** `1101`, `0.0(0011)` where digits in brackets repeat, `0.0001…` where the working was cut. */
  readonly binary: string;
  /** Exponents of the ones, highest first, as far as they were worked out. */
  readonly powers: readonly number[];
  /** Is the sum of the powers the number itself? */
  readonly finite: boolean;
}

export interface Neighbor {
  readonly value: number;
  readonly distance: number;
}

/** A finite number in a format, step by step. */
export interface FormatWorking {
  readonly format: InspectedFormat;
  /** Exact decimal digits of the double that holds the number. */
  readonly stored: string;
  /** `1.1001100...` and its exponent: the number is +-significand x 2^exponent. Not of zero. */
  readonly normalized: { readonly significand: string; readonly exponent: number } | undefined;
  /** Of floats: what the exponent field holds. */
  readonly exponent:
    | {
        readonly bias: number;
        readonly field: number;
        readonly bits: string;
        readonly subnormal: boolean;
      }
    | undefined;
  readonly below: Neighbor;
  readonly above: Neighbor;
  /**
   * Where the number lies beyond the format's last one. `halfway` lies between that and what would be
   * the next; numbers beyond it, and itself where it `overflows`, become infinite or NaN.
   */
  readonly beyond:
    | {
        readonly last: Neighbor;
        readonly halfway: { readonly value: number; readonly overflows: boolean } | undefined;
      }
    | undefined;
  readonly tie: boolean;
  readonly rule: string;
  /** Signed powers of two that the code's ones stand for, and a factor in front of floats' sum. */
  readonly back: { readonly negative: boolean; readonly powers: readonly number[] } | undefined;
}

export interface Explained {
  readonly value: number;
  readonly decimal: DecimalWorking | undefined;
  readonly format: FormatWorking | undefined;
}

/** One digit of a binary number; `sum` is that of all digits so far. */
export interface BinaryPlace {
  readonly bit: 0 | 1;
  readonly power: number;
  /** In decimal, with its sign. */
  readonly value: string;
  readonly sum: string;
}

/** A code of a float format, read. */
export interface FloatReading {
  readonly negative: boolean;
  readonly bias: number;
  /** The exponent field as a number, and what it stands for. */
  readonly field: number;
  readonly exponent: number;
  readonly subnormal: boolean;
  /** `1.1001100110`, or `0.…` of subnormals. */
  readonly significand: string;
  /** Exponents of the significand's ones. */
  readonly powers: readonly number[];
}

/** A code of a format on its way to the number it stands for. */
export interface CodeReading {
  readonly label: string;
  readonly hex: string;
  readonly fields: readonly BitField[];
  /** Of floats that are finite and not zero. */
  readonly float: FloatReading | undefined;
}

/** Binary digits on their way to decimal. */
export interface ExplainedBits {
  readonly value: number;
  /** All decimal digits; `NaN`, `Infinity` where there are none. */
  readonly decimal: string;
  /** Digit by digit: of a binary number, and of codes of integers. */
  readonly places: readonly BinaryPlace[];
  /** Where a format was named. */
  readonly code: CodeReading | undefined;
}
