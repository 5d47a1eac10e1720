import type { WeightName } from '../formats/uses';
import type { ScaleRule } from '../integer/affine';
import type { FloatScaleRule } from './float-scale';

/** How real numbers become codes. */
export type QuantizationScheme =
  | AffineScheme
  | PowerOfTwoScheme
  | LogarithmicScheme
  | { readonly kind: 'binary' }
  | { readonly kind: 'ternary' }
  | CodebookScheme
  | FloatScheme
  | BlockScheme;

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

/** A float format: `x / scale` rounded to nearest even and saturated; a code is the number's bits. */
export interface FloatScheme {
  readonly kind: 'float';
  /** `fp16`, `bf16`, `tf32`, `fp8` (E4M3), `e5m2`, `fp6`, `fp4`, ... */
  readonly format: WeightName;
  /** Default: `none` of 16 bits and more, `absmax` of fewer. */
  readonly rule?: FloatScaleRule;
}

/** Blocks with a scale each: of 32 elements in the MX formats, of 64 in NF4; the last may be shorter. */
export interface BlockScheme {
  readonly kind: 'block';
  /** `mxfp8`, `mxfp6`, `mxfp4`, `mxint8`, `nf4`, ... */
  readonly format: WeightName;
  /** Along which blocks lie. Default: the last, -1. */
  readonly axis?: number;
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
