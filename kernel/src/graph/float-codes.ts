import { decodeArray, encodeArray } from '../formats/arrays';
import { BLOCK_FORMATS, blockUnit, type BlockFormat } from '../formats/blocks';
import {
  dequantizeScales,
  quantizeScales,
  type QuantizedScales,
} from '../formats/double-quantization';
import { limits } from '../formats/limits';
import { FORMATS, type FormatId } from '../formats/table';
import { USES, type BlockWeightFormat, type FloatWeightFormat } from '../formats/uses';
import { floatScale, type FloatScaleRule } from '../schemes/float-scale';
import type { WeightCodes } from './quantized-graph';

/** How a matrix becomes floats: in groups along its depth, by a rule. */
export interface FloatScheme {
  readonly format: FloatWeightFormat;
  readonly rule: FloatScaleRule;
  /** One scale for all. */
  readonly isShared: boolean;
  readonly groupSize: number;
}

/**
 * Codes of a row-major `[depth, channels]` matrix in a float format, rounded to nearest even and
 * saturated: `encode(w / scale)`, `scale = absmax / the format's largest value` by the rule `absmax`.
 */
export function encodeFloatWeights(
  matrix: Float32Array,
  channels: number,
  { format, rule, isShared, groupSize }: FloatScheme,
): WeightCodes {
  const { codes: element } = USES[format].weights;
  const depth = matrix.length / channels;
  if (rule === 'none') {
    const codes = encodeArray(element, matrix, { saturate: true });
    return { format, codes, depth, channels, scales: new Float32Array(0), groupSize: depth };
  }
  const groups = grouped(depth, channels, groupSize);
  const shared = isShared ? floatScale(matrix, element, rule) : undefined;
  const scales = groups.map((places) => {
    if (shared !== undefined) return shared;
    const values = places.map((place) => matrix[place] ?? 0);
    return floatScale(Float32Array.from(values), element, rule);
  });
  const scaled = divided(matrix, groups, scales);
  const codes = encodeArray(element, scaled, { saturate: true });
  return { format, codes, depth, channels, scales, groupSize };
}

/**
 * Codes of a row-major `[depth, channels]` matrix in blocks along its depth, as `encodeBlocks` makes
 * them of each channel; the last block of a channel may be shorter.
 * @param isDouble Of NF4: the scales become FP8 codes in turn (QLoRA, section 3).
 */
export function encodeBlockWeights(
  matrix: Float32Array,
  channels: number,
  format: BlockWeightFormat,
  isDouble = false,
): WeightCodes {
  const blocks: BlockFormat = BLOCK_FORMATS[format];
  const depth = matrix.length / channels;
  const places = grouped(depth, channels, blocks.size);
  const found = places.map((block) => blockUnit(blocks, absmaxAt(matrix, block)));
  const quantizedScales = isDouble ? quantizeScales(byChannel(found, channels)) : undefined;
  const scales =
    quantizedScales === undefined ? found : scalesOf(quantizedScales, places.count / channels);
  const scaled = divided(matrix, places, found);
  const element = FORMATS[blocks.element];
  if (element.kind === 'integer') {
    // The specification lets -128 out, so that every number has its negative.
    const least = -limits(element).max;
    scaled.forEach((x, i) => {
      if (x < least) scaled[i] = least;
    });
  }
  const codes = encodeArray(element, scaled, { saturate: true });
  const weights = {
    format,
    codes,
    depth,
    channels,
    scales,
    groupSize: Math.min(blocks.size, depth),
  };
  return quantizedScales === undefined ? weights : { ...weights, quantizedScales };
}

/** The matrix `[groups, channels]` of scales that were kept channel after channel. */
export function scalesOf(kept: QuantizedScales, groups: number): Float32Array<ArrayBuffer> {
  return byChannel(dequantizeScales(kept), groups);
}

/** The numbers of the codes before the scale, row-major `[depth, channels]`. */
export function decodeFloatCodes(
  format: FloatWeightFormat | BlockWeightFormat,
  codes: WeightCodes['codes'],
): Float32Array<ArrayBuffer> {
  return decodeArray(elementOf(format), codes as Exclude<WeightCodes['codes'], Int8Array>);
}

/** The format of single codes. */
export function elementOf(format: FloatWeightFormat | BlockWeightFormat): FormatId {
  return USES[format].weights.codes;
}

/** Places of a matrix by group and channel, row-major. */
interface Groups {
  readonly count: number;
  map(of: (places: readonly number[]) => number): Float32Array<ArrayBuffer>;
  readonly groupOf: (place: number) => number;
}

function grouped(depth: number, channels: number, size: number): Groups {
  const count = Math.ceil(depth / size) * channels;
  return {
    count,
    map(of) {
      return Float32Array.from({ length: count }, (_, index) => {
        const start = Math.floor(index / channels) * size;
        const end = Math.min(start + size, depth);
        const places: number[] = [];
        for (let d = start; d < end; d++) places.push(d * channels + (index % channels));
        return of(places);
      });
    },
    groupOf: (place) => Math.floor(place / channels / size) * channels + (place % channels),
  };
}

function divided(matrix: Float32Array, groups: Groups, scales: Float32Array): Float32Array {
  return matrix.map((w, place) => {
    const scale = scales[groups.groupOf(place)] ?? 1;
    return scale === 0 ? 0 : w / scale;
  });
}

/** The transpose of row-major `[rows, columns]`, `columns` given. */
function byChannel(values: Float32Array, columns: number): Float32Array<ArrayBuffer> {
  const rows = values.length / columns;
  return Float32Array.from(
    values,
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0,
  );
}

function absmaxAt(matrix: Float32Array, places: readonly number[]): number {
  return places.reduce((most, place) => Math.max(most, Math.abs(matrix[place] ?? 0)), 0);
}
