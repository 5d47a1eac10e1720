import type { CheckInputs } from './check-inputs';
import type { TfliteEnd, TfliteReport } from './converter';
import type { TfliteFormat } from './options';

/** How one output of the file differs from what the model predicts here. */
export interface TfliteError {
  readonly name: string;
  readonly maxAbsError: number;
  /** Signal to quantization noise, in decibel; Infinity where nothing differs. */
  readonly sqnrDb: number;
  /** The largest magnitude that the model predicts. */
  readonly largest: number;
}

/** What a TensorFlow Lite file holds, and how far it is from the model it was made from. */
export interface TfliteSummary {
  readonly name: string;
  readonly format: TfliteFormat;
  /** Of the whole file. */
  readonly bytes: number;
  /** Bytes of the model's weights in fp32. */
  readonly fp32WeightBytes: number;
  /** How often each operator occurs, the commonest first. */
  readonly operators: Readonly<Record<string, number>>;
  /** Bytes of the constants of each element type. */
  readonly constantBytes: Readonly<Record<string, number>>;
  /** How many of the tensors that are computed have each element type. */
  readonly activations: Readonly<Record<string, number>>;
  readonly inputs: readonly TfliteEnd[];
  readonly outputs: readonly TfliteEnd[];
  /** Measured: the file in TensorFlow Lite's interpreter against `predict` in fp32. */
  readonly errors: readonly TfliteError[];
  readonly measuredOn: { readonly rows: number; readonly source: CheckInputs['source'] };
  /** Of the model as it was rebuilt in TensorFlow, before it was converted; measured, too. */
  readonly rebuiltMaxAbsError: number;
  /** Whether the interpreter takes several rows at once. */
  readonly anyBatch: boolean;
  /** For example `TensorFlow 2.21.0, Python 3.11.2`. */
  readonly converter: string;
}

export function summarize(
  facts: Pick<TfliteSummary, 'name' | 'format' | 'bytes' | 'fp32WeightBytes' | 'measuredOn'>,
  report: TfliteReport,
): TfliteSummary {
  const { operators, constantBytes, activations, inputs, anyBatch } = report;
  return {
    ...facts,
    operators,
    constantBytes,
    activations,
    inputs,
    outputs: report.outputTypes,
    errors: report.outputs.map(({ name, maxAbsError, sqnrDb, largest, same }) => ({
      name,
      maxAbsError: maxAbsError ?? NaN,
      sqnrDb: same ? Infinity : (sqnrDb ?? NaN),
      largest: largest ?? NaN,
    })),
    rebuiltMaxAbsError: report.rebuilt.maxAbsError,
    anyBatch,
    converter: `TensorFlow ${report.tensorflow}, Python ${report.python}`,
  };
}
