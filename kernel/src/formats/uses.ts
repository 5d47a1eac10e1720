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
   * What a code stands for: a multiple of a scale, a sign or nothing, a sign and a power of two, a
   * value of a list that is found for the weights, or a float: by itself, or in blocks that share a
   * scale.
   */
  readonly values: 'multiples' | 'signs' | 'powers' | 'codebook' | 'floats' | 'blocks';
  /** Activations are not rounded to it: too few values for what isn't known beforehand. */
  readonly onlyWeights?: true;
  /** What else it is called where weights are meant. */
  readonly names?: readonly string[];
}

/** Keys and values of earlier tokens: as floats that are stored so, as codes with scales, or as the format's blocks. */
export type KvUse =
  { readonly stored: FormatId } | { readonly bits: 8 | 4 | 2 } | { readonly block: BlockFormatId };

/**
 * What `compare` does with a model: products in the format; all weights rounded to it as `quantize`
 * rounds those of its layers; or `quantize`, by the usual mode or by a given one.
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
  /** Of what `weights` can't be: why, and what to take instead. */
  readonly notWeights?: string;
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
    notWeights:
      'Weights are in it already: leave the layer out by `exclude`, or name it in `layers` as fp32',
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
    weights: { codes: 'tf32', values: 'floats' },
    compare: { tf32: 'compute', 'tf32-weight-only': 'rounded' },
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
    weights: { codes: 'bf16', values: 'floats' },
    onnxType: { bfloat16: 16 },
    compare: { bf16: 'compute', 'bf16-weight-only': 'rounded' },
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
    weights: { codes: 'fp16', values: 'floats' },
    compare: { fp16: 'compute', 'fp16-weight-only': 'rounded' },
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
    weights: { codes: 'e4m3', values: 'floats', names: ['fp8', 'fp8-e4m3'] },
    onnxType: { float8_e4m3fn: 17 },
    compare: {
      'fp8-e4m3': 'rounded',
      'fp8-e4m3-static': 'static',
      'fp8-e4m3-dynamic': 'dynamic',
    },
    band: true,
    inspected: true,
  },
  e5m2: {
    hardware: 'fp8',
    weights: { codes: 'e5m2', values: 'floats', names: ['fp8-e5m2'] },
    onnxType: { float8_e5m2: 19 },
    kv: { stored: 'e5m2' },
    compare: { 'fp8-e5m2': 'rounded' },
    band: true,
    inspected: true,
  },
  e3m4: {
    weights: { codes: 'e3m4', values: 'floats', names: ['fp8-e3m4'] },
    compare: { 'fp8-e3m4': 'rounded' },
    inspected: true,
  },
  e4m3fnuz: {
    weights: { codes: 'e4m3fnuz', values: 'floats', names: ['fp8-e4m3fnuz'] },
    onnxType: { float8_e4m3fnuz: 18 },
    compare: { 'fp8-e4m3fnuz': 'rounded' },
  },
  e5m2fnuz: {
    weights: { codes: 'e5m2fnuz', values: 'floats', names: ['fp8-e5m2fnuz'] },
    onnxType: { float8_e5m2fnuz: 20 },
    compare: { 'fp8-e5m2fnuz': 'rounded' },
  },
  e4m3b11fnuz: {
    weights: { codes: 'e4m3b11fnuz', values: 'floats', names: ['fp8-e4m3b11fnuz'] },
    compare: { 'fp8-e4m3b11fnuz': 'rounded' },
  },
  e4m3ieee: {
    weights: { codes: 'e4m3ieee', values: 'floats', names: ['fp8-e4m3ieee'] },
    compare: { 'fp8-e4m3ieee': 'rounded' },
  },
  /** What is called FP6 without more: that of FP6-LLM (Xia et al., 2024). */
  e3m2: {
    weights: { codes: 'e3m2', values: 'floats', names: ['fp6', 'fp6-e3m2'] },
    compare: { 'fp6-e3m2': 'rounded' },
    inspected: true,
  },
  e2m3: {
    weights: { codes: 'e2m3', values: 'floats', names: ['fp6-e2m3'] },
    compare: { 'fp6-e2m3': 'rounded' },
    inspected: true,
  },
  e2m1: {
    weights: { codes: 'e2m1', values: 'floats', names: ['fp4', 'fp4-e2m1'], onlyWeights: true },
    onnxType: { float4_e2m1fn: 23 },
    compare: { fp4: 'rounded' },
    inspected: true,
  },
  e8m0: {
    notWeights:
      'It has neither sign nor zero: a format of scales. Formats with such scales are mxfp8, mxfp6, mxfp4 and mxint8',
  },
  mxfp8_e4m3: {
    weights: { codes: 'e4m3', values: 'blocks', names: ['mxfp8', 'mxfp8-e4m3'] },
    kv: { block: 'mxfp8_e4m3' },
    compare: { mxfp8: 'rounded', 'mxfp8-dynamic': 'dynamic' },
  },
  mxfp8_e5m2: {
    weights: { codes: 'e5m2', values: 'blocks', names: ['mxfp8-e5m2'] },
    kv: { block: 'mxfp8_e5m2' },
    compare: { 'mxfp8-e5m2': 'rounded' },
  },
  mxfp6_e3m2: {
    weights: { codes: 'e3m2', values: 'blocks', names: ['mxfp6-e3m2'] },
    kv: { block: 'mxfp6_e3m2' },
    compare: { 'mxfp6-e3m2': 'rounded' },
  },
  mxfp6_e2m3: {
    weights: { codes: 'e2m3', values: 'blocks', names: ['mxfp6', 'mxfp6-e2m3'] },
    kv: { block: 'mxfp6_e2m3' },
    compare: { mxfp6: 'rounded' },
  },
  mxfp4: {
    weights: { codes: 'e2m1', values: 'blocks', names: ['mxfp4-e2m1'] },
    kv: { block: 'mxfp4' },
    compare: { mxfp4: 'rounded', 'mxfp4-dynamic': 'dynamic' },
  },
  mxint8: {
    weights: { codes: 'int8', values: 'blocks' },
    kv: { block: 'mxint8' },
    compare: { mxint8: 'rounded' },
  },
  nf4: {
    weights: { codes: 'nf4', values: 'blocks', names: ['normalfloat4'], onlyWeights: true },
    kv: { block: 'nf4' },
    compare: { nf4: 'rounded' },
  },
  int32: {
    onnxType: { int32: 6 },
    notWeights:
      'It is as large as fp32, which weights are in already: a format of biases and sums. Take int8',
  },
  int16: {
    notWeights: 'No product here takes integers of 16 bits: take fp16, which is as large, or int8',
  },
  uint16: {
    tfjs: 'uint16',
    notWeights: 'Codes of weights have signs: take fp16, which is as large, or int8',
  },
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
  uint8: {
    hardware: 'int8',
    onnxType: { uint8: 2 },
    tfjs: 'uint8',
    notWeights: 'Codes of weights have signs, and uint8 is for activations: take int8',
  },
  int4: {
    weights: { codes: 'int4', values: 'multiples' },
    kv: { bits: 4 },
    compare: { int4: 'quantized' },
    onnx: true,
    onnxType: { int4: 22 },
    inspected: true,
  },
  uint4: {
    onnxType: { uint4: 21 },
    notWeights: 'Codes of weights have signs: take int4, or codebook4 for 16 values of any sign',
  },
  int3: {
    weights: { codes: 'int3', values: 'multiples' },
    compare: { int3: 'quantized' },
    inspected: true,
  },
  uint3: {
    notWeights: 'Codes of weights have signs: take int3, or codebook3 for 8 values of any sign',
  },
  int2: {
    weights: { codes: 'int2', values: 'multiples' },
    kv: { bits: 2 },
    compare: { int2: 'quantized' },
  },
  uint2: {
    notWeights: 'Codes of weights have signs: take int2, or codebook2 for 4 values of any sign',
  },
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
  pow2: {
    notWeights:
      'Its exponents are fixed: take log4, whose exponents are those that the weights need',
  },
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

/** Floats of their own, with a scale or without. */
export type FloatWeightFormat = WeightsOf<'floats'>;

/** What weights can be trained in. */
export type TrainedWeightFormat = LinearWeightFormat | FloatWeightFormat;

/** Codes in blocks along the depth, with a scale each. */
export type BlockWeightFormat = WeightsOf<'blocks'>;

/** What else formats of weights are called. */
export type WeightAlias = {
  [N in WeightFormat]: Uses[N]['weights'] extends Readonly<Record<'names', readonly (infer A)[]>>
    ? A
    : never;
}[WeightFormat];

/** What else formats are called whose blocks keep keys and values. */
export type KvAlias = {
  [N in WeightFormat]: Uses[N] extends Readonly<Record<'kv', { readonly block: unknown }>>
    ? Uses[N]['weights'] extends Readonly<Record<'names', readonly (infer A)[]>>
      ? A
      : never
    : never;
}[WeightFormat];

/** A format of weights by any of its names. */
export type WeightName = WeightFormat | WeightAlias;
