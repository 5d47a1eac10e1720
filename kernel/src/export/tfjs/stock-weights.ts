import { HalfnoteError } from '../../errors';
import { encodeArray } from '../../formats/arrays';
import { limits } from '../../formats/limits';
import { asymmetricParams, type AffineParams } from '../../integer/affine';
import { quantizeLinear } from '../../schemes/linear-codes';
import type { EncodedWeight, StockWeights, WeightSpec } from './weight-spec';

/**
 * A weight as tfjs reads it. `uint8` and `uint16` have one scale for the whole weight, with zero
 * exact where the weight has both signs or a zero.
 * @throws HalfnoteError `not-finite`, or `fp16-overflow` where float16 would make infinities.
 */
export function stockWeight(
  spec: WeightSpec,
  values: Float32Array,
  format: StockWeights,
): EncodedWeight {
  if (format === 'float32') return { spec, bytes: bytesOf(values) };
  if (format === 'float16') return float16(spec, values);
  const { min, max } = rangeOf(spec.name, values);
  const range = limits(format);
  const spansZero = min <= 0 && max >= 0;
  const { scale, zeroPoint }: AffineParams = spansZero
    ? asymmetricParams(min, max, range)
    : { scale: Math.fround((max - min) / range.max) || 1, zeroPoint: 0 };
  const least = spansZero ? -zeroPoint * scale : min;
  const codes = quantizeLinear(spansZero ? values : values.map((x) => x - min), format, {
    scale,
    zeroPoint,
  });
  const quantization = { dtype: format, original_dtype: 'float32', scale, min: least } as const;
  return { spec: { ...spec, quantization }, bytes: bytesOf(codes) };
}

function float16(spec: WeightSpec, values: Float32Array): EncodedWeight {
  const { max } = limits('fp16');
  const codes = encodeArray('fp16', values);
  const infinity = encodeArray('fp16', Float32Array.of(Infinity))[0] ?? 0;
  const overflow = codes.findIndex(
    (code, i) => (code & 0x7fff) === infinity && Number.isFinite(values[i]),
  );
  if (overflow >= 0) {
    throw new HalfnoteError(
      'fp16-overflow',
      `Weight '${spec.name}' has ${values[overflow] ?? NaN}; float16 goes to ${max}.`,
      "Save with weights: 'uint16' or 'float32'.",
    );
  }
  const quantization = { dtype: 'float16', original_dtype: 'float32' } as const;
  return { spec: { ...spec, quantization }, bytes: bytesOf(codes) };
}

function rangeOf(name: string, values: Float32Array): { min: number; max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const x of values) {
    if (!Number.isFinite(x)) {
      throw new HalfnoteError(
        'not-finite',
        `Weight '${name}' has ${x}; integers need finite numbers.`,
        "Save with weights: 'float32', or find where it comes from.",
      );
    }
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return { min, max };
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
