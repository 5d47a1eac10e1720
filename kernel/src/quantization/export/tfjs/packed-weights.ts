import { HalfnoteError } from '../../../errors';
import { decodeArray, encodeArray } from '../../../formats/arrays';
import { packCodes, packedBytes, unpackCodes, type PackedBits } from '../../../formats/packing';
import type { WeightCodes, WeightFormat } from '../../graph/quantized-graph';
import { WEIGHT_BITS } from '../../weight-codes';
import {
  elements,
  OWN,
  type EncodedWeight,
  type OwnQuantization,
  type WeightSpec,
} from './weight-spec';

/** The signed integers that a format's codes are packed as; a binary code is its sign. */
const CODE_FORMATS = {
  int8: 'int8',
  int4: 'int4',
  int3: 'int3',
  int2: 'int2',
  ternary: 'int2',
  binary: 'binary',
} as const satisfies Readonly<Record<WeightFormat, string>>;

/** Codes and scales as the bytes of a file. */
export function packedWeight(spec: WeightSpec, weights: WeightCodes): EncodedWeight {
  const { format, depth, channels, groupSize, scales } = weights;
  const codes = encodeArray(CODE_FORMATS[format], Float32Array.from(weights.codes));
  const bits = WEIGHT_BITS[format];
  const packed = bits === 8 ? Uint8Array.from(codes) : packCodes(codes, bits as PackedBits);
  const scaleBytes = new Uint8Array(scales.buffer, scales.byteOffset, scales.byteLength);
  const bytes = new Uint8Array(packed.length + scaleBytes.length);
  bytes.set(packed);
  bytes.set(scaleBytes, packed.length);
  const quantization = {
    dtype: `${OWN}${format}`,
    original_dtype: 'float32',
    depth,
    channels,
    groupSize,
  } as const;
  return { spec: { ...spec, quantization }, bytes };
}

/** Bytes that a weight of ours takes. @throws HalfnoteError `bad-model-file`. */
export function packedLength(spec: WeightSpec, quantization: OwnQuantization): number {
  const { depth, channels, groupSize } = quantization;
  const format = formatOf(spec, quantization);
  const whole = [depth, channels, groupSize].every((n) => Number.isInteger(n) && n > 0);
  if (!whole || depth * channels !== elements(spec) || depth % groupSize !== 0) {
    throw badSpec(spec, `depth ${depth}, channels ${channels} and groups of ${groupSize}`);
  }
  const bits = WEIGHT_BITS[format];
  const codes = depth * channels;
  const packed = bits === 8 ? codes : packedBytes(codes, bits as PackedBits);
  return packed + 4 * (depth / groupSize) * channels;
}

/** The codes of a file's bytes, of {@link packedLength}. @throws HalfnoteError `bad-model-file`. */
export function unpackedWeight(
  spec: WeightSpec,
  quantization: OwnQuantization,
  bytes: Uint8Array,
): WeightCodes {
  const { depth, channels, groupSize } = quantization;
  const format = formatOf(spec, quantization);
  const count = depth * channels;
  const scaleBytes = 4 * (depth / groupSize) * channels;
  const packed = bytes.subarray(0, bytes.length - scaleBytes);
  const bits = WEIGHT_BITS[format];
  const codes = bits === 8 ? packed : unpackCodes(packed, bits as PackedBits, count);
  return {
    format,
    codes: Int8Array.from(decodeArray(CODE_FORMATS[format], codes)),
    depth,
    channels,
    scales: new Float32Array(bytes.slice(bytes.length - scaleBytes).buffer),
    groupSize,
  };
}

function formatOf(spec: WeightSpec, { dtype }: OwnQuantization): WeightFormat {
  const name = dtype.slice(OWN.length);
  if (Object.hasOwn(WEIGHT_BITS, name)) return name as WeightFormat;
  throw badSpec(spec, `format '${name}'; allowed are ${Object.keys(WEIGHT_BITS).join(', ')}`);
}

function badSpec({ name, shape }: WeightSpec, found: string): HalfnoteError {
  return new HalfnoteError(
    'bad-model-file',
    `Weight '${name}' of shape [${shape.join(', ')}] cannot have ${found}.`,
    'The file was changed, or written by a newer version of Halfnote.',
  );
}
