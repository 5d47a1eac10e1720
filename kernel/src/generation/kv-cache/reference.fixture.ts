import { round } from '../../formats/round';
import { dequantizeValue, quantizeValue, roundHalfEven } from '../../integer/affine';

export interface GroupScheme {
  readonly bits: 8 | 4 | 2;
  readonly symmetric: boolean;
  readonly group: number;
}

/**
 * What is left of numbers whose neighbors, `group` at a time, share a scale: number by number in plain
 * arrays, with the scale as fp16 has it.
 */
export function throughCodes(
  values: Float32Array,
  { bits, symmetric, group }: GroupScheme,
): Float32Array {
  const out = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += group) {
    const part = values.subarray(start, start + group);
    const low = Math.min(0, ...part);
    const high = Math.max(0, ...part);
    const most = 2 ** (bits - 1) - 1;
    const range = symmetric ? { min: -most, max: most } : { min: 0, max: 2 ** bits - 1 };
    const exact = symmetric
      ? Math.fround(Math.max(-low, high) / most)
      : Math.fround(Math.fround(high - low) / range.max);
    const scale = round('fp16', exact) || 1;
    const zeroPoint = symmetric ? 0 : roundHalfEven(Math.fround(-low / scale));
    const params = { scale, zeroPoint };
    part.forEach((x, i) => {
      out[start + i] = dequantizeValue(quantizeValue(x, params, range), params);
    });
  }
  return out;
}
