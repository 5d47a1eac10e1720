import type { ComputeFormat, StorageFormat } from '../../backend/contract';
import type { BlockFormatId } from '../../formats/blocks';
import type { FormatId } from '../../formats/table';
import type { WeightFormat } from '../../graph/quantized-graph';
import type { QuantizationMode } from '../../quantization/quantized-model';

/**
 * How a model is put into a format. `compute`: products run in it. `integer`: `quantize` makes it.
 * `rounded`: only weights are rounded to it, and products run in fp32. `onnxruntime`: the float model
 * as one graph in ONNX Runtime, beside which integer models that run there show what the format gives.
 */
export type CompareKind =
  | { readonly kind: 'compute'; readonly compute: ComputeFormat; readonly storage: StorageFormat }
  | {
      readonly kind: 'integer';
      readonly weights: WeightFormat;
      /** Undefined: `static` with calibration data, else `dynamic`; `weight-only` below 8 bits. */
      readonly mode?: QuantizationMode;
    }
  | { readonly kind: 'rounded'; readonly element: FormatId }
  | { readonly kind: 'rounded'; readonly blocks: BlockFormatId }
  | { readonly kind: 'onnxruntime' };

/** The formats that a model can be compared in. */
export const COMPARE_FORMATS = {
  fp32: { kind: 'compute', compute: 'fp32', storage: 'fp32' },
  tf32: { kind: 'compute', compute: 'tf32', storage: 'fp32' },
  bf16: { kind: 'compute', compute: 'bf16', storage: 'bf16' },
  fp16: { kind: 'compute', compute: 'fp16', storage: 'fp16' },
  /** Weights and activations in E4M3, as in training. */
  fp8: { kind: 'compute', compute: 'fp8', storage: 'fp32' },
  'fp8-e4m3': { kind: 'rounded', element: 'e4m3' },
  'fp8-e5m2': { kind: 'rounded', element: 'e5m2' },
  'fp8-e3m4': { kind: 'rounded', element: 'e3m4' },
  mxfp8: { kind: 'rounded', blocks: 'mxfp8_e4m3' },
  mxfp6: { kind: 'rounded', blocks: 'mxfp6_e2m3' },
  mxfp4: { kind: 'rounded', blocks: 'mxfp4' },
  mxint8: { kind: 'rounded', blocks: 'mxint8' },
  nf4: { kind: 'rounded', blocks: 'nf4' },
  int8: { kind: 'integer', weights: 'int8' },
  'int8-static': { kind: 'integer', weights: 'int8', mode: 'static' },
  'int8-dynamic': { kind: 'integer', weights: 'int8', mode: 'dynamic' },
  'int8-weight-only': { kind: 'integer', weights: 'int8', mode: 'weight-only' },
  int4: { kind: 'integer', weights: 'int4' },
  int3: { kind: 'integer', weights: 'int3' },
  int2: { kind: 'integer', weights: 'int2' },
  ternary: { kind: 'integer', weights: 'ternary' },
  binary: { kind: 'integer', weights: 'binary' },
  /** Weights that are 0 or powers of two. */
  log4: { kind: 'integer', weights: 'log4' },
  log3: { kind: 'integer', weights: 'log3' },
  /** Weights that are places in a list of values. */
  codebook4: { kind: 'integer', weights: 'codebook4' },
  codebook3: { kind: 'integer', weights: 'codebook3' },
  codebook2: { kind: 'integer', weights: 'codebook2' },
  'fp32-ort': { kind: 'onnxruntime' },
} as const satisfies Readonly<Record<string, CompareKind>>;

export type CompareFormat = keyof typeof COMPARE_FORMATS;
export const COMPARE_FORMAT_NAMES = Object.keys(COMPARE_FORMATS) as readonly CompareFormat[];

/** The format itself, or the one that `int8` stands for. */
export function specificFormat(format: CompareFormat, isCalibrated: boolean): CompareFormat {
  if (format !== 'int8') return format;
  return isCalibrated ? 'int8-static' : 'int8-dynamic';
}
