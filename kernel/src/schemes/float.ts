import { BLOCK_FORMATS, blockUnit, type BlockFormat } from '../formats/blocks';
import { decoder, encoder } from '../formats/codec';
import { limits } from '../formats/limits';
import { rounder } from '../formats/round';
import { FORMATS } from '../formats/table';
import { USES, type BlockWeightFormat, type FloatWeightFormat } from '../formats/uses';
import { floatScale, usualFloatRule, type FloatScaleRule } from './float-scale';
import { largest } from './linear';
import type { FittedScheme } from './scheme';

/** Rounds `x / scale` to the format, to nearest even and saturated; a code is the number's bits. */
export function fitFloat(
  format: FloatWeightFormat,
  rule: FloatScaleRule | undefined,
  values: readonly number[],
): FittedScheme {
  const { codes: element } = USES[format].weights;
  const own = rule ?? usualFloatRule(element);
  const scale = floatScale(Float32Array.from(values), element, own);
  const round = rounder(element, { saturate: true });
  const encode = encoder(element, { saturate: true });
  const decode = decoder(element);
  return {
    parameters: { scale, max: limits(element).max },
    encode: (x) => {
      const scaled = Math.fround(x / scale);
      return { scaled, rounded: round(scaled), code: encode(scaled) };
    },
    decode: (code) => Math.fround(decode(code) * scale),
  };
}

/**
 * Rounds one block: `x / scale` to the element format. MX: a power of two by the OCP specification,
 * and MXINT8's elements are multiples of 1/64. NF4: the largest absolute value.
 */
export function fitBlock(format: BlockWeightFormat, values: readonly number[]): FittedScheme {
  const blocks: BlockFormat = BLOCK_FORMATS[format];
  const element = FORMATS[blocks.element];
  const steps = 2 ** blocks.fraction;
  const scale = blockUnit(blocks, largest(values)) * steps;
  const round = rounder(element, { saturate: true });
  const encode = encoder(element, { saturate: true });
  const decode = decoder(element);
  // The specification lets -128 out, so that every number has its negative.
  const least = element.kind === 'integer' ? -limits(element).max : -Infinity;
  const inSteps = (scaled: number): number => Math.max(least, scaled * steps);
  return {
    parameters: { scale },
    encode: (x) => {
      const scaled = scale === 0 ? 0 : Math.fround(x / scale);
      return {
        scaled,
        rounded: round(inSteps(scaled)) / steps,
        code: encode(inSteps(scaled)),
      };
    },
    decode: (code) => Math.fround((decode(code) / steps) * scale),
  };
}
