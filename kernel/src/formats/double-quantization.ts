import { encodeBlocks, decodeBlocks, type Blocks } from './blocks';
import { decodeArray, encodeArray } from './arrays';
import type { CodeArray } from './codes';
import { limits } from './limits';

/**
 * NF4 whose scales are quantized in turn (QLoRA, section 3): the scales' mean is subtracted, and what
 * is left becomes FP8 E4M3 in blocks of 256 with a float32 scale each. That takes 8/64 + 32/(64 x 256)
 * = 0.127 bits a number for the scales instead of 0.5.
 */
export interface DoubleQuantized {
  readonly codes: CodeArray;
  /** FP8 E4M3 codes of the scales, less their mean. */
  readonly scaleCodes: CodeArray;
  /** One a 256 scales. */
  readonly scalesOfScales: Float32Array;
  readonly mean: number;
  readonly bitsPerValue: number;
}

const SIZE = 256;

/** @throws HalfnoteError `not-finite`. */
export function doubleQuantize(values: Float32Array): DoubleQuantized {
  const { codes, scales } = encodeBlocks('nf4', values);
  const mean = Math.fround(
    Float64Array.from(scales).reduce((sum, x) => sum + x, 0) / Math.max(scales.length, 1),
  );
  const centered = Float32Array.from(scales, (x) => x - mean);
  const scalesOfScales = new Float32Array(Math.ceil(centered.length / SIZE));
  const { max } = limits('e4m3');
  for (let block = 0; block < scalesOfScales.length; block++) {
    const part = centered.subarray(block * SIZE, (block + 1) * SIZE);
    const scale = Math.fround(part.reduce((a, b) => Math.max(a, Math.abs(b)), 0) / max);
    scalesOfScales[block] = scale;
    for (let i = 0; i < part.length; i++) part[i] = scale === 0 ? 0 : (part[i] ?? 0) / scale;
  }
  const scaleCodes = encodeArray('e4m3', centered, { saturate: true });
  return {
    codes,
    scaleCodes,
    scalesOfScales,
    mean,
    bitsPerValue: 4 + 8 / 64 + 32 / (64 * SIZE),
  };
}

/** The numbers that the codes stand for, as float32. */
export function undoDoubleQuantize(quantized: DoubleQuantized): Float32Array<ArrayBuffer> {
  const { scaleCodes, scalesOfScales, mean } = quantized;
  const scales = decodeArray('e4m3', scaleCodes);
  for (let i = 0; i < scales.length; i++) {
    scales[i] = (scales[i] ?? 0) * (scalesOfScales[Math.floor(i / SIZE)] ?? 0) + mean;
  }
  const blocks: Blocks = {
    ...encodeBlocks('nf4', new Float32Array()),
    codes: quantized.codes,
    scales,
  };
  return decodeBlocks(blocks);
}
