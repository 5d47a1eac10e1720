import type { BlockFormatId } from './blocks';
import type { FormatId } from './table';

/** A format that products of models can compute in: a precision policy. */
export interface ComputeUse {
  /** What its products hand on to the next op. */
  readonly results: FormatId;
  /** What gradients come out of its products in. */
  readonly gradients: FormatId;
  /** The policy that Keras has for it. */
  readonly keras?: string;
  /** The dtypes that PyTorch and jmp call it. */
  readonly dtypes?: readonly string[];
}

/** A format that `quantize` keeps weights in. */
export interface WeightUse {
  /** What a code is packed as. */
  readonly codes: FormatId;
  /**
   * What a code stands for: a multiple of a scale, a sign or nothing, a sign and a power of two, or a
   * value of a list that is found for the weights.
   */
  readonly values: 'multiples' | 'signs' | 'powers' | 'codebook';
}

/** Keys and values of earlier tokens: as floats that are stored so, or as codes with scales. */
export type KvUse = { readonly stored: FormatId } | { readonly bits: 8 | 4 | 2 };

/**
 * What `compare` does with a model: products in the format; weights rounded to it (to its blocks, where
 * it has some); or `quantize`, by the usual mode or by a given one.
 */
export type CompareUse = 'compute' | 'rounded' | 'quantized' | 'static' | 'dynamic' | 'weight-only';

/** What a format can be, beside one that numbers are encoded in. */
export interface FormatUse {
  /** Of what is neither in `FORMATS` nor in `BLOCK_FORMATS`, where the others have theirs. */
  readonly label?: string;
  /** What the machine is asked about; formats that go together have one name. */
  readonly hardware?: string;
  readonly compute?: ComputeUse;
  /** Float tensors are kept in it. */
  readonly storage?: true;
  readonly weights?: WeightUse;
  readonly kv?: KvUse;
  /** The names that `compare` has for it, with what it does. */
  readonly compare?: Readonly<Record<string, CompareUse>>;
  /** A model can be exported to ONNX in it. */
  readonly onnx?: true;
  /** The type of a tensor in ONNX files, with its code there. */
  readonly onnxType?: Readonly<Record<string, number>>;
  /** The formats of TensorFlow Lite files. */
  readonly tflite?: readonly string[];
  /** The type that tfjs itself reads weights in. */
  readonly tfjs?: string;
  /** Gradients are shown against its range. */
  readonly band?: true;
  /** `%inspect` shows it unless it is told what to show. */
  readonly inspected?: true;
}

/**
 * What each format can be, in the order in which lists show them. Every list of formats that a user may
 * choose from, or that the product shows, is made from this table: see `names.ts`.
 */
export const USES = {
  fp32: {
    hardware: 'fp32',
    compute: {
      results: 'fp32',
      gradients: 'fp32',
      keras: 'float32',
      dtypes: ['f32', 'float32', 'full', 'float'],
    },
    storage: true,
    kv: { stored: 'fp32' },
    compare: { fp32: 'compute' },
    onnx: true,
    onnxType: { float32: 1 },
    tflite: ['fp32'],
    tfjs: 'float32',
    band: true,
    inspected: true,
  },
  tf32: {
    hardware: 'tf32',
    compute: { results: 'fp32', gradients: 'tf32' },
    compare: { tf32: 'compute' },
    band: true,
    inspected: true,
  },
  bf16: {
    hardware: 'bf16',
    compute: {
      results: 'bf16',
      gradients: 'bf16',
      keras: 'mixed_bfloat16',
      dtypes: ['bfloat16'],
    },
    storage: true,
    kv: { stored: 'bf16' },
    compare: { bf16: 'compute' },
    band: true,
    inspected: true,
  },
  fp16: {
    hardware: 'fp16',
    compute: {
      results: 'fp16',
      gradients: 'fp16',
      keras: 'mixed_float16',
      dtypes: ['f16', 'float16', 'half'],
    },
    storage: true,
    kv: { stored: 'fp16' },
    compare: { fp16: 'compute' },
    onnx: true,
    onnxType: { float16: 10 },
    tflite: ['fp16'],
    tfjs: 'float16',
    band: true,
    inspected: true,
  },
  /** Weights and activations in E4M3, gradients in E5M2. */
  fp8: {
    hardware: 'fp8',
    compute: { results: 'bf16', gradients: 'e5m2' },
    kv: { stored: 'e4m3' },
    compare: { fp8: 'compute' },
  },
  e4m3: {
    hardware: 'fp8',
    compare: { 'fp8-e4m3': 'rounded' },
    band: true,
    inspected: true,
  },
  e5m2: {
    hardware: 'fp8',
    compare: { 'fp8-e5m2': 'rounded' },
    band: true,
    inspected: true,
  },
  e3m4: { compare: { 'fp8-e3m4': 'rounded' }, inspected: true },
  e4m3fnuz: {},
  e5m2fnuz: {},
  e4m3b11fnuz: {},
  e4m3ieee: {},
  e3m2: { inspected: true },
  e2m3: { inspected: true },
  e2m1: { inspected: true },
  e8m0: {},
  mxfp8_e4m3: { compare: { mxfp8: 'rounded' } },
  mxfp8_e5m2: {},
  mxfp6_e3m2: {},
  mxfp6_e2m3: { compare: { mxfp6: 'rounded' } },
  mxfp4: { compare: { mxfp4: 'rounded' } },
  mxint8: { compare: { mxint8: 'rounded' } },
  nf4: { compare: { nf4: 'rounded' } },
  int32: { onnxType: { int32: 6 } },
  int16: {},
  uint16: { tfjs: 'uint16' },
  int8: {
    hardware: 'int8',
    weights: { codes: 'int8', values: 'multiples' },
    kv: { bits: 8 },
    compare: {
      int8: 'quantized',
      'int8-static': 'static',
      'int8-dynamic': 'dynamic',
      'int8-weight-only': 'weight-only',
    },
    onnx: true,
    onnxType: { int8: 3 },
    tflite: ['dynamic', 'int8'],
    inspected: true,
  },
  /** Of activations: the other factor of int8's products. */
  uint8: { hardware: 'int8', onnxType: { uint8: 2 }, tfjs: 'uint8' },
  int4: {
    weights: { codes: 'int4', values: 'multiples' },
    kv: { bits: 4 },
    compare: { int4: 'quantized' },
    onnx: true,
    onnxType: { int4: 22 },
    inspected: true,
  },
  uint4: { onnxType: { uint4: 21 } },
  int3: {
    weights: { codes: 'int3', values: 'multiples' },
    compare: { int3: 'quantized' },
    inspected: true,
  },
  uint3: {},
  int2: {
    weights: { codes: 'int2', values: 'multiples' },
    kv: { bits: 2 },
    compare: { int2: 'quantized' },
  },
  uint2: {},
  ternary: {
    label: 'Ternary',
    weights: { codes: 'int2', values: 'signs' },
    compare: { ternary: 'quantized' },
  },
  binary: {
    weights: { codes: 'binary', values: 'signs' },
    compare: { binary: 'quantized' },
    inspected: true,
  },
  pow2: {},
  log4: {
    label: 'Logarithmic, 4 bits',
    weights: { codes: 'int4', values: 'powers' },
    compare: { log4: 'quantized' },
  },
  log3: {
    label: 'Logarithmic, 3 bits',
    weights: { codes: 'int3', values: 'powers' },
    compare: { log3: 'quantized' },
  },
  codebook4: {
    label: 'Codebook, 4 bits',
    weights: { codes: 'uint4', values: 'codebook' },
    compare: { codebook4: 'quantized' },
  },
  codebook3: {
    label: 'Codebook, 3 bits',
    weights: { codes: 'uint3', values: 'codebook' },
    compare: { codebook3: 'quantized' },
  },
  codebook2: {
    label: 'Codebook, 2 bits',
    weights: { codes: 'uint2', values: 'codebook' },
    compare: { codebook2: 'quantized' },
  },
} as const satisfies Readonly<Record<FormatId | BlockFormatId, FormatUse>> &
  Readonly<Record<string, FormatUse>>;

type Uses = typeof USES;

/** A name that the table has: of a format of numbers, of blocks, of weights, or of several together. */
export type FormatName = keyof Uses;

/** The names of formats that have a use. */
export type NameWith<U extends keyof FormatUse> = {
  [N in FormatName]: Uses[N] extends Readonly<Record<U, unknown>> ? N : never;
}[FormatName];

/** What the table says under a use: a union over the formats that have it. */
export type Said<U extends keyof FormatUse> = {
  [N in FormatName]: Uses[N] extends Readonly<Record<U, infer S>> ? S : never;
}[FormatName];

/** The names that formats list under a use. */
export type Listed<U extends 'compare' | 'onnxType'> = KeyOf<Said<U>>;

type KeyOf<T> = T extends unknown ? keyof T & string : never;

/** Formats that training and inference can compute in. */
export type ComputeFormat = NameWith<'compute'>;

/** Formats a float tensor's native storage can have. */
export type StorageFormat = NameWith<'storage'>;

/** What the machine is asked about: whether it multiplies in it. */
export type HardwareFormat = Said<'hardware'>;

/** How weights are kept. */
export type WeightFormat = NameWith<'weights'>;

type WeightsOf<V extends WeightUse['values']> = {
  [N in WeightFormat]: Uses[N]['weights']['values'] extends V ? N : never;
}[WeightFormat];

/** Symmetric codes that a scale makes numbers of. All but `int8` need a product that widens them. */
export type LinearWeightFormat = WeightsOf<'multiples' | 'signs'>;

/** Codes that are whole multiples of a scale. */
export type IntegerWeightFormat = WeightsOf<'multiples'>;

/**
 * Codes whose numbers are looked up, and then multiplied in float32. `log`: signs and exponents,
 * `w = 0` or `+-2^e`. `codebook`: the values that k-means found. The figure is the bits of a code.
 */
export type TableWeightFormat = WeightsOf<'powers' | 'codebook'>;
