import type { ComputeFormat, StorageFormat } from '../../backend/contract';
import { COMPARED_FORMATS, isStorageFormat } from '../../formats/names';
import { aliasedFormat } from '../../formats/table';
import { weightFormatOf } from '../../formats/weight-names';
import { USES, type CompareUse, type Listed, type NameWith } from '../../formats/uses';
import type { WeightFormat } from '../../graph/quantized-graph';
import type { QuantizationMode } from '../../quantization/quantized-model';

/**
 * How a model is put into a format. `compute`: products run in it. `integer`: `quantize` makes it.
 * `rounded`: all weights are rounded to it as `quantize` rounds those of its layers, and products run in
 * fp32. `onnxruntime`: the float model
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
  | { readonly kind: 'rounded'; readonly weights: WeightFormat }
  | { readonly kind: 'onnxruntime' };

export type CompareFormat = Listed<'compare'> | 'fp32-ort';

/** The formats that a model can be compared in. */
export const COMPARE_FORMATS = {
  ...Object.fromEntries(COMPARED_FORMATS.flatMap(kindsOf)),
  'fp32-ort': { kind: 'onnxruntime' },
} as Readonly<Record<CompareFormat, CompareKind>>;

export const COMPARE_FORMAT_NAMES = Object.keys(COMPARE_FORMATS) as readonly CompareFormat[];

function kindsOf(format: NameWith<'compare'>): readonly (readonly [string, CompareKind])[] {
  const names = Object.entries<CompareUse>(USES[format].compare);
  return names.map(([name, use]) => [name, kindOf(format, use)]);
}

/** What a name says is what its format can be: a test holds the table to it. */
function kindOf(format: NameWith<'compare'>, use: CompareUse): CompareKind {
  switch (use) {
    case 'compute': {
      const compute = format as ComputeFormat;
      return { kind: 'compute', compute, storage: isStorageFormat(compute) ? compute : 'fp32' };
    }
    case 'rounded':
      return { kind: 'rounded', weights: format as WeightFormat };
    case 'quantized':
      return { kind: 'integer', weights: format as WeightFormat };
    case 'static':
    case 'dynamic':
    case 'weight-only':
      return { kind: 'integer', weights: format as WeightFormat, mode: use };
  }
}

/** The format itself, or the one that `int8` stands for. */
export function specificFormat(format: CompareFormat, isCalibrated: boolean): CompareFormat {
  if (format !== 'int8') return format;
  return isCalibrated ? 'int8-static' : 'int8-dynamic';
}

/**
 * The name that a format goes by here: its own, also where it is given by another (`float16` is `fp16`);
 * else, as of `e4m3`, the one under which its weights are compared. Undefined where there is none.
 */
export function compareFormatOf(name: string): CompareFormat | undefined {
  const key = name.trim().toLowerCase();
  const id = aliasedFormat(key);
  const own = COMPARE_FORMAT_NAMES.find((known) => known === key || known === id);
  if (own !== undefined) return own;
  const format = weightFormatOf(key);
  return COMPARE_FORMAT_NAMES.find((known) => {
    const how = COMPARE_FORMATS[known];
    return 'weights' in how && how.weights === format;
  });
}
