import { decodeArray, encodeArray } from '../../formats/arrays';
import { BLOCK_FORMATS } from '../../formats/blocks';
import type { QuantizedScales } from '../../formats/double-quantization';
import { SCALES_A_SCALE } from '../../formats/double-quantization';
import { scalesOf } from '../../graph/float-codes';
import type { WeightCodes, WeightFormat } from '../../graph/quantized-graph';
import { hasPowerScales } from '../../graph/weight-bytes';
import { isBlockFormat } from '../../graph/weight-codes';
import type { OwnQuantization } from './weight-spec';

type Kept = Pick<WeightCodes, 'scales' | 'quantizedScales'>;

/**
 * Scales as the bytes of a file: float32; of MX formats E8M0 codes; of double quantized NF4 FP8 codes,
 * channel after channel, then float32 scales of scales and the mean.
 */
export function scalesToBytes({ format, scales, quantizedScales }: WeightCodes): Uint8Array {
  if (quantizedScales !== undefined) {
    const { scaleCodes, scalesOfScales, mean } = quantizedScales;
    const floats = new Float32Array(scalesOfScales.length + 1);
    floats.set(scalesOfScales);
    floats[scalesOfScales.length] = mean;
    const bytes = new Uint8Array(scaleCodes.length + floats.byteLength);
    bytes.set(scaleCodes);
    bytes.set(new Uint8Array(floats.buffer), scaleCodes.length);
    return bytes;
  }
  if (!hasPowerScales(format)) {
    return new Uint8Array(scales.buffer, scales.byteOffset, scales.byteLength);
  }
  const fraction = fractionOf(format);
  return Uint8Array.from(
    encodeArray(
      'e8m0',
      scales.map((scale) => scale * fraction),
    ),
  );
}

/** Bytes of the scales of so many groups. */
export function scalesLength(
  format: WeightFormat,
  groups: number,
  { unscaled, doubleQuantized }: OwnQuantization,
): number {
  if (unscaled === true) return 0;
  if (doubleQuantized === true) return groups + 4 * (Math.ceil(groups / SCALES_A_SCALE) + 1);
  return hasPowerScales(format) ? groups : 4 * groups;
}

/** What {@link scalesToBytes} wrote; `bytes` has a buffer of its own. */
export function scalesFromBytes(
  format: WeightFormat,
  bytes: Uint8Array<ArrayBuffer>,
  { depth, channels, groupSize, doubleQuantized }: OwnQuantization,
): Kept {
  if (doubleQuantized === true) {
    const groups = Math.ceil(depth / groupSize);
    const count = groups * channels;
    const floats = new Float32Array(bytes.slice(count).buffer);
    const quantizedScales: QuantizedScales = {
      scaleCodes: bytes.slice(0, count),
      scalesOfScales: floats.slice(0, -1),
      mean: floats.at(-1) ?? 0,
    };
    return { scales: scalesOf(quantizedScales, groups), quantizedScales };
  }
  if (!hasPowerScales(format)) return { scales: new Float32Array(bytes.buffer) };
  const fraction = fractionOf(format);
  return { scales: decodeArray('e8m0', bytes).map((power) => power / fraction) };
}

/** What a scale of 1 stands for in units of the elements. */
function fractionOf(format: WeightFormat): number {
  return isBlockFormat(format) ? 2 ** BLOCK_FORMATS[format].fraction : 1;
}
