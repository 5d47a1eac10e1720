import type { ScaleRule } from '../integer/affine';

/** How real numbers become codes. */
export type QuantizationScheme =
  | AffineScheme
  | PowerOfTwoScheme
  | LogarithmicScheme
  | { readonly kind: 'binary' }
  | { readonly kind: 'ternary' }
  | CodebookScheme;

/** `q = clamp(round(x / scale) + zeroPoint)`, ties to even, as ONNX `QuantizeLinear`. */
export interface AffineScheme {
  readonly kind: 'affine';
  /** 2 to 8. */
  readonly bits: number;
  readonly symmetric: boolean;
  /** Of symmetric schemes: how the largest absolute value becomes a scale. Default `absmax/127`. */
  readonly rule?: ScaleRule;
  /** Of asymmetric schemes. Default false: codes from 0. Symmetric codes are signed. */
  readonly signed?: boolean;
}

/**
 * Dynamic fixed point, as in Ristretto: the scale is 2^-fractionBits, where the integer part gets
 * ceil(log2(absmax)) + 1 bits, the sign's included, and the fraction the rest. When absmax is itself
 * a power of two, that value saturates by one step.
 */
export interface PowerOfTwoScheme {
  readonly kind: 'power-of-two';
  readonly bits: number;
}

/**
 * A sign and a rounded log2 (Miyashita et al., 2016): values are 0 and +-2^e for the
 * 2^(bits-1) - 1 exponents up to round(log2(absmax)). Rounding is to the nearest exponent, so the
 * limit between neighbors is sqrt(2) times the smaller.
 */
export interface LogarithmicScheme {
  readonly kind: 'logarithmic';
  readonly bits: number;
}

/** 2^bits values that k-means finds, so that the squared error is small. */
export interface CodebookScheme {
  readonly kind: 'codebook';
  /** 1 to 8. */
  readonly bits: number;
  /** Of k-means++. Default 0. */
  readonly seed?: number;
  /** `exact` is the best there is, by dynamic programming. Default: exact up to 4096 distinct values. */
  readonly method?: 'exact' | 'k-means++';
}

/** One number's way to its code. */
export interface CodeStep {
  /** What is rounded: `x / scale`, or log2|x|. */
  readonly scaled: number;
  readonly rounded: number;
  readonly code: number;
}

/** A scheme fitted to a group of numbers. */
export interface FittedScheme {
  /** `scale`, `zeroPoint`, `fractionBits`, `maxExponent`, ...; a codebook's values are `value0`, ... */
  readonly parameters: Readonly<Record<string, number>>;
  readonly encode: (x: number) => CodeStep;
  readonly decode: (code: number) => number;
}
