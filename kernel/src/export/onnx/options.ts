import { HalfnoteError } from '../../errors';
import { ONNX_FORMATS } from '../../formats/names';
import type { NameWith } from '../../formats/uses';
import { DEFAULT_OPSET, OPSETS } from './proto/builder';

export { ONNX_FORMATS };
export type OnnxFormat = NameWith<'onnx'>;

export interface OnnxExportOptions {
  /**
   * Of a float model: `fp32` (the default), `fp16`, or `int4`: dense weights in blocks of four bits,
   * the rest fp32. A quantized model has its own.
   */
  readonly format?: OnnxFormat;
  /** The version of ONNX's operator set: 21 (the default), 22 or 23. */
  readonly opset?: number;
  /** int4: inputs that share a scale, a power of two from 16 to 256. Default: 32. */
  readonly blockSize?: number;
  /**
   * int4: what ONNX Runtime may round the other factor to. `fp32` (the default) keeps it as it is;
   * `int8` is faster on CPUs with integer instructions.
   */
  readonly accuracy?: 'fp32' | 'int8';
  /** The name of the graph; the model's unless given. */
  readonly name?: string;
}

export interface ExportSettings {
  readonly format: OnnxFormat | undefined;
  readonly opset: number;
  readonly blockSize: number;
  /** As `MatMulNBits` has it. */
  readonly accuracyLevel: number;
  readonly name: string | undefined;
}

const BLOCK_SIZES = [16, 32, 64, 128, 256];
/** As `MatMulNBits` has them. */
export const ACCURACY_LEVELS = { fp32: 1, int8: 4 } as const;

/** The options with their defaults. @throws HalfnoteError `invalid-option` for a wrong value. */
export function settleExport(options: OnnxExportOptions): ExportSettings {
  const { format, opset = DEFAULT_OPSET, blockSize = 32, accuracy = 'fp32', name } = options;
  if (format !== undefined) allowed('format', format, ONNX_FORMATS);
  allowed('opset', opset, OPSETS);
  allowed('blockSize', blockSize, BLOCK_SIZES);
  allowed('accuracy', accuracy, Object.keys(ACCURACY_LEVELS));
  return { format, opset, blockSize, accuracyLevel: ACCURACY_LEVELS[accuracy], name };
}

function allowed<T>(option: string, value: T, values: readonly T[]): void {
  if (values.includes(value)) return;
  throw new HalfnoteError(
    'invalid-option',
    `exportOnnx: ${option} is ${JSON.stringify(value)}; allowed are ${values.join(', ')}.`,
  );
}
