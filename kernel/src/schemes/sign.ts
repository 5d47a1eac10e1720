import { largest } from './linear';
import type { FittedScheme, LogarithmicScheme } from './scheme';

/** XNOR-Net (Rastegari et al., 2016): codes -1 and +1, the scale is the mean absolute value. */
export function fitBinary(values: readonly number[]): FittedScheme {
  const scale = meanAbsolute(values);
  return {
    parameters: { scale },
    encode: (x) => {
      const code = x < 0 ? -1 : 1;
      return { scaled: scale === 0 ? 0 : x / scale, rounded: code, code };
    },
    decode: (code) => code * scale,
  };
}

/** Ternary weight networks (Li and Liu, 2016): zero up to this share of the mean absolute value. */
const TERNARY_THRESHOLD = 0.7;

/** Codes -1, 0 and +1; the scale is the mean absolute value of those beyond the threshold. */
export function fitTernary(values: readonly number[]): FittedScheme {
  const threshold = TERNARY_THRESHOLD * meanAbsolute(values);
  const scale = meanAbsolute(values.filter((x) => Math.abs(x) > threshold));
  return {
    parameters: { scale, threshold },
    encode: (x) => {
      const code = Math.abs(x) > threshold ? Math.sign(x) : 0;
      return { scaled: scale === 0 ? 0 : x / scale, rounded: code, code };
    },
    decode: (code) => code * scale,
  };
}

/** Codes count exponents: 0 is zero, +-1 the smallest, +-(2^(bits-1) - 1) the largest. */
export function fitLogarithmic(
  { bits }: LogarithmicScheme,
  values: readonly number[],
): FittedScheme {
  const absmax = largest(values);
  const levels = 2 ** (bits - 1) - 1;
  const maxExponent = absmax === 0 ? 0 : Math.round(Math.log2(absmax));
  return {
    parameters: { maxExponent, minExponent: maxExponent - levels + 1 },
    encode: (x) => {
      const scaled = Math.log2(Math.abs(x));
      const rounded = Math.round(scaled);
      const level = Math.min(levels, Math.max(0, rounded - maxExponent + levels));
      return { scaled, rounded, code: level === 0 ? 0 : Math.sign(x) * level };
    },
    decode: (code) =>
      code === 0 ? 0 : Math.sign(code) * 2 ** (Math.abs(code) - levels + maxExponent),
  };
}

function meanAbsolute(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return values.reduce((sum, x) => sum + Math.abs(x), 0) / values.length;
}
