import { inspect } from 'node:util';
import type { ComputeFormat, StorageFormat } from '../backend/contract';
import { HalfnoteError, nearest } from '../errors';
import { COMPUTE_FORMATS, isStorageFormat } from '../formats/names';
import { FORMATS } from '../formats/table';
import { USES, type ComputeUse } from '../formats/uses';

/** Which format each kind of tensor has. As in jmp: parameters, computation, results of a scope. */
export interface Policy {
  /** Master weights. In anything but `fp32` they are rounded to it after each update. */
  readonly param: StorageFormat;
  /** Products (dense, convolution, attention); see `autocast-table.ts` for what stays in fp32. */
  readonly compute: ComputeFormat;
  /** What `withPrecision` and `autocast` return. */
  readonly output: StorageFormat;
}

/** The name by which loss scaling takes its defaults: PyTorch's, or Keras's for Keras's names. */
export type PolicyConvention = 'pytorch' | 'keras';

const policy = (param: StorageFormat, compute: ComputeFormat, output: StorageFormat): Policy =>
  Object.freeze({ param, compute, output });

/** As `FORMATS` has them; what it lacks comes last. */
const IN_ORDER = COMPUTE_FORMATS.toSorted((a, b) => placeOf(a) - placeOf(b));

function placeOf(format: ComputeFormat): number {
  const place = Object.keys(FORMATS).indexOf(format);
  return place < 0 ? Object.keys(FORMATS).length : place;
}

/** Policies by name. Keras's mixed policies hand on what they compute in; ours hand on fp32. */
const NAMED: Readonly<Record<string, Policy>> = Object.fromEntries([
  ...IN_ORDER.map((format) => [format, policy('fp32', format, 'fp32')] as const),
  ...IN_ORDER.flatMap((format) => {
    const { keras } = useOf(format);
    const output = isStorageFormat(format) ? format : 'fp32';
    return keras === undefined ? [] : [[keras, policy('fp32', format, output)] as const];
  }),
]);

/**
 * Dtypes, as `torch.autocast` takes them: products run in the dtype, weights stay fp32. What differs
 * in Keras and jmp, where a dtype alone also means weights of it, is written out: `p=f16`.
 */
const DTYPES: Readonly<Record<string, ComputeFormat>> = Object.fromEntries(
  IN_ORDER.flatMap((format) => (useOf(format).dtypes ?? []).map((dtype) => [dtype, format])),
);

function useOf(format: ComputeFormat): ComputeUse {
  return USES[format].compute;
}

/** The names `parsePolicy` takes, besides aliases and jmp's form `p=f32,c=f16,o=f32`. */
export const POLICY_NAMES: readonly string[] = Object.keys(NAMED);

const KEYS: Readonly<Record<string, keyof Policy>> = {
  p: 'param',
  param: 'param',
  params: 'param',
  c: 'compute',
  compute: 'compute',
  o: 'output',
  output: 'output',
};

const STORED = IN_ORDER.filter(isStorageFormat).join(' or ');

/** What stands behind `=`. */
const PARTS: Readonly<Record<string, ComputeFormat>> = {
  ...DTYPES,
  ...Object.fromEntries(IN_ORDER.map((format) => [format, format])),
};

/**
 * Reads a policy: a name (`fp32`, `tf32`, `fp16`, `bf16`, `fp8`, Keras's `mixed_float16`,
 * `mixed_bfloat16`, `float32`), a dtype (`float16`, `half`, `bfloat16`, with `torch.` before it or
 * not), or jmp's `p=f32,c=f16,o=f32`. There, as in jmp, parameters are fp32 when not given, compute is
 * what parameters are, and output what compute is (fp32 for tf32 and fp8, which no tensor has).
 * @throws HalfnoteError `unknown-policy` that lists what is allowed.
 */
export function parsePolicy(spec: string): Policy {
  // JavaScript can hand over anything.
  if (typeof (spec as unknown) !== 'string')
    throw unknownPolicy(inspect(spec, { depth: 0 }), undefined);
  const text = spec.trim().toLowerCase();
  if (text.includes('=')) return parseParts(spec, text);
  const dtype = text.replace(/^torch\./, '');
  const name = Object.hasOwn(DTYPES, dtype) ? DTYPES[dtype] : text;
  const named = name !== undefined && Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (named !== undefined) return named;
  throw unknownPolicy(`"${spec}"`, hintFor(text));
}

function unknownPolicy(shown: string, hint: string | undefined): HalfnoteError {
  return new HalfnoteError(
    'unknown-policy',
    `${shown} is not a precision policy; allowed are ${POLICY_NAMES.join(', ')}, ` +
      'the dtypes float16, half, bfloat16, or a form like p=f32,c=f16,o=f32.',
    hint,
  );
}

/** Formats that fp8 is made of, as this and other libraries call them. */
const FP8_FORMAT = /^(fp8_?|float8_?)?(e4m3|e5m2)/;
/** Formats of weights, which a model is quantized to. */
const WEIGHT_FORMAT = /^(u?int\d+|binary|ternary|nf4|mx\w+)$/;

function hintFor(text: string): string | undefined {
  if (FP8_FORMAT.test(text)) {
    return 'Did you mean fp8? It reads weights and activations in E4M3 and gradients in E5M2.';
  }
  if (WEIGHT_FORMAT.test(text)) {
    return `Models are quantized to it: %quantize ${text} model when they are trained, %qat ${text} model to train them for it.`;
  }
  const near = nearest(text, POLICY_NAMES);
  return near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined;
}

function parseParts(spec: string, text: string): Policy {
  const parts: { -readonly [K in keyof Policy]?: ComputeFormat } = {};
  for (const part of text.split(',')) {
    const [name = '', value = '', ...rest] = part.split('=').map((word) => word.trim());
    const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
    if (key === undefined || rest.length > 0) {
      throw badPart(spec, part, `keys p (param), c (compute), o (output)`);
    }
    const format = Object.hasOwn(PARTS, value) ? PARTS[value] : undefined;
    if (format === undefined) throw badPart(spec, part, `formats ${Object.keys(PARTS).join(', ')}`);
    if (key !== 'compute' && !isStorageFormat(format)) {
      throw badPart(spec, part, `${STORED} for ${key}: ${format} is no storage format`);
    }
    parts[key] = format;
  }
  const { param = 'fp32' } = parts;
  const { compute = param } = parts;
  const { output = isStorageFormat(compute) ? compute : 'fp32' } = parts;
  return policy(param as StorageFormat, compute, output as StorageFormat);
}

function badPart(spec: string, part: string, allowed: string): HalfnoteError {
  return new HalfnoteError(
    'unknown-policy',
    `"${part.trim()}" in the policy "${spec}" is not understood; allowed are ${allowed}.`,
    'A policy is one name, as fp16, or formats as p=f32,c=f16,o=f32. A layer gets one of its own by ' +
      '--keep "out=fp32", or { keep: { out: \'fp32\' } }.',
  );
}

/** Whose loss-scaling defaults a spec asks for: `mixed_float16` is Keras's name. */
export function conventionOf(spec: string): PolicyConvention {
  return spec.trim().toLowerCase().startsWith('mixed_') ? 'keras' : 'pytorch';
}

/** A policy by its name, or in jmp's form where it has none: what {@link parsePolicy} reads back. */
export function policyName({ param, compute, output }: Policy): string {
  const found = Object.entries(NAMED).find(
    ([, named]) => named.param === param && named.compute === compute && named.output === output,
  );
  return found?.[0] ?? `p=${param},c=${compute},o=${output}`;
}

/** jmp's form of a policy. */
export function describePolicy({ param, compute, output }: Policy): string {
  return `params=${param}, compute=${compute}, output=${output}`;
}
