import { inspect } from 'node:util';
import { HalfnoteError, nearest } from '../errors';
import type { FloatFormat, FormatOrName, IntegerFormat, NumberFormat } from './format';
import { NF4_VALUES } from './nf4-values';

/** A float with IEEE 754's special codes: infinities, NaNs, subnormals, two zeros. */
const ieee = (
  id: string,
  label: string,
  bits: number,
  precision: number,
  exponentBias: number,
): FloatFormat => ({
  kind: 'float',
  id,
  label,
  bits,
  precision,
  exponentBias,
  infinities: true,
  nan: 'ieee',
  signed: true,
  subnormals: true,
});

/** The same bits without infinities: `fn`, and where NaN takes the code of -0: `fnuz`. */
const finite = (format: FloatFormat, nan: 'all-ones' | 'negative-zero' | 'none'): FloatFormat => ({
  ...format,
  infinities: false,
  nan,
});

const integer = (id: string, label: string, bits: number, signed: boolean): IntegerFormat => ({
  kind: 'integer',
  id,
  label,
  bits,
  signed,
});

/** Every format Halfnote knows, by id. */
export const FORMATS = {
  fp32: ieee('fp32', 'FP32', 32, 24, 127),
  tf32: ieee('tf32', 'TF32', 19, 11, 127),
  fp16: ieee('fp16', 'FP16', 16, 11, 15),
  bf16: ieee('bf16', 'BF16', 16, 8, 127),
  /** OCP FP8 E4M3: no infinities, one NaN a sign (ml_dtypes' and ONNX's E4M3FN). */
  e4m3: finite(ieee('e4m3', 'FP8 E4M3', 8, 4, 7), 'all-ones'),
  e5m2: ieee('e5m2', 'FP8 E5M2', 8, 3, 15),
  e3m4: ieee('e3m4', 'FP8 E3M4', 8, 5, 3),
  /** The FP8 formats of Graphcore and AMD's CDNA 3. */
  e4m3fnuz: finite(ieee('e4m3fnuz', 'FP8 E4M3FNUZ', 8, 4, 8), 'negative-zero'),
  e5m2fnuz: finite(ieee('e5m2fnuz', 'FP8 E5M2FNUZ', 8, 3, 16), 'negative-zero'),
  e4m3b11fnuz: finite(ieee('e4m3b11fnuz', 'FP8 E4M3B11FNUZ', 8, 4, 11), 'negative-zero'),
  /** E4M3 with infinities, as IEEE 754 would have it. */
  e4m3ieee: ieee('e4m3ieee', 'FP8 E4M3 (IEEE)', 8, 4, 7),
  /** OCP MX element formats. */
  e3m2: finite(ieee('e3m2', 'FP6 E3M2', 6, 3, 3), 'none'),
  e2m3: finite(ieee('e2m3', 'FP6 E2M3', 6, 4, 1), 'none'),
  e2m1: finite(ieee('e2m1', 'FP4 E2M1', 4, 2, 1), 'none'),
  /** OCP MX scales: powers of two from 2^-127 to 2^127, no sign, no zero. */
  e8m0: {
    ...finite(ieee('e8m0', 'E8M0 scale', 8, 1, 127), 'all-ones'),
    signed: false,
    subnormals: false,
  },
  /** Of biases and of the sums of integer products. */
  int32: integer('int32', 'INT32', 32, true),
  int16: integer('int16', 'INT16', 16, true),
  uint16: integer('uint16', 'UINT16', 16, false),
  int8: integer('int8', 'INT8', 8, true),
  uint8: integer('uint8', 'UINT8', 8, false),
  int4: integer('int4', 'INT4', 4, true),
  uint4: integer('uint4', 'UINT4', 4, false),
  int3: integer('int3', 'INT3', 3, true),
  uint3: integer('uint3', 'UINT3', 3, false),
  int2: integer('int2', 'INT2', 2, true),
  uint2: integer('uint2', 'UINT2', 2, false),
  /** A sign bit and a three-bit exponent: 0 and the powers from 2^-6 to 1. */
  pow2: finite(ieee('pow2', 'Power of two', 4, 1, 7), 'none'),
  /** The sign, as in XNOR-Net: code 0 is -1, code 1 is +1, and zero counts as positive. */
  binary: {
    kind: 'table',
    id: 'binary',
    label: 'Binary',
    bits: 1,
    signed: true,
    values: [-1, 1],
    ties: 'up',
  },
  /** QLoRA's 4-bit NormalFloat: quantiles of the normal distribution in [-1, 1], with an exact 0. */
  nf4: {
    kind: 'table',
    id: 'nf4',
    label: 'NF4',
    bits: 4,
    signed: true,
    values: NF4_VALUES,
    ties: 'down',
  },
} as const satisfies Readonly<Record<string, NumberFormat>>;

export type FormatId = keyof typeof FORMATS;

const ALIASES: Readonly<Record<string, FormatId>> = {
  float32: 'fp32',
  f32: 'fp32',
  tensorfloat32: 'tf32',
  float16: 'fp16',
  half: 'fp16',
  f16: 'fp16',
  bfloat16: 'bf16',
  e4m3fn: 'e4m3',
  fp8_e4m3: 'e4m3',
  fp8_e4m3fn: 'e4m3',
  float8_e4m3fn: 'e4m3',
  fp8_e5m2: 'e5m2',
  float8_e5m2: 'e5m2',
  fp8_e3m4: 'e3m4',
  float8_e3m4: 'e3m4',
  float8_e4m3: 'e4m3ieee',
  float8_e4m3fnuz: 'e4m3fnuz',
  float8_e5m2fnuz: 'e5m2fnuz',
  float8_e4m3b11fnuz: 'e4m3b11fnuz',
  float8_e8m0fnu: 'e8m0',
  fp6_e3m2: 'e3m2',
  float6_e3m2fn: 'e3m2',
  fp6_e2m3: 'e2m3',
  float6_e2m3fn: 'e2m3',
  fp4: 'e2m1',
  fp4_e2m1: 'e2m1',
  float4_e2m1fn: 'e2m1',
  'power-of-two': 'pow2',
};

function isFormatId(name: string): name is FormatId {
  return Object.hasOwn(FORMATS, name);
}

/**
 * The format of that name; common other spellings (`float16`, `bfloat16`, `e4m3fn`) are known too.
 * @throws HalfnoteError `unknown-format` that lists the allowed names.
 */
export function formatNamed(name: string): NumberFormat {
  const key = name.trim().toLowerCase();
  if (isFormatId(key)) return FORMATS[key];
  const alias = aliasedFormat(key);
  if (alias !== undefined) return FORMATS[alias];
  const other = otherKind(key);
  if (other !== undefined) throw unknownFormat(`"${name}"`, other);
  const near =
    key === 'fp8' || key === 'float8'
      ? ['e4m3', 'e5m2']
      : key === 'fp6' || key === 'float6'
        ? ['e3m2', 'e2m3']
        : nearest(key, [...Object.keys(FORMATS), ...Object.keys(ALIASES)]);
  throw unknownFormat(
    `"${name}"`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined,
  );
}

/** The format that others call so. */
export function aliasedFormat(key: string): FormatId | undefined {
  return Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined;
}

/** Where the product has what has no codes of its own for single numbers. */
function otherKind(key: string): string | undefined {
  if (key.startsWith('mx')) {
    return "Elements of MX formats share a scale: encodeBlocks('mxfp4', values), or BLOCK_FORMATS for all names.";
  }
  if (/^(ternary|log\d|codebook\d)$/.test(key)) {
    return "Its values depend on the data: quantizeTensor(values, { kind: 'ternary' }), or 'logarithmic', 'codebook' with bits.";
  }
  return undefined;
}

/** The format itself, or the one of that name. Throws as {@link formatNamed} does. */
export function asFormat(format: FormatOrName): NumberFormat {
  if (typeof format === 'string') return formatNamed(format);
  // JavaScript can hand over anything.
  const { kind } = (format as Partial<NumberFormat> | null | undefined) ?? {};
  if (kind === 'float' || kind === 'integer' || kind === 'table') return format;
  throw unknownFormat(
    inspect(format, { depth: 0 }),
    "For example: 'e4m3', or FORMATS.e4m3 itself.",
  );
}

function unknownFormat(shown: string, hint: string | undefined): HalfnoteError {
  return new HalfnoteError(
    'unknown-format',
    `${shown} is not a number format; allowed are ${Object.keys(FORMATS).join(', ')}.`,
    hint,
  );
}
