import { HalfnoteError } from '../errors';
import {
  asymmetricParams,
  dequantizeValue,
  roundHalfEven,
  symmetricScale,
  type AffineParams,
  type IntegerRange,
} from '../integer/affine';
import type { AffineScheme, FittedScheme, PowerOfTwoScheme } from './scheme';

/** Fits scale and zero point to the group's extremes, in float32 as ONNX does. */
export function fitAffine(scheme: AffineScheme, values: readonly number[]): FittedScheme {
  const { symmetric, rule = 'absmax/127', signed = symmetric } = scheme;
  const range = integerRange(scheme.bits, signed, symmetric && rule !== '2*absmax/255');
  if (symmetric) {
    const absmax = largest(values);
    const scale = symmetricScale(absmax, range, rule);
    if (absmax > 0 && scale === 1 && absmax < 2 ** -100) throw underflow(absmax);
    return affine({ scale, zeroPoint: 0 }, range);
  }
  const min = values.reduce((a, b) => Math.min(a, b), 0);
  const max = values.reduce((a, b) => Math.max(a, b), 0);
  if (max - min > 0 && max - min < 2 ** -140) throw underflow(max - min);
  return affine(asymmetricParams(min, max, range), range);
}

/** Fits the place of the binary point. */
export function fitPowerOfTwo({ bits }: PowerOfTwoScheme, values: readonly number[]): FittedScheme {
  const absmax = largest(values);
  const integerBits = absmax === 0 ? 1 : Math.ceil(Math.log2(absmax)) + 1;
  const fractionBits = bits - integerBits;
  const fitted = affine(
    { scale: 2 ** -fractionBits, zeroPoint: 0 },
    integerRange(bits, true, false),
  );
  return { ...fitted, parameters: { ...fitted.parameters, integerBits, fractionBits } };
}

function affine(params: AffineParams, range: IntegerRange): FittedScheme {
  return {
    parameters: { ...params },
    encode: (x) => {
      const scaled = Math.fround(x / params.scale);
      const rounded = roundHalfEven(scaled);
      const code = Math.min(range.max, Math.max(range.min, rounded + params.zeroPoint));
      return { scaled, rounded: rounded + 0, code: code + 0 };
    },
    decode: (code) => dequantizeValue(code, params) + 0,
  };
}

function integerRange(bits: number, signed: boolean, narrow: boolean): IntegerRange {
  const max = 2 ** (signed ? bits - 1 : bits) - 1;
  return { min: signed ? -max - (narrow ? 0 : 1) : 0, max };
}

export function largest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
}

function underflow(size: number): HalfnoteError {
  return new HalfnoteError(
    'scale-underflow',
    `Values up to ${size} need a scale that float32 cannot hold.`,
    'Multiply the tensor by a power of two first.',
  );
}
