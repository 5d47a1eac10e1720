import { HalfnoteError } from '../../errors';
import { decodeArray, encodeArray } from '../../formats/arrays';
import { codeBytes, fromBytes, toBytes } from '../../formats/code-bytes';
import type { CodeArray } from '../../formats/codes';
import { USES } from '../../formats/uses';
import type { WeightCodes, WeightFormat } from '../../graph/quantized-graph';
import { isBlockFormat, isFloatFormat, WEIGHT_BITS } from '../../graph/weight-codes';
import { isCodebook } from '../../graph/weight-table';
import { scalesFromBytes, scalesLength, scalesToBytes } from './packed-scales';
import {
  elements,
  OWN,
  type EncodedWeight,
  type OwnQuantization,
  type WeightSpec,
} from './weight-spec';

/** Codes and scales or codebooks as the bytes of a file. */
export function packedWeight(spec: WeightSpec, weights: WeightCodes): EncodedWeight {
  const { format, depth, channels, groupSize, codebooks, scales, quantizedScales } = weights;
  const bits = WEIGHT_BITS[format];
  const packed = toBytes(unsignedCodes(weights), bits);
  const tail = codebooks === undefined ? scalesToBytes(weights) : bytesOf(codebooks);
  const bytes = new Uint8Array(packed.length + tail.length);
  bytes.set(packed);
  bytes.set(tail, packed.length);
  const quantization = {
    dtype: `${OWN}${format}`,
    original_dtype: 'float32',
    depth,
    channels,
    groupSize,
    ...(codebooks === undefined ? {} : { codebooks: codebooks.length / 2 ** bits }),
    ...(codebooks === undefined && scales.length === 0 ? { unscaled: true as const } : {}),
    ...(quantizedScales === undefined ? {} : { doubleQuantized: true as const }),
  } as const;
  return { spec: { ...spec, quantization }, bytes };
}

/** Codes as bits: floats are kept so already. */
function unsignedCodes({ format, codes }: WeightCodes): CodeArray {
  if (!(codes instanceof Int8Array)) return codes;
  return encodeArray(USES[format].weights.codes, Float32Array.from(codes));
}

/** Bytes that a weight of ours takes. @throws HalfnoteError `invalid-model-file`. */
export function packedLength(spec: WeightSpec, quantization: OwnQuantization): number {
  const { depth, channels, groupSize } = quantization;
  const format = formatOf(spec, quantization);
  const whole = [depth, channels, groupSize].every((n) => Number.isInteger(n) && n > 0);
  const divides = isBlockFormat(format) || depth % groupSize === 0;
  if (!whole || depth * channels !== elements(spec) || !divides) {
    throw badSpec(spec, `depth ${depth}, channels ${channels} and groups of ${groupSize}`);
  }
  return codeBytes(depth * channels, WEIGHT_BITS[format]) + tailLength(spec, quantization);
}

/** Bytes of scales, or of codebooks. */
function tailLength(spec: WeightSpec, quantization: OwnQuantization): number {
  const { depth, channels, groupSize, codebooks } = quantization;
  const groups = Math.ceil(depth / groupSize) * channels;
  const format = formatOf(spec, quantization);
  if (!isCodebook(format)) return scalesLength(format, groups, quantization);
  if (codebooks === 1 || codebooks === groups) return 4 * codebooks * 2 ** WEIGHT_BITS[format];
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
  const start = bytes.length - tailLength(spec, quantization);
  const tail = bytes.slice(start);
  const codes = fromBytes(bytes.subarray(0, start), WEIGHT_BITS[format], depth * channels);
  const isFloat = isFloatFormat(format) || isBlockFormat(format);
  const common = {
    format,
    codes: isFloat ? codes : Int8Array.from(decodeArray(USES[format].weights.codes, codes)),
    depth,
    channels,
    groupSize,
  };
  if (isCodebook(format)) {
    return { ...common, scales: new Float32Array(0), codebooks: new Float32Array(tail.buffer) };
  }
  return { ...common, ...scalesFromBytes(format, tail, quantization) };
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
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
