import { BLOCK_FORMATS } from '../formats/blocks';
import { codeBytes } from '../formats/code-bytes';
import type { WeightCodes, WeightFormat } from './quantized-graph';
import { isBlockFormat, WEIGHT_BITS } from './weight-codes';

/** Bytes of codes, scales and codebooks where codes are packed and nothing is repeated. */
export function packedWeightBytes(weights: WeightCodes): number {
  const { format, codes, codebooks } = weights;
  return (
    codeBytes(codes.length, WEIGHT_BITS[format]) +
    scaleBytes(weights) +
    (codebooks?.byteLength ?? 0)
  );
}

/** Bytes of the scales as they are kept: E8M0 in one, codes of scales with what belongs to them. */
export function scaleBytes({ format, scales, quantizedScales }: WeightCodes): number {
  if (quantizedScales !== undefined) {
    const { scaleCodes, scalesOfScales, mean } = quantizedScales;
    return scaleCodes.byteLength + scalesOfScales.byteLength + Float32Array.of(mean).byteLength;
  }
  return hasPowerScales(format) ? scales.length : scales.byteLength;
}

/** Whether scales are powers of two in E8M0. */
export function hasPowerScales(format: WeightFormat): boolean {
  return isBlockFormat(format) && BLOCK_FORMATS[format].scale === 'e8m0';
}

/** Bits of a weight with its part of the block's scale, where the format says how large that is. */
export function bitsPerWeight(format: WeightFormat): number {
  if (!isBlockFormat(format)) return WEIGHT_BITS[format];
  const { size } = BLOCK_FORMATS[format];
  return WEIGHT_BITS[format] + (hasPowerScales(format) ? 8 : 32) / size;
}

/** The codes with their signs. @throws TypeError for formats of floats. */
export function signedCodes({ format, codes }: WeightCodes): Int8Array {
  if (codes instanceof Int8Array) return codes;
  throw new TypeError(`codes of ${format} are no integers with a sign`);
}
