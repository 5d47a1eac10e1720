import { HalfnoteError } from '../../errors';
import { decodeArray, encodeArray } from '../../formats/arrays';
import { packCodes, packedBytes, unpackCodes, type PackedBits } from '../../formats/packing';
import { USES } from '../../formats/uses';
import type { WeightCodes, WeightFormat } from '../../graph/quantized-graph';
import { WEIGHT_BITS } from '../../graph/weight-codes';
import { isCodebook } from '../../graph/weight-table';
import {
  elements,
  OWN,
  type EncodedWeight,
  type OwnQuantization,
  type WeightSpec,
} from './weight-spec';

/** Codes and scales or codebooks as the bytes of a file. */
export function packedWeight(spec: WeightSpec, weights: WeightCodes): EncodedWeight {
  const { format, depth, channels, groupSize, codebooks } = weights;
  const codes = encodeArray(USES[format].weights.codes, Float32Array.from(weights.codes));
  const bits = WEIGHT_BITS[format];
  const packed = bits === 8 ? Uint8Array.from(codes) : packCodes(codes, bits as PackedBits);
  const floats = codebooks ?? weights.scales;
  const floatBytes = new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
  const bytes = new Uint8Array(packed.length + floatBytes.length);
  bytes.set(packed);
  bytes.set(floatBytes, packed.length);
  const quantization = {
    dtype: `${OWN}${format}`,
    original_dtype: 'float32',
    depth,
    channels,
    groupSize,
    ...(codebooks === undefined ? {} : { codebooks: codebooks.length / 2 ** bits }),
  } as const;
  return { spec: { ...spec, quantization }, bytes };
}

/** Bytes that a weight of ours takes. @throws HalfnoteError `invalid-model-file`. */
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
  return packed + 4 * floatCount(spec, quantization);
}

/** How many scales there are, or values of codebooks. */
function floatCount(spec: WeightSpec, quantization: OwnQuantization): number {
  const { depth, channels, groupSize, codebooks } = quantization;
  const groups = (depth / groupSize) * channels;
  const format = formatOf(spec, quantization);
  if (!isCodebook(format)) return groups;
  if (codebooks === 1 || codebooks === groups) return codebooks * 2 ** WEIGHT_BITS[format];
  throw badSpec(spec, `${codebooks ?? 0} codebooks; allowed are 1 and ${groups}`);
}

/** The codes of a file's bytes, of {@link packedLength}. @throws HalfnoteError `invalid-model-file`. */
export function unpackedWeight(
  spec: WeightSpec,
  quantization: OwnQuantization,
  bytes: Uint8Array,
): WeightCodes {
  const { depth, channels, groupSize } = quantization;
  const format = formatOf(spec, quantization);
  const count = depth * channels;
  const floatBytes = 4 * floatCount(spec, quantization);
  const packed = bytes.subarray(0, bytes.length - floatBytes);
  const bits = WEIGHT_BITS[format];
  const codes = bits === 8 ? packed : unpackCodes(packed, bits as PackedBits, count);
  const floats = new Float32Array(bytes.slice(bytes.length - floatBytes).buffer);
  const hasBooks = isCodebook(format);
  return {
    format,
    codes: Int8Array.from(decodeArray(USES[format].weights.codes, codes)),
    depth,
    channels,
    scales: hasBooks ? new Float32Array(0) : floats,
    groupSize,
    ...(hasBooks ? { codebooks: floats } : {}),
  };
}

function formatOf(spec: WeightSpec, { dtype }: OwnQuantization): WeightFormat {
  const name = dtype.slice(OWN.length);
  if (Object.hasOwn(WEIGHT_BITS, name)) return name as WeightFormat;
  throw badSpec(spec, `format '${name}'; allowed are ${Object.keys(WEIGHT_BITS).join(', ')}`);
}

function badSpec({ name, shape }: WeightSpec, found: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-model-file',
    `Weight '${name}' of shape [${shape.join(', ')}] cannot have ${found}.`,
    'The file was changed, or written by a newer version of Halfnote.',
  );
}
