import { inspect } from 'node:util';
import { HalfnoteError, nearest } from '../errors';
import type { FloatFormat, FormatOrName, IntegerFormat, NumberFormat } from './format';

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
  e4m3: {
    ...ieee('e4m3', 'FP8 E4M3', 8, 4, 7),
    infinities: false,
    nan: 'all-ones',
  },
  e5m2: ieee('e5m2', 'FP8 E5M2', 8, 3, 15),
  int8: integer('int8', 'INT8', 8, true),
  uint8: integer('uint8', 'UINT8', 8, false),
  int4: integer('int4', 'INT4', 4, true),
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
};

export function isFormatId(name: string): name is FormatId {
  return Object.hasOwn(FORMATS, name);
}

/**
 * The format of that name; common other spellings (`float16`, `bfloat16`, `e4m3fn`) are known too.
 * @throws HalfnoteError `unknown-format` that lists the allowed names.
 */
export function formatNamed(name: string): NumberFormat {
  const key = name.trim().toLowerCase();
  if (isFormatId(key)) return FORMATS[key];
  const alias = Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined;
  if (alias !== undefined) return FORMATS[alias];
  const near =
    key === 'fp8' || key === 'float8'
      ? ['e4m3', 'e5m2']
      : nearest(key, [...Object.keys(FORMATS), ...Object.keys(ALIASES)]);
  throw unknownFormat(
    `"${name}"`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined,
  );
}

/** The format itself, or the one of that name. Throws as {@link formatNamed} does. */
export function asFormat(format: FormatOrName): NumberFormat {
  if (typeof format === 'string') return formatNamed(format);
  // JavaScript can hand over anything.
  const { kind } = (format as Partial<NumberFormat> | null | undefined) ?? {};
  if (kind === 'float' || kind === 'integer') return format;
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
