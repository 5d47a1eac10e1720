import { encodeBlocks, decodeBlocks, type Blocks } from './blocks';
import { decodeArray, encodeArray } from './arrays';
import type { CodeArray } from './codes';
import { limits } from './limits';

/**
 * NF4 whose scales are quantized in turn (QLoRA, section 3): the scales' mean is subtracted, and what
 * is left becomes FP8 E4M3 in blocks of 256 with a float32 scale each. That takes 8/64 + 32/(64 x 256)
 * = 0.127 bits a number for the scales instead of 0.5.
 */
export interface DoubleQuantized extends QuantizedScales {
  readonly codes: CodeArray;
  readonly bitsPerValue: number;
}

/** Scales of blocks that share one of their own. */
export const SCALES_A_SCALE = 256;

/** Scales of blocks as codes with scales of their own. */
export interface QuantizedScales {
  /** FP8 E4M3 codes of the scales, less their mean. */
  readonly scaleCodes: CodeArray;
  /** One a 256 scales. */
  readonly scalesOfScales: Float32Array;
  readonly mean: number;
}

/** @throws HalfnoteError `not-finite`. */
export function doubleQuantize(values: Float32Array): DoubleQuantized {
  const { codes, scales } = encodeBlocks('nf4', values);
  return {
    codes,
    ...quantizeScales(Float32Array.from(scales)),
    bitsPerValue: 4 + 8 / 64 + 32 / (64 * SCALES_A_SCALE),
  };
}

/** Blocks' scales in FP8 E4M3: what {@link doubleQuantize} does with those of NF4. */
export function quantizeScales(scales: Float32Array): QuantizedScales {
  const mean = Math.fround(
    Float64Array.from(scales).reduce((sum, x) => sum + x, 0) / Math.max(scales.length, 1),
  );
  const centered = Float32Array.from(scales, (x) => x - mean);
  const scalesOfScales = new Float32Array(Math.ceil(centered.length / SCALES_A_SCALE));
  const { max } = limits('e4m3');
  for (let block = 0; block < scalesOfScales.length; block++) {
    const part = centered.subarray(block * SCALES_A_SCALE, (block + 1) * SCALES_A_SCALE);
    const scale = Math.fround(part.reduce((a, b) => Math.max(a, Math.abs(b)), 0) / max);
    scalesOfScales[block] = scale;
    for (let i = 0; i < part.length; i++) part[i] = scale === 0 ? 0 : (part[i] ?? 0) / scale;
  }
  const scaleCodes = encodeArray('e4m3', centered, { saturate: true });
  return { scaleCodes, scalesOfScales, mean };
}

/** The scales that {@link quantizeScales} keeps, as float32. */
export function dequantizeScales(quantized: QuantizedScales): Float32Array<ArrayBuffer> {
  const { scaleCodes, scalesOfScales, mean } = quantized;
  const scales = decodeArray('e4m3', scaleCodes);
  for (let i = 0; i < scales.length; i++) {
    scales[i] = (scales[i] ?? 0) * (scalesOfScales[Math.floor(i / SCALES_A_SCALE)] ?? 0) + mean;
  }
  return scales;
}

/** The numbers that the codes stand for, as float32. */
export function undoDoubleQuantize(quantized: DoubleQuantized): Float32Array<ArrayBuffer> {
  const blocks: Blocks = {
    ...encodeBlocks('nf4', new Float32Array()),
    codes: quantized.codes,
    scales: dequantizeScales(quantized),
  };
  return decodeBlocks(blocks);
}
